/* What `atlint.lint.acceptor_program` says, to what is judged by. */
#ifndef ATLINT_MAKING_H
#define ATLINT_MAKING_H

#include <string.h>

#include "judge.h"
#include "program.h"

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
    const Column *held = self->columns + member->column;
    for (size_t part = 0; kind != OBJECT && part < held->count; part++)
        self->holders[held->first + part] = member->number;
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
    if (!PyArg_ParseTuple(said, "iO!npO", &split, &PyList_Type, &cuts, &first, &column->raw, &column->ask)) {
        column->ask = NULL;
        return -1;
    }
    Py_INCREF(column->ask);
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
    self->holders = PyMem_Calloc(self->piece_count + 1, sizeof *self->holders);
    if (self->holders == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->root = box_made(self, members);
    self->looked = PyMem_Calloc(self->member_count + self->group_count + self->guard_count + 1, 1);
    self->walked = PyMem_Calloc(self->member_count + 1, 1);
    self->weighty = PyMem_Calloc(self->member_count + 1, 1);
    /* members are told apart by a byte */
    self->most_met = self->member_count < STRANGE ? self->member_count + MOST_STRANGE : 0;
    self->layout = PyMem_Calloc(self->most_met + 1, 1);
    self->extents = PyMem_Calloc(2 * self->most_met + 1, sizeof *self->extents);
    self->sights = PyMem_Calloc(self->key_size + 1, sizeof *self->sights);
    self->tokens = PyMem_Calloc(self->column_count + 1, sizeof *self->tokens);
    self->entries = PyMem_Calloc(self->piece_count + 1, sizeof *self->entries);
    self->states = PyMem_Calloc(self->member_count + 1, sizeof *self->states);
    if (self->root == NULL)
        return -1;
    if (self->tokens == NULL || self->entries == NULL || self->states == NULL || self->looked == NULL || self->walked == NULL
        || self->weighty == NULL || self->layout == NULL || self->extents == NULL || self->sights == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    self->unclean = self->looked + self->member_count;
    self->unguarded = self->unclean + self->group_count;
    return 0;
}

/* Finds out which members facts are made of: objects, what makes an event this one, and what makes its kind. */
static void weighed(Scanner *self)
{
    const Py_ssize_t columns[] = {self->action, self->time,    self->id,      self->outcome,
                                  self->target, self->request, self->response};
    for (const Box *box = self->boxes; box != NULL; box = box->next)
        for (size_t number = 0; number < box->count; number++)
            if (box->members[number].kind == OBJECT)
                self->weighty[box->members[number].number] = 1;
    for (size_t which = 0; which < sizeof columns / sizeof *columns; which++)
        if (columns[which] >= 0)
            self->weighty[self->holders[self->columns[columns[which]].first]] = 1;
    const Group *kind = self->groups + self->kind;
    for (size_t place = 0; self->facts && place < kind->count; place++)
        self->weighty[holder_of(self, kind->sources + place)] = 1;
}

#endif
