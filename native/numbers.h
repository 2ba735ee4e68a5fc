/* Made of `atlint/lint/native_numbers.py` by `python -m tests.generated --write`; do not edit. */
#ifndef ATLINT_NUMBERS_H
#define ATLINT_NUMBERS_H

#define STRANGE 255

typedef enum { OBJECT = 0, STRING = 1, STRING_ALONE = 2, SCALAR = 3, ANY = 4 } Kind;
typedef enum { WHOLE = 0, CUT = 1, CRN = 2 } Split;
typedef enum { SLOT = 0, GIVEN = 1, TOLD = 2 } Aspect;
typedef enum { ODD = 1, SEEN = 2 } Mark;

#endif
