/* The acceptor, line by line: which lines are surely clean, and the facts of these that rules across events ask.

   It knows JSON and no rule. Which members there are, and which of them stand together in a comparison, is said to it;
   whether a text or a set of facts is clean is asked in Python when it is met for the first time, and remembered.
   `atlint.lint.acceptor_compiled` says all that to it, and holds what each of the arguments means. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "automaton.h"
#include "blake2b.h"
#include "memory.h"
#include "text.h"
#include "window.h"

#define MOST_MEMBERS 64
#define MOST_PIECES 4
#define CARRIER_AT 13
static const char CARRIER[] = "-8000-8000-";

typedef enum { CLEAN, REFUSED, UNSURE, FAILED } Verdict;
typedef enum { OBJECT, STRING, STRING_ALONE, SCALAR, ANY } Kind;
typedef enum { WHOLE, CUT, CRN } Split;
typedef enum { ABSENT, NOTHING, SOMETHING } State;
typedef enum { SLOT, GIVEN, TOLD } Aspect;

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
    /* of the line that is judged */
    Token *tokens;
    Entry **entries;
    unsigned char *states;
    uint32_t *key;
    Entry *found_kind;
    char *room;
    size_t room_size, key_size;
    Box *boxes;
    Memory *plains;
    Automaton *automata;
    size_t automaton_count;
    /* code points and digits that an id has at least that names one thing, and code points that are looked at */
    size_t unique_size, unique_digits, longest;
} Scanner;

/* ---- what is known, and what is asked ---- */

static Entry *taken(Memory *memory, uint64_t hash, const char *at, size_t size, PyObject *said)
{
    PyObject *slots = PyTuple_GetItem(said, 3);
    Entry *entry = slots == NULL ? NULL : add(memory, hash, at, size);
    if (entry == NULL)
        return NULL;
    for (size_t slot = 0; slot < memory->slots; slot++) {
        PyObject *number = PyTuple_GetItem(slots, (Py_ssize_t)slot);
        entry->slots[slot] = number == NULL ? 0 : (uint32_t)PyLong_AsUnsignedLong(number);
    }
    entry->seconds = PyFloat_AsDouble(PyTuple_GetItem(said, 2));
    entry->object = Py_NewRef(PyTuple_GetItem(said, 0));
    entry->needle = Py_NewRef(PyTuple_GetItem(said, 1));
    return PyErr_Occurred() ? NULL : entry;
}

static Verdict asked(Piece *piece, uint64_t hash, const char *at, size_t size, Entry **entry)
{
    PyObject *token = PyBytes_FromStringAndSize(at, (Py_ssize_t)size);
    PyObject *said = token == NULL ? NULL : PyObject_CallFunctionObjArgs(piece->ask, token, NULL);
    Py_XDECREF(token);
    if (said == NULL)
        return FAILED;
    Verdict verdict = REFUSED;
    if (said != Py_None) {
        *entry = taken(&piece->memory, hash, at, size, said);
        verdict = *entry == NULL ? FAILED : CLEAN;
    }
    Py_DECREF(said);
    return verdict;
}

static int with_room(Scanner *self, size_t size)
{
    if (size <= self->room_size)
        return 0;
    char *room = PyMem_Realloc(self->room, size);
    if (room == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->room = room;
    self->room_size = size;
    return 0;
}

static int of_letters(const char *letters, const Token *token)
{
    if (token->escaped || token->wide || token->size == 0)
        return 0;
    for (size_t at = 0; at < token->size; at++)
        if (!letters[(unsigned char)token->at[at]])
            return 0;
    return 1;
}

/* Whether every escape is one of a quote or a backslash: so it stands in the line that holds nothing but the text. */
static int is_plainly_escaped(const Token *token)
{
    const char *at = token->at, *end = at + token->size;
    while ((at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        if (at + 1 >= end || (at[1] != '"' && at[1] != '\\'))
            return 0;
        at += 2;
    }
    return 1;
}

/* Whether a text surely tells nothing: none of the hints stands in it, in the line that holds nothing else. */
static int tells_nothing(Scanner *self, const Piece *piece, const Token *token)
{
    Token text = *token;
    if (text.size == 0 || (text.escaped && !(piece->embedded ? is_plainly_escaped(token) : 1)))
        return 0;
    if (text.escaped) {
        char *end = unescaped(token, self->room);
        if (end == NULL)
            return 0;
        text = (Token){self->room, (size_t)(end - self->room), 0, 1};
    }
    if (text.wide && !is_utf8(text.at, text.size))
        return 0;
    if (piece->embedded && !is_flat(text.at, text.at + text.size))
        return 0;
    if (!piece->embedded && token->escaped) {
        Token again;
        if (string_end(text.at, text.at + text.size, &again) != NULL || again.escaped)
            return 0;
        for (size_t at = 0; at < text.size; at++)
            if ((unsigned char)text.at[at] < 32)
                return 0;
    } else {
        text = *token;
    }
    uint32_t state = walked(piece->hints, piece->before, text.at, text.size);
    return walked(piece->hints, state, piece->behind, piece->behind_size) != HIT;
}

static Verdict looked_up(Scanner *self, size_t number, const Token *token)
{
    Piece *piece = self->pieces + number;
    Entry **entry = self->entries + number;
    if ((piece->letters != NULL && of_letters(piece->letters, token))
        || (piece->hints != NULL && tells_nothing(self, piece, token))) {
        *entry = piece->plain;
        return CLEAN;
    }
    uint64_t hash = hash_of(token->at, token->size, self->seed);
    *entry = find(&piece->memory, hash, token->at, token->size);
    return *entry != NULL ? CLEAN : asked(piece, hash, token->at, token->size, entry);
}

/* The pieces of a CRN: its head, and the last three segments, which have no colon. */
static int cut_crn(const Token *token, Token parts[MOST_PIECES])
{
    const char *end = token->at + token->size;
    for (int part = MOST_PIECES - 1; part > 0; part--) {
        const char *at = end;
        while (at > token->at && at[-1] != ':')
            at--;
        if (at == token->at)
            return 0;
        parts[part] = (Token){at, (size_t)(end - at), 0, token->wide};
        end = at - 1;
    }
    parts[0] = (Token){token->at, (size_t)(end - token->at), 0, token->wide};
    return 1;
}

static int cut_by_length(const Column *column, const Token *token, Token parts[MOST_PIECES])
{
    if (token->wide || token->size <= column->cuts[column->count - 1])
        return 0;
    for (size_t part = 0; part < column->count; part++) {
        size_t end = part + 1 < column->count ? column->cuts[part + 1] : token->size;
        parts[part] = (Token){token->at + column->cuts[part], end - column->cuts[part], 0, 0};
    }
    return 1;
}

static Verdict value_judged(Scanner *self, size_t number, const Token *token)
{
    const Column *column = self->columns + number;
    self->tokens[number] = *token;
    if (column->split == WHOLE)
        return looked_up(self, column->first, token);
    Token parts[MOST_PIECES];
    if (token->escaped || !(column->split == CUT ? cut_by_length(column, token, parts) : cut_crn(token, parts)))
        return UNSURE;
    for (size_t part = 0; part < column->count; part++) {
        Verdict verdict = looked_up(self, column->first + part, parts + part);
        if (verdict != CLEAN) /* parts may be odd each by itself and clean as a whole */
            return verdict == REFUSED ? UNSURE : verdict;
    }
    return CLEAN;
}

/* ---- JSON ---- */

static const char *scalar_end(const char *at, const char *end)
{
    while (at < end && *at != ',' && *at != '}' && *at != ']' && (unsigned char)*at > ' ')
        at++;
    return at;
}

/* Past a value of which only strings and brackets are looked at: Python decodes it when it is first met. */
static const char *any_end(const char *at, const char *end)
{
    Token text;
    int depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = string_end(at + 1, end, &text);
            if (at == NULL)
                return NULL;
            at++;
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (depth > 0) {
            at++;
            continue;
        } else {
            at = scalar_end(at, end);
        }
        if (depth <= 0)
            return depth < 0 ? NULL : at;
    }
    return NULL;
}

static Verdict object_judged(Scanner *self, Box *box, const char **at, const char *end);

static Verdict member_judged(Scanner *self, const Member *member, const char **at, const char *end)
{
    const char *begin = *at, *past;
    Token token = {begin, 0, 0, 0};
    self->states[member->number] = SOMETHING;
    if (member->kind == OBJECT)
        return object_judged(self, member->box, at, end);
    if (member->nullable && end - begin >= 4 && memcmp(begin, "null", 4) == 0) {
        self->states[member->number] = NOTHING;
        *at = begin + 4;
        return CLEAN;
    }
    if (member->kind == SCALAR || member->kind == ANY) {
        past = member->kind == SCALAR ? scalar_end(begin, end) : any_end(begin, end);
        if (past == NULL || past == begin)
            return UNSURE;
        token.size = (size_t)(past - begin);
        *at = past;
        return value_judged(self, member->column, &token);
    }
    if (member->kind == STRING_ALONE) {
        if (begin >= end || *begin != '[')
            return REFUSED;
        begin = past_blanks(begin + 1, end);
    }
    if (begin >= end || *begin != '"')
        return REFUSED;
    past = string_end(begin + 1, end, &token);
    if (past == NULL)
        return REFUSED;
    past++;
    if (member->kind == STRING_ALONE) {
        past = past_blanks(past, end);
        if (past >= end || *past != ']')
            return REFUSED;
        past++;
    }
    *at = past;
    return value_judged(self, member->column, &token);
}

/* The member of this name, of which the number is given back; the count of all where there is none. */
static size_t member_named(const Box *box, const Token *name, size_t guess)
{
    if (guess < box->count && box->members[guess].size == name->size
        && memcmp(box->members[guess].name, name->at, name->size) == 0)
        return guess;
    size_t number = 0;
    while (number < box->count
           && (box->members[number].size != name->size || memcmp(box->members[number].name, name->at, name->size) != 0))
        number++;
    return number;
}

static Verdict object_judged(Scanner *self, Box *box, const char **at, const char *end)
{
    const char *here = *at;
    uint64_t seen = 0;
    size_t before = MOST_MEMBERS;
    if (here >= end || *here != '{')
        return REFUSED;
    here = past_blanks(here + 1, end);
    while (here < end && *here == '"') {
        Token name;
        here = string_end(here + 1, end, &name);
        if (here == NULL)
            return REFUSED;
        if (name.escaped)
            return UNSURE;
        size_t number = member_named(box, &name, box->behind[before]);
        if (number == box->count || seen >> number & 1)
            return REFUSED;
        box->behind[before] = (unsigned char)number;
        before = number;
        seen |= UINT64_C(1) << number;
        here = past_blanks(here + 1, end);
        if (here >= end || *here != ':')
            return REFUSED;
        here = past_blanks(here + 1, end);
        Verdict verdict = member_judged(self, box->members + number, &here, end);
        if (verdict != CLEAN)
            return verdict;
        here = past_blanks(here, end);
        if (here < end && *here == '}')
            break;
        if (here >= end || *here != ',')
            return REFUSED;
        here = past_blanks(here + 1, end);
        if (here >= end || *here != '"')
            return REFUSED;
    }
    if (here >= end || *here != '}' || (seen & box->required) != box->required)
        return REFUSED;
    *at = here + 1;
    return CLEAN;
}

/* ---- what values say together ---- */

static uint32_t number_of(const Scanner *self, const Source *source)
{
    if (source->aspect == SLOT) {
        const Entry *entry = self->entries[source->number];
        return entry == NULL ? 0 : entry->slots[source->slot];
    }
    State state = self->states[source->number];
    return source->aspect == GIVEN ? state == SOMETHING : state != ABSENT;
}

static PyObject *numbers_of(const uint32_t *key, size_t count)
{
    PyObject *numbers = PyTuple_New((Py_ssize_t)count);
    for (size_t place = 0; numbers != NULL && place < count; place++) {
        PyObject *number = PyLong_FromUnsignedLong(key[place]);
        if (number == NULL || PyTuple_SetItem(numbers, (Py_ssize_t)place, number) < 0)
            Py_CLEAR(numbers);
    }
    return numbers;
}

static Verdict group_judged(Scanner *self, Group *group, Entry **entry)
{
    for (size_t place = 0; place < group->count; place++)
        self->key[place] = number_of(self, group->sources + place);
    size_t size = group->count * sizeof *self->key;
    uint64_t hash = hash_of((const char *)self->key, size, self->seed);
    *entry = find(&group->memory, hash, (const char *)self->key, size);
    if (*entry != NULL)
        return CLEAN;
    PyObject *numbers = numbers_of(self->key, group->count);
    PyObject *said = numbers == NULL ? NULL : PyObject_CallFunctionObjArgs(group->ask, numbers, NULL);
    Py_XDECREF(numbers);
    if (said == NULL)
        return FAILED;
    if (said == Py_None) {
        Py_DECREF(said);
        return REFUSED;
    }
    *entry = add(&group->memory, hash, (const char *)self->key, size);
    if (*entry == NULL) {
        Py_DECREF(said);
        return FAILED;
    }
    (*entry)->object = said;
    return CLEAN;
}

static Verdict guard_judged(const Scanner *self, const Guard *guard)
{
    const Entry *entry = self->entries[self->columns[guard->first].first];
    const Token *second = self->tokens + guard->second;
    if (entry == NULL || entry->needle == Py_None || second->at == NULL)
        return CLEAN;
    if (second->escaped)
        return UNSURE;
    size_t size = (size_t)PyBytes_Size(entry->needle);
    return holds(second, PyBytes_AsString(entry->needle), size) ? UNSURE : CLEAN;
}

static Verdict line_judged(Scanner *self, const char *at, size_t size)
{
    memset(self->tokens, 0, self->column_count * sizeof *self->tokens);
    memset(self->entries, 0, self->piece_count * sizeof *self->entries);
    memset(self->states, 0, self->member_count);
    if (size >= self->near || size == 0 || at[size - 1] != '}')
        return REFUSED;
    if (with_room(self, size + 64) < 0) /* for any text of it, or for all that a digest is of */
        return FAILED;
    const char *end = at + size, *here = past_blanks(at, end);
    Verdict verdict = object_judged(self, self->root, &here, end);
    if (verdict == CLEAN && here != end)
        verdict = REFUSED;
    for (size_t number = 0; verdict == CLEAN && number < self->group_count; number++) {
        Entry *entry;
        verdict = group_judged(self, self->groups + number, &entry);
        if ((Py_ssize_t)number == self->kind)
            self->found_kind = entry;
    }
    for (size_t number = 0; verdict == CLEAN && number < self->guard_count; number++)
        verdict = guard_judged(self, self->guards + number);
    return verdict;
}

/* ---- the facts of a clean line ---- */

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

static PyObject *time_of(const Scanner *self)
{
    if (self->time < 0 || self->tokens[self->time].at == NULL)
        return Py_NewRef(Py_None);
    const Column *column = self->columns + self->time;
    double seconds = 0;
    for (size_t part = 0; part < column->count; part++)
        seconds += self->entries[column->first + part]->seconds;
    return isnan(seconds) ? Py_NewRef(Py_None) : PyFloat_FromDouble(seconds);
}

static PyObject *kind_of(Scanner *self)
{
    PyObject *kind = self->found_kind->object;
    const Token *id = self->id < 0 ? NULL : self->tokens + self->id;
    size_t middle = sizeof CARRIER - 1;
    if (id == NULL || id->at == NULL
        || !(id->escaped
             || (id->size >= CARRIER_AT + middle && memcmp(id->at + CARRIER_AT, CARRIER, middle) == 0)))
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

/* Head and tail of the CRN by which a target is known again, as `lint.seen` gives them; None for both where it is not. */
static int name_taken(Scanner *self, PyObject *heads, PyObject *tails)
{
    Token parts[MOST_PIECES];
    const Token *target = self->target < 0 ? NULL : self->tokens + self->target;
    if (target == NULL || target->at == NULL || code_points(target) > self->longest || !cut_crn(target, parts)
        || !(is_unique(self, parts + 3) || is_unique(self, parts + 1)))
        return append(heads, Py_NewRef(Py_None)) < 0 || append(tails, Py_NewRef(Py_None)) < 0 ? -1 : 0;
    const char *tail = parts[1].at - 1;
    size_t size = target->size - (size_t)(tail - target->at);
    PyObject *head = self->entries[self->columns[self->target].first]->object;
    return append(heads, Py_NewRef(head)) < 0 || append(tails, PyUnicode_FromStringAndSize(tail, (Py_ssize_t)size)) < 0
               ? -1
               : 0;
}

typedef struct {
    PyObject *numbers, *actions, *times, *digests, *heads, *tails, *kinds, *unsure;
} Found;

static int taken_down(Scanner *self, Found *found, Py_ssize_t number, uint64_t digest)
{
    if (append(found->numbers, PyLong_FromSsize_t(number)) < 0 || append(found->actions, object_of(self, self->action)) < 0)
        return -1;
    if (!self->facts)
        return 0;
    int failed = append(found->digests, PyLong_FromUnsignedLongLong(digest)) < 0
                 || append(found->times, time_of(self)) < 0 || name_taken(self, found->heads, found->tails) < 0
                 || append(found->kinds, kind_of(self)) < 0;
    return failed ? -1 : 0;
}

static void made_room(Scanner *self)
{
    for (size_t number = 0; number < self->piece_count; number++)
        if (full(&self->pieces[number].memory))
            forget(&self->pieces[number].memory);
    for (size_t number = 0; number < self->group_count; number++)
        if (full(&self->groups[number].memory))
            forget(&self->groups[number].memory);
}

static Verdict line_taken(Scanner *self, Found *found, Py_ssize_t number, PyObject *raw)
{
    char *line;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(raw, &line, &size) < 0)
        return FAILED;
    made_room(self);
    uint64_t digest = 0;
    Verdict verdict = line_judged(self, line, (size_t)size);
    if (verdict == CLEAN && self->facts)
        verdict = digest_of(self, line, (size_t)size, &digest);
    if (verdict == CLEAN && taken_down(self, found, number, digest) < 0)
        return FAILED;
    if (verdict == UNSURE && append(found->unsure, PyLong_FromSsize_t(number)) < 0)
        return FAILED;
    return verdict;
}

PyDoc_STRVAR(scan_doc,
             "scan(raws)\n--\n\n"
             "Judge raw lines, a list of bytes. Gives lists of the numbers of clean lines, and for each its action, time,\n"
             "digest, head and tail of its target, and kind; and of the numbers of lines that may be clean.");

static PyObject *scan(PyObject *object, PyObject *raws)
{
    Scanner *self = (Scanner *)object;
    PyObject *lists[8] = {0}, *result = NULL;
    int failed = PyList_Size(raws) < 0;
    if (self->busy) {
        PyErr_SetString(PyExc_RuntimeError, "a scanner judges the lines of one call at a time");
        return NULL;
    }
    self->busy = 1;
    for (int which = 0; which < 8; which++)
        failed |= (lists[which] = PyList_New(0)) == NULL;
    Found found = {lists[0], lists[1], lists[2], lists[3], lists[4], lists[5], lists[6], lists[7]};
    for (Py_ssize_t number = 0; !failed && number < PyList_Size(raws); number++) {
        PyObject *raw = Py_NewRef(PyList_GetItem(raws, number)); /* the list may change while Python is asked */
        failed = line_taken(self, &found, number, raw) == FAILED;
        Py_DECREF(raw);
    }
    self->busy = 0;
    if (!failed)
        result = Py_BuildValue("OOOOOOOO", lists[0], lists[1], lists[2], lists[3], lists[4], lists[5], lists[6],
                               lists[7]);
    for (int which = 0; which < 8; which++)
        Py_XDECREF(lists[which]);
    return result;
}

/* ---- how it is made ---- */

static Box *box_made(Scanner *self, PyObject *members);

static int member_made(Scanner *self, Member *member, PyObject *said, int *required)
{
    PyObject *members;
    Py_ssize_t size, number, column;
    int kind;
    if (!PyArg_ParseTuple(said, "y#ippnnO", &member->name, &size, &kind, required, &member->nullable, &number, &column,
                          &members))
        return -1;
    member->size = (size_t)size;
    member->kind = (Kind)kind;
    member->number = (size_t)number;
    member->column = (size_t)column;
    if (member->number >= self->member_count || (kind != OBJECT && member->column >= self->column_count)) {
        PyErr_SetString(PyExc_IndexError, "member");
        return -1;
    }
    if (kind != OBJECT)
        return 0;
    member->box = box_made(self, members);
    return member->box == NULL ? -1 : 0;
}

static Box *box_made(Scanner *self, PyObject *members)
{
    Py_ssize_t count = PyList_Size(members);
    if (count < 0 || count > MOST_MEMBERS) {
        PyErr_SetString(PyExc_ValueError, "too many members");
        return NULL;
    }
    Box *box = PyMem_Calloc(1, sizeof *box);
    if (box == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    box->next = self->boxes;
    self->boxes = box;
    box->count = (size_t)count;
    for (Py_ssize_t number = 0; number < count; number++) {
        int required;
        if (member_made(self, box->members + number, PyList_GetItem(members, number), &required) < 0)
            return NULL;
        if (required)
            box->required |= UINT64_C(1) << number;
        box->behind[number] = (unsigned char)(number + 1);
    }
    return box;
}

static int automaton_made(Scanner *Py_UNUSED(self), Automaton *automaton, PyObject *needles)
{
    Py_ssize_t count = PyList_Size(needles);
    size_t most = 2;
    automaton->classes = 1;
    for (Py_ssize_t number = 0; number < count; number++) {
        char *needle;
        Py_ssize_t size;
        if (PyBytes_AsStringAndSize(PyList_GetItem(needles, number), &needle, &size) < 0)
            return -1;
        classed(automaton, needle, (size_t)size);
        most += (size_t)size;
    }
    automaton->next = PyMem_Calloc(most * automaton->classes, sizeof *automaton->next);
    automaton->states = START + 1;
    unsigned char *ends = PyMem_Calloc(most, 1);
    int done = automaton->next != NULL && ends != NULL && most <= MOST_STATES ? 0 : -1;
    for (Py_ssize_t number = 0; done == 0 && number < count; number++) {
        PyObject *needle = PyList_GetItem(needles, number);
        ends[planted(automaton, PyBytes_AsString(needle), (size_t)PyBytes_Size(needle))] = 1;
    }
    done = done < 0 ? -1 : tabled(automaton, ends);
    PyMem_Free(ends);
    if (done < 0)
        PyErr_NoMemory();
    return done;
}

static int piece_made(Scanner *self, Piece *piece, PyObject *said)
{
    PyObject *plain;
    const char *before;
    Py_ssize_t size = 0, hints, before_size, behind_size, slots;
    if (!PyArg_ParseTuple(said, "z#ny#y#pOnO", &piece->letters, &size, &hints, &before, &before_size, &piece->behind,
                          &behind_size, &piece->embedded, &piece->ask, &slots, &plain)) {
        piece->ask = NULL;
        return -1;
    }
    Py_INCREF(piece->ask);
    piece->memory.slots = (size_t)slots;
    piece->behind_size = (size_t)behind_size;
    if (piece->letters == NULL && hints < 0)
        return 0;
    if ((piece->letters != NULL && size != 256) || hints >= (Py_ssize_t)self->automaton_count) {
        PyErr_SetString(PyExc_ValueError, "letters are for each byte, and hints are numbered");
        return -1;
    }
    if (hints >= 0) {
        piece->hints = self->automata + hints;
        piece->before = walked(piece->hints, begun(piece->hints), before, (size_t)before_size);
    }
    /* kept by itself, so that it stays when the memory is emptied */
    self->plains[piece - self->pieces].slots = (size_t)slots;
    piece->plain = taken(self->plains + (piece - self->pieces), 0, "", 0, plain);
    return piece->plain == NULL ? -1 : 0;
}

static int column_made(Scanner *self, Column *column, PyObject *said)
{
    PyObject *cuts;
    int split;
    Py_ssize_t first;
    if (!PyArg_ParseTuple(said, "iO!np", &split, &PyList_Type, &cuts, &first, &column->raw))
        return -1;
    Py_ssize_t count = PyList_Size(cuts);
    column->split = (Split)split;
    column->first = (size_t)first;
    column->count = split == CRN ? MOST_PIECES : (size_t)count;
    if (count < 1 || column->count > MOST_PIECES || column->first + column->count > self->piece_count) {
        PyErr_SetString(PyExc_IndexError, "column");
        return -1;
    }
    for (Py_ssize_t part = 0; part < count; part++)
        column->cuts[part] = PyLong_AsSize_t(PyList_GetItem(cuts, part));
    return PyErr_Occurred() ? -1 : 0;
}

static int group_made(Scanner *self, Group *group, PyObject *said)
{
    PyObject *sources;
    if (!PyArg_ParseTuple(said, "OO", &sources, &group->ask))
        return -1;
    Py_INCREF(group->ask);
    Py_ssize_t count = PyList_Size(sources);
    if (count < 0)
        return -1;
    group->count = (size_t)count;
    group->sources = PyMem_Calloc(group->count + 1, sizeof *group->sources);
    uint32_t *key = PyMem_Realloc(self->key, (group->count + 1 + self->key_size) * sizeof *key);
    if (key != NULL) /* the old one is gone, whatever else there is no room for */
        self->key = key;
    if (group->sources == NULL || key == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->key_size += group->count + 1;
    for (size_t place = 0; place < group->count; place++) {
        Source *source = group->sources + place;
        int aspect;
        Py_ssize_t number, slot;
        if (!PyArg_ParseTuple(PyList_GetItem(sources, (Py_ssize_t)place), "inn", &aspect, &number, &slot))
            return -1;
        *source = (Source){(Aspect)aspect, (size_t)number, (size_t)slot};
        int within = aspect == SLOT ? source->number < self->piece_count
                                          && source->slot < self->pieces[source->number].memory.slots
                                    : source->number < self->member_count;
        if (!within) {
            PyErr_SetString(PyExc_IndexError, "source");
            return -1;
        }
    }
    return 0;
}

static int guard_made(Scanner *self, Guard *guard, PyObject *said)
{
    Py_ssize_t first, second;
    if (!PyArg_ParseTuple(said, "nn", &first, &second))
        return -1;
    *guard = (Guard){(size_t)first, (size_t)second};
    if (guard->first >= self->column_count || guard->second >= self->column_count) {
        PyErr_SetString(PyExc_IndexError, "guard");
        return -1;
    }
    return 0;
}

#define MAKE_ALL(many, count, list, made) \
    do { \
        self->count = (size_t)PyList_Size(list); \
        if ((self->many = PyMem_Calloc(self->count + 1, sizeof *self->many)) == NULL) { \
            PyErr_NoMemory(); \
            return -1; \
        } \
        for (size_t number = 0; number < self->count; number++) \
            if (made(self, self->many + number, PyList_GetItem(list, (Py_ssize_t)number)) < 0) \
                return -1; \
    } while (0)

static int filled(Scanner *self, PyObject *members, PyObject *automata, PyObject *pieces, PyObject *columns, PyObject *groups, PyObject *guards)
{
    self->plains = PyMem_Calloc((size_t)PyList_Size(pieces) + 1, sizeof *self->plains);
    if (self->plains == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    MAKE_ALL(automata, automaton_count, automata, automaton_made);
    MAKE_ALL(pieces, piece_count, pieces, piece_made);
    MAKE_ALL(columns, column_count, columns, column_made);
    MAKE_ALL(groups, group_count, groups, group_made);
    MAKE_ALL(guards, guard_count, guards, guard_made);
    self->root = box_made(self, members);
    self->tokens = PyMem_Calloc(self->column_count + 1, sizeof *self->tokens);
    self->entries = PyMem_Calloc(self->piece_count + 1, sizeof *self->entries);
    self->states = PyMem_Calloc(self->member_count + 1, sizeof *self->states);
    if (self->root == NULL)
        return -1;
    if (self->tokens == NULL || self->entries == NULL || self->states == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    return 0;
}

static int columns_named(const Scanner *self)
{
    const Py_ssize_t named[] = {self->action, self->time,    self->id,      self->outcome,
                                self->target, self->request, self->response};
    for (size_t which = 0; which < sizeof named / sizeof *named; which++)
        if (named[which] >= (Py_ssize_t)self->column_count)
            return 0;
    return !self->facts || (self->kind >= 0 && self->kind < (Py_ssize_t)self->group_count);
}

static PyObject *scanner_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(keywords))
{
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Scanner *self = (Scanner *)alloc(type, 0);
    PyObject *members, *automata, *pieces, *columns, *groups, *guards;
    Py_ssize_t near, count, size, digits, longest;
    unsigned long long seed;
    if (self == NULL)
        return NULL;
    int read = PyArg_ParseTuple(args, "O!O!O!O!O!O!(nnnnnnnn)pnnK(nnn)O", &PyList_Type, &members, &PyList_Type, &automata, &PyList_Type, &pieces,
                                &PyList_Type, &columns, &PyList_Type, &groups, &PyList_Type, &guards, &self->action,
                                &self->time, &self->id, &self->outcome, &self->target, &self->request, &self->response,
                                &self->kind, &self->facts, &near, &count, &seed, &size, &digits, &longest, &self->carried);
    if (!read) {
        self->carried = NULL;
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(self->carried);
    self->kept = Py_NewRef(args);
    self->near = (size_t)near;
    self->member_count = (size_t)count;
    self->seed = seed;
    self->unique_size = (size_t)size;
    self->unique_digits = (size_t)digits;
    self->longest = (size_t)longest;
    int made = filled(self, members, automata, pieces, columns, groups, guards);
    if (made == 0 && !columns_named(self)) {
        PyErr_SetString(PyExc_IndexError, "roles");
        made = -1;
    }
    if (made < 0)
        Py_CLEAR(self);
    return (PyObject *)self;
}

static int scanner_traverse(PyObject *object, visitproc visit, void *arg)
{
    Scanner *self = (Scanner *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->kept);
    Py_VISIT(self->carried);
    for (size_t number = 0; self->pieces && number < self->piece_count; number++)
        Py_VISIT(self->pieces[number].ask);
    for (size_t number = 0; self->groups && number < self->group_count; number++)
        Py_VISIT(self->groups[number].ask);
    return 0;
}

static int scanner_clear(PyObject *object)
{
    Scanner *self = (Scanner *)object;
    for (size_t number = 0; self->pieces && number < self->piece_count; number++) {
        Py_CLEAR(self->pieces[number].ask);
        forget(&self->pieces[number].memory);
    }
    for (size_t number = 0; self->groups && number < self->group_count; number++) {
        Py_CLEAR(self->groups[number].ask);
        forget(&self->groups[number].memory);
    }
    Py_CLEAR(self->carried);
    Py_CLEAR(self->kept);
    return 0;
}

static void scanner_dealloc(PyObject *object)
{
    Scanner *self = (Scanner *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    scanner_clear(object);
    for (size_t number = 0; self->plains && number < self->piece_count; number++)
        forget(self->plains + number);
    for (size_t number = 0; self->groups && number < self->group_count; number++)
        PyMem_Free(self->groups[number].sources);
    for (Box *box = self->boxes, *next; box != NULL; box = next) {
        next = box->next;
        PyMem_Free(box);
    }
    for (size_t number = 0; self->automata && number < self->automaton_count; number++)
        PyMem_Free(self->automata[number].next);
    void *blocks[] = {self->automata, self->plains, self->pieces,  self->columns, self->groups, self->guards,
                      self->tokens, self->entries, self->states,  self->key,    self->room};
    for (size_t block = 0; block < sizeof blocks / sizeof *blocks; block++)
        PyMem_Free(blocks[block]);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

static PyMethodDef scanner_methods[] = {{"scan", scan, METH_O, scan_doc}, {NULL, NULL, 0, NULL}};

static PyType_Slot scanner_slots[] = {
    {Py_tp_new, scanner_new},         {Py_tp_dealloc, scanner_dealloc}, {Py_tp_traverse, scanner_traverse},
    {Py_tp_clear, scanner_clear},     {Py_tp_methods, scanner_methods},
    {Py_tp_doc, "Judges lines by what is known to be clean; asks Python about what it has not met."},
    {0, NULL},
};

static PyType_Spec scanner_spec = {
    .name = "atlint.lint._scan.Scanner",
    .basicsize = sizeof(Scanner),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = scanner_slots,
};

static int filled_module(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&scanner_spec);
    int done = type == NULL ? -1 : PyModule_AddObjectRef(module, "Scanner", type);
    Py_XDECREF(type);
    return done;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, filled_module}, {0, NULL}};

static PyMethodDef module_methods[] = {{"add_new", add_new, METH_VARARGS, add_new_doc}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "atlint.lint._scan",
    .m_doc = "The compiled half of the acceptor.",
    .m_methods = module_methods,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__scan(void)
{
    return PyModuleDef_Init(&definition);
}
