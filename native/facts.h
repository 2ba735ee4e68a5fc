/* What rules across events ask of a clean line. */
#ifndef ATLINT_FACTS_H
#define ATLINT_FACTS_H

#include <math.h>
#include <string.h>

#include "blake2b.h"
#include "judge.h"
#include "program.h"

/* The text of a token; NULL with an exception set. */
static PyObject *text_of(Scanner *self, const Token *token)
{
    const char *at = token->at;
    size_t size = token->size;
    if (token->escaped) {
        char *end = unescaped(token, self->room);
        if (end == NULL) {
            PyErr_SetString(PyExc_ValueError, "no text");
            return NULL;
        }
        at = self->room;
        size = (size_t)(end - at);
    }
    return PyUnicode_FromStringAndSize(at, (Py_ssize_t)size);
}

/* The text of a column's value, or what stands for it where there is none. */
static char *fact(const Scanner *self, Py_ssize_t column, const char *else_, char *to)
{
    if (column < 0 || self->tokens[column].at == NULL) {
        size_t size = strlen(else_);
        memcpy(to, else_, size);
        return to + size;
    }
    return unescaped(self->tokens + column, to);
}

/* Data as it counts, behind a zero: a string's text, nothing for null, other JSON as it is written. */
static char *datum(const Scanner *self, Py_ssize_t column, char *to)
{
    *to++ = 0;
    if (column < 0 || self->tokens[column].at == NULL)
        return to;
    Token token = self->tokens[column];
    if (!self->columns[column].raw)
        return unescaped(&token, to);
    if (token.at[0] == '"') {
        string_end(token.at + 1, token.at + token.size, &token);
        return unescaped(&token, to);
    }
    if (token.size == 4 && memcmp(token.at, "null", 4) == 0)
        return to;
    memcpy(to, token.at, token.size);
    return to + token.size;
}

/* The same 64 bits as `lint.seen` gives; UNSURE where an escape is none that Python would have taken. */
static Verdict digest_of(Scanner *self, const char *line, size_t size, uint64_t *digest)
{
    if (self->id < 0 || self->tokens[self->id].size == 0) {
        *digest = blake2b_64(line, size);
        return CLEAN;
    }
    const Py_ssize_t columns[] = {self->id, self->action, self->outcome, self->target};
    const char *absent[] = {"", "None", "None", ""};
    char *to = self->room;
    for (int which = 0; which < 4; which++) {
        to = fact(self, columns[which], absent[which], to);
        if (to == NULL)
            return UNSURE;
        *to++ = 0;
    }
    char *behind = datum(self, self->request, to);
    behind = behind == NULL ? NULL : datum(self, self->response, behind);
    if (behind == NULL)
        return UNSURE;
    *digest = blake2b_64(self->room, (size_t)((behind - to > 2 ? behind : to) - self->room));
    return CLEAN;
}

static int append(PyObject *list, PyObject *item)
{
    int done = item == NULL ? -1 : PyList_Append(list, item);
    Py_XDECREF(item);
    return done;
}

/* Seconds since the epoch; NaN where the event does not say them. */
static double time_of(const Scanner *self)
{
    if (self->time < 0 || self->tokens[self->time].at == NULL)
        return NAN;
    const Column *column = self->columns + self->time;
    double seconds = 0;
    for (size_t part = 0; part < column->count; part++)
        seconds += self->entries[column->first + part]->seconds;
    return seconds;
}

static PyObject *kind_of(Scanner *self)
{
    PyObject *kind = self->found_kind->object;
    const Token *id = self->id < 0 ? NULL : self->tokens + self->id;
    if (id == NULL || id->at == NULL
        || !(id->escaped
             || (id->size >= self->middle_at + self->middle_size
                 && memcmp(id->at + self->middle_at, self->middle, self->middle_size) == 0)))
        return Py_NewRef(kind);
    PyObject *text = text_of(self, id);
    if (text == NULL)
        return NULL;
    PyObject *found = PyObject_CallFunctionObjArgs(self->carried, kind, text, NULL);
    Py_DECREF(text);
    return found;
}

static PyObject *object_of(const Scanner *self, Py_ssize_t column)
{
    const Entry *entry = column < 0 ? NULL : self->entries[self->columns[column].first];
    return entry == NULL ? PyUnicode_FromStringAndSize("", 0) : Py_NewRef(entry->object);
}

static size_t code_points(const Token *token)
{
    size_t count = 0;
    for (size_t at = 0; at < token->size; at++)
        count += (token->at[at] & 0xC0) != 0x80;
    return count;
}

/* Whether an id names one thing and no other: it is long, with digits among its letters. */
static int is_unique(const Scanner *self, const Token *token)
{
    size_t digits = 0;
    if (token->size < self->unique_size || code_points(token) < self->unique_size)
        return 0;
    for (size_t at = 0; at < token->size && digits < self->unique_digits; at++)
        digits += token->at[at] >= '0' && token->at[at] <= '9';
    return digits >= self->unique_digits;
}

/* Facts of lines, those in `shown`: numbers in blocks with room for all lines, other things in lists. */
typedef struct {
    PyObject *numbers, *actions, *heads, *table, *unsure, *odd, *shown;
    double *times;
    uint64_t *digests, *tails;
    uint32_t *kinds;
    size_t count;
} Found;

/* kinds of the lines before that are looked at: those that lines share follow each other closely */
#define NEAR_KINDS 64

/* The head of the CRN by which a target is known again, and the digest of its tail, as `lint.seen` gives them; None and
   0 where it is not. */
static int name_taken(Scanner *self, Found *found)
{
    Token parts[MOST_PIECES];
    const Token *target = self->target < 0 ? NULL : self->tokens + self->target;
    found->tails[found->count] = 0;
    if (target == NULL || target->at == NULL || code_points(target) > self->longest || !cut_crn(target, parts)
        || !(is_unique(self, parts + 3) || is_unique(self, parts + 1)))
        return append(found->heads, Py_NewRef(Py_None));
    const char *tail = parts[1].at - 1;
    uint64_t digest = blake2b_64(tail, target->size - (size_t)(tail - target->at));
    found->tails[found->count] = digest == 0 ? 1 : digest;
    return append(found->heads, Py_NewRef(self->entries[self->columns[self->target].first]->object));
}

/* The number of a line's kind in the table, where it is put if it is not there. */
static int kind_taken(Scanner *self, Found *found)
{
    PyObject *kind = kind_of(self);
    if (kind == NULL)
        return -1;
    Py_ssize_t count = PyList_Size(found->table), number = count - 1, last = count > NEAR_KINDS ? count - NEAR_KINDS : 0;
    while (number >= last && PyList_GetItem(found->table, number) != kind)
        number--;
    found->kinds[found->count] = (uint32_t)(number >= last ? number : count);
    if (number >= last) {
        Py_DECREF(kind);
        return 0;
    }
    return append(found->table, kind);
}

static int taken_down(Scanner *self, Found *found, Py_ssize_t number)
{
    return append(found->numbers, PyLong_FromSsize_t(number)) < 0
           || append(found->actions, object_of(self, self->action)) < 0 ? -1 : 0;
}

static int facts_taken(Scanner *self, Found *found, Py_ssize_t number, uint64_t digest)
{
    if (append(found->shown, PyLong_FromSsize_t(number)) < 0)
        return -1;
    found->digests[found->count] = digest;
    found->times[found->count] = time_of(self);
    if (name_taken(self, found) < 0 || kind_taken(self, found) < 0)
        return -1;
    found->count++;
    return 0;
}

#endif
