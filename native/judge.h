/* Whether a line is surely clean: one walk through its JSON, and a look at what its values say together. */
#ifndef ATLINT_JUDGE_H
#define ATLINT_JUDGE_H

#include <string.h>

#include "program.h"

/* bytes of a text that is remembered though it was refused: a long one is not worth its room */
#define LONGEST_REFUSED 1000

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

static Verdict asked(Scanner *self, Piece *piece, uint64_t hash, const char *at, size_t size, Entry **entry)
{
    PyObject *token = PyBytes_FromStringAndSize(at, (Py_ssize_t)size);
    PyObject *said = token == NULL ? NULL : PyObject_CallFunctionObjArgs(piece->ask, token, NULL);
    Py_XDECREF(token);
    if (said == NULL)
        return FAILED;
    int refused = said == Py_None;
    if (refused && size > LONGEST_REFUSED) {
        Py_DECREF(said);
        return REFUSED;
    }
    *entry = refused ? add(&piece->memory, hash, at, size) : taken(&piece->memory, hash, at, size, said);
    Py_DECREF(said);
    if (*entry == NULL)
        return FAILED;
    (*entry)->refused = refused;
    self->learnt = 1;
    return refused ? REFUSED : CLEAN;
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
    if (*entry == NULL)
        return asked(self, piece, hash, token->at, token->size, entry);
    return (*entry)->refused ? REFUSED : CLEAN;
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

/* Parts may be odd each by itself and clean as a whole. */
static Verdict whole_judged(const Column *column, const Token *token)
{
    PyObject *text = PyBytes_FromStringAndSize(token->at, (Py_ssize_t)token->size);
    PyObject *said = text == NULL ? NULL : PyObject_CallFunctionObjArgs(column->ask, text, NULL);
    Py_XDECREF(text);
    if (said == NULL)
        return FAILED;
    int fine = PyObject_IsTrue(said);
    Py_DECREF(said);
    return fine < 0 ? FAILED : fine ? UNSURE : REFUSED;
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
        if (verdict != CLEAN)
            return verdict == REFUSED ? whole_judged(column, token) : verdict;
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

/* Takes down where a member stands, which was met as this one. */
static void placed(Scanner *self, size_t place, size_t member, const char *at, const char *end)
{
    if (place >= self->most_met)
        return;
    self->layout[place] = (unsigned char)member;
    self->extents[2 * place] = (uint32_t)(at - self->line);
    self->extents[2 * place + 1] = (uint32_t)(end - self->line);
}

/* Takes down that Python must look at a member; the worst that is found of any is what is found of the line. */
static void marked(Scanner *self, size_t member, Verdict verdict)
{
    self->looked[member] = ODD;
    if (self->worst != REFUSED)
        self->worst = verdict;
}

static Verdict object_judged(Scanner *self, Box *box, size_t holder, const char **at, const char *end);

static Verdict member_judged(Scanner *self, const Member *member, const char **at, const char *end)
{
    const char *begin = *at, *past;
    Token token = {begin, 0, 0, 0};
    self->states[member->number] = SOMETHING;
    if (member->kind == OBJECT)
        return *begin == '{' ? object_judged(self, member->box, member->number, at, end) : REFUSED;
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

/* Past a value that Python must look at, or that the edition does not have; NULL where there is none. */
static const char *passed(const char *at, const char *end)
{
    const char *past = any_end(at, end);
    return past == at ? NULL : past;
}

/* Past an object, whatever is found of its members; what is not clean is marked. Of a line that is told of no more,
   since it is no JSON or has a key twice or one with escapes, the verdict is what is to be done with it. */
static Verdict object_judged(Scanner *self, Box *box, size_t holder, const char **at, const char *end)
{
    const char *here = past_blanks(*at + 1, end);
    uint64_t seen = 0;
    size_t before = MOST_MEMBERS;
    int strange = 0;
    while (here < end && *here == '"') {
        Token name;
        const char *named = here;
        size_t place = self->met++;
        here = string_end(here + 1, end, &name);
        if (here == NULL || name.escaped)
            return here == NULL ? REFUSED : UNSURE;
        here = past_blanks(here + 1, end);
        if (here >= end || *here != ':')
            return REFUSED;
        here = past_blanks(here + 1, end);
        if (here >= end)
            return REFUSED;
        size_t number = member_named(box, &name, box->behind[before]);
        const char *value = here;
        Verdict verdict = REFUSED;
        if (number == box->count) {
            strange = self->leapt = 1;
        } else {
            if (seen >> number & 1)
                return REFUSED;
            box->behind[before] = (unsigned char)number;
            before = number;
            seen |= UINT64_C(1) << number;
            verdict = member_judged(self, box->members + number, &here, end);
            if (verdict == FAILED || (verdict != CLEAN && box->members[number].kind == OBJECT && *value == '{'))
                return verdict;
            if (verdict != CLEAN)
                marked(self, box->members[number].number, verdict);
        }
        if (verdict != CLEAN) {
            self->leapt |= *value != '"';
            if ((here = passed(value, end)) == NULL)
                return REFUSED;
        }
        if (number == box->count)
            placed(self, place, STRANGE, named, here);
        else
            placed(self, place, box->members[number].number, value, here);
        here = past_blanks(here, end);
        if (here < end && *here == '}')
            break;
        if (here >= end || *here != ',')
            return REFUSED;
        here = past_blanks(here + 1, end);
        if (here >= end || *here != '"')
            return REFUSED;
    }
    if (here >= end || *here != '}')
        return REFUSED;
    if (strange || (seen & box->required) != box->required)
        marked(self, holder, REFUSED);
    self->walked[holder] = 1;
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

static size_t holder_of(const Scanner *self, const Source *source)
{
    return source->aspect == SLOT ? self->holders[source->number] : source->number;
}

/* Whether a group sees anything that Python must look at. */
static int touched(const Scanner *self, const Group *group)
{
    for (size_t place = 0; place < group->count; place++)
        if (self->looked[holder_of(self, group->sources + place)])
            return 1;
    return 0;
}

static Verdict group_judged(Scanner *self, Group *group, Entry **entry)
{
    for (size_t place = 0; place < group->count; place++)
        self->key[place] = number_of(self, group->sources + place);
    size_t size = group->count * sizeof *self->key;
    uint64_t hash = hash_of((const char *)self->key, size, self->seed);
    *entry = find(&group->memory, hash, (const char *)self->key, size);
    if (*entry != NULL)
        return (*entry)->refused ? REFUSED : CLEAN;
    PyObject *numbers = numbers_of(self->key, group->count);
    PyObject *said = numbers == NULL ? NULL : PyObject_CallFunctionObjArgs(group->ask, numbers, NULL);
    Py_XDECREF(numbers);
    if (said == NULL)
        return FAILED;
    *entry = add(&group->memory, hash, (const char *)self->key, size);
    if (*entry == NULL) {
        Py_DECREF(said);
        return FAILED;
    }
    (*entry)->object = said;
    (*entry)->refused = said == Py_None;
    self->learnt = 1;
    return (*entry)->refused ? REFUSED : CLEAN;
}

static Verdict guard_judged(const Scanner *self, const Guard *guard)
{
    const Entry *entry = self->entries[self->columns[guard->first].first];
    const Token *second = self->tokens + guard->second;
    if (entry == NULL || entry->needle == NULL || entry->needle == Py_None || second->at == NULL)
        return CLEAN;
    if (second->escaped)
        return UNSURE;
    size_t size = (size_t)PyBytes_Size(entry->needle);
    return holds(second, PyBytes_AsString(entry->needle), size) ? UNSURE : CLEAN;
}

/* Whether the facts of a line are there, if it is JSON: nothing that they are made of is odd. */
static int has_facts(const Scanner *self)
{
    if (self->looked[0])
        return 0;
    for (size_t number = 1; number < self->member_count; number++)
        if (self->looked[number] && self->weighty[number] && !self->walked[number])
            return 0;
    return 1;
}

/* Finds out which groups are not clean. Those that see what Python must look at are none that can be told here. */
static Verdict groups_judged(Scanner *self)
{
    for (size_t number = 0; number < self->group_count; number++) {
        Group *group = self->groups + number;
        Entry *entry = NULL;
        int is_kind = (Py_ssize_t)number == self->kind;
        self->unclean[number] = 0;
        if (is_kind && self->worst != CLEAN && !has_facts(self))
            continue;
        int odd = self->worst != CLEAN && !is_kind && touched(self, group);
        Verdict verdict = odd ? UNSURE : group_judged(self, group, &entry);
        if (verdict == FAILED)
            return FAILED;
        if (is_kind)
            self->found_kind = entry;
        self->unclean[number] = verdict != CLEAN;
        if (verdict == REFUSED)
            self->worst = REFUSED;
    }
    return CLEAN;
}

static void guards_judged(Scanner *self)
{
    for (size_t number = 0; number < self->guard_count; number++) {
        const Guard *guard = self->guards + number;
        size_t first = self->holders[self->columns[guard->first].first];
        size_t second = self->holders[self->columns[guard->second].first];
        int odd = self->looked[first] || self->looked[second];
        self->unguarded[number] = odd || guard_judged(self, guard) != CLEAN;
        if (self->unguarded[number] && self->worst == CLEAN)
            self->worst = UNSURE;
    }
}

/* What a group sees is to be looked at as well, and is taken down by its numbers. Nothing is where no member is. */
static void group_marked(Scanner *self, const Group *group)
{
    for (size_t place = 0; place < group->count; place++) {
        const Source *source = group->sources + place;
        size_t holder = holder_of(self, source);
        self->sights[self->seen++] = self->looked[holder] & ODD ? UINT32_MAX : number_of(self, source);
        if (holder != 0)
            self->looked[holder] |= SEEN;
    }
}

/* What groups and guards that are not clean see is to be looked at as well. */
static void sources_marked(Scanner *self)
{
    for (size_t number = 0; number < self->group_count; number++)
        if (self->unclean[number])
            group_marked(self, self->groups + number);
    for (size_t number = 0; number < self->guard_count; number++)
        if (self->unguarded[number]) {
            self->looked[self->holders[self->columns[self->guards[number].first].first]] |= ODD;
            self->looked[self->holders[self->columns[self->guards[number].second].first]] |= ODD;
        }
}

static Verdict line_judged(Scanner *self, const char *at, size_t size)
{
    memset(self->tokens, 0, self->column_count * sizeof *self->tokens);
    memset(self->entries, 0, self->piece_count * sizeof *self->entries);
    memset(self->states, 0, self->member_count);
    memset(self->looked, 0, self->member_count);
    memset(self->walked, 0, self->member_count);
    self->told = self->leapt = 0;
    self->met = self->seen = 0;
    self->line = at;
    self->found_kind = NULL;
    self->worst = CLEAN;
    if (size >= self->near)
        return REFUSED;
    if (size > 0 && at[size - 1] == '\r') { /* is told of, and nothing else for that alone */
        self->worst = REFUSED;
        size--;
    }
    if (size == 0 || at[size - 1] != '}')
        return REFUSED;
    if (with_room(self, size + 64) < 0) /* for any text of it, or for all that a digest is of */
        return FAILED;
    const char *end = at + size, *here = past_blanks(at, end);
    if (*here != '{')
        return REFUSED;
    Verdict verdict = object_judged(self, self->root, 0, &here, end);
    if (verdict != CLEAN || here != end)
        return verdict == CLEAN ? REFUSED : verdict;
    if (groups_judged(self) == FAILED)
        return FAILED;
    guards_judged(self);
    self->told = self->worst != CLEAN;
    if (self->told)
        sources_marked(self);
    return self->worst;
}

#endif
