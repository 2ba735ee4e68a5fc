/* What is judged by: members, the texts that are looked up at each, and what stands together in comparisons. */
#ifndef ATLINT_PROGRAM_H
#define ATLINT_PROGRAM_H

#include <Python.h>
#include <stddef.h>
#include <stdint.h>

#include "automaton.h"
#include "memory.h"
#include "numbers.h"
#include "text.h"

#define MOST_MEMBERS 64
#define MOST_PIECES 4
/* members that no object should have, of one line, of which is taken down where they stand */
#define MOST_STRANGE 32

typedef enum { CLEAN, REFUSED, UNSURE, FAILED } Verdict;
typedef enum { ABSENT, NOTHING, SOMETHING } State;

struct Box;

typedef struct {
    const char *name;
    size_t size;
    Kind kind;
    int nullable;
    /* its number among all members; its column, for what is no object */
    size_t number, column;
    struct Box *box;
} Member;

typedef struct Box {
    Member members[MOST_MEMBERS];
    size_t count;
    uint64_t required;
    /* which member came behind which, the last time: writers keep their order */
    unsigned char behind[MOST_MEMBERS + 1];
    struct Box *next;
} Box;

/* One text that is looked up, which is all of a value or a part of it. */
typedef struct {
    Memory memory;
    /* for each byte whether any text of such bytes is clean here; NULL where bytes do not say it */
    const char *letters;
    /* what must not stand in the text, nor reach into it from before or behind; NULL where that says nothing */
    const Automaton *hints;
    uint32_t before;
    const char *behind;
    size_t behind_size;
    /* whether the text holds an object, and is not known unless that is flat */
    int embedded;
    /* what stands for all texts that are clean by these */
    Entry *plain;
    /* the token -> None, or object, needle, seconds, slots */
    PyObject *ask;
} Piece;

typedef struct {
    Split split;
    /* where its pieces begin, for those that are cut by length; its first piece, and how many there are */
    size_t cuts[MOST_PIECES];
    size_t first, count;
    /* the token -> whether it may be clean as a whole, though one of its pieces is not by itself */
    PyObject *ask;
    /* whether its tokens are values as they are written, quotes and all */
    int raw;
} Column;

typedef struct {
    Aspect aspect;
    /* of a piece, or of a member; of the piece's slots which */
    size_t number, slot;
} Source;

/* Facts that are judged together: `ask` gets their numbers and gives None, or what is to be remembered. */
typedef struct {
    Source *sources;
    size_t count;
    Memory memory;
    PyObject *ask;
} Group;

/* The text of the one column must not stand in the other: the needle of the first is looked for. */
typedef struct {
    size_t first, second;
} Guard;

typedef struct {
    PyObject_HEAD
    Box *root;
    Piece *pieces;
    Column *columns;
    Group *groups;
    Guard *guards;
    size_t piece_count, column_count, group_count, guard_count, member_count, near;
    uint64_t seed;
    /* the columns of what makes an event this one, and the group that gives its kind; -1 where there is none */
    Py_ssize_t action, time, id, outcome, target, request, response, kind;
    int facts;
    PyObject *carried, *kept;
    /* whether lines are judged: what is asked of Python may let another thread come here */
    int busy;
    /* whether a memory took something in since they were looked at */
    int learnt;
    /* of the line that is judged */
    Token *tokens;
    Entry **entries;
    unsigned char *states;
    uint32_t *key;
    /* the worst that was found of it, and whether it was walked through to its end, so that all else is clean */
    Verdict worst;
    int told;
    /* whether names were met that are no member's, or values passed over that are no texts: keys may stand twice among
       them, or numbers be large */
    int leapt;
    /* the members that Python must look at, ODD or SEEN by a group that is not clean, 0 for the names in the line's own
       object; the groups and guards that are not clean: one block */
    unsigned char *looked, *unclean, *unguarded;
    /* the numbers that groups which are not clean see, all those of odd members being one; how many */
    uint32_t *sights;
    size_t seen;
    /* the members that were met, in the order of the line, STRANGE for one that is none of its object's; where each
       value, and of those the name before it, begins and ends; how many, or more than there is room for */
    unsigned char *layout;
    uint32_t *extents;
    size_t met, most_met;
    const char *line;
    /* the objects that were walked through; members without which no facts are told, unless they are such objects */
    unsigned char *walked, *weighty;
    /* NULL where the facts of the line are not told */
    Entry *found_kind;
    char *room;
    size_t room_size, key_size;
    Box *boxes;
    Memory *plains;
    /* the member that each piece is of */
    size_t *holders;
    Automaton *automata;
    size_t automaton_count;
    /* code points and digits that an id has at least that names one thing, and code points that are looked at */
    size_t unique_size, unique_digits, longest;
    /* what stands within ids that say who carried the event, and where */
    const char *middle;
    size_t middle_at, middle_size;
    /* entries with which a memory is full */
    size_t most;
} Scanner;

#endif
