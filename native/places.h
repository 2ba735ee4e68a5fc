/* `lint.places.Places` in one pass: where the parts of a text stand that is known to be JSON, and to have no key twice.

   Texts with keys that a pointer spells otherwise than the text does (escapes, a tilde, a slash) are not taken. */
#ifndef ATLINT_PLACES_H
#define ATLINT_PLACES_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

#include "facts.h"
#include "text.h"

#define MOST_LEVELS 128
#define LONGEST_PLACED (1 << 30)
/* bytes of a pointer that are put together on the stack, and of the number of an item */
#define SHORT_POINTER 512
#define LONGEST_NUMBER 10

typedef struct {
    /* in code points; an item of an array has no key, and -1 in its place */
    int32_t start, end, key_start, key_end;
    /* bytes of the key without its quotes; of an item -1, and which one it is */
    int32_t name, size;
    /* the part that holds it, and the first one behind it and all that it holds */
    int32_t holder, after;
} PlacedPart;

typedef struct {
    PyObject_HEAD
    PyObject *text;
    /* the same in UTF-8, which the text itself keeps */
    const char *bytes;
    PlacedPart *parts;
    int32_t count, room;
} Places;

/* An object or array that is not yet at its end. */
typedef struct {
    int32_t part, met;
    char shut;
} OpenPart;

/* How many code points are before a byte, asked from byte to byte onwards. */
typedef struct {
    const char *at;
    int32_t point;
    int wide;
} Counted;

static int32_t point_of(Counted *counted, const char *at)
{
    if (counted->wide) {
        int32_t more = 0;
        for (const char *byte = counted->at; byte < at; byte++)
            more += (*byte & 0xC0) != 0x80;
        counted->point += more;
    } else {
        counted->point += (int32_t)(at - counted->at);
    }
    counted->at = at;
    return counted->point;
}

static PlacedPart *part_added(Places *self)
{
    if (self->count == self->room) { /* a part has two bytes or more, and a text LONGEST_PLACED: no room overflows */
        int32_t room = self->room ? self->room * 2 : 64;
        PlacedPart *parts = PyMem_Realloc(self->parts, (size_t)room * sizeof *parts);
        if (parts == NULL) {
            PyErr_NoMemory();
            return NULL;
        }
        self->parts = parts;
        self->room = room;
    }
    self->parts[self->count] = (PlacedPart){0, 0, -1, -1, -1, 0, -1, 0};
    return self->parts + self->count++;
}

static const char *past_scalar(const char *at, const char *end)
{
    if (*at == '"') {
        Token token;
        const char *quote = string_end(at + 1, end, &token);
        return quote == NULL ? NULL : quote + 1;
    }
    const char *first = at;
    while (at < end && (unsigned char)*at > ' ' && strchr(",:{}[]\"", *at) == NULL)
        at++;
    return at == first ? NULL : at;
}

/* Past the key and its colon; NULL where there is none that is taken. */
static const char *past_key(const Places *self, PlacedPart *part, const char *at, const char *end, Counted *counted)
{
    Token name;
    if (at >= end || *at != '"')
        return NULL;
    const char *quote = string_end(at + 1, end, &name);
    if (quote == NULL || name.escaped || memchr(name.at, '~', name.size) || memchr(name.at, '/', name.size))
        return NULL;
    part->key_start = point_of(counted, at);
    part->key_end = point_of(counted, quote + 1);
    part->name = (int32_t)(name.at - self->bytes);
    part->size = (int32_t)name.size;
    at = past_blanks(quote + 1, end);
    return at < end && *at == ':' ? past_blanks(at + 1, end) : NULL;
}

/* Whether the text was taken; where there is no memory, no, with an exception. */
static int parts_found(Places *self, size_t size, int wide)
{
    const char *end = self->bytes + size, *at = past_blanks(self->bytes, end);
    Counted counted = {self->bytes, 0, wide};
    OpenPart open[MOST_LEVELS], *inner = open;
    for (;;) {
        PlacedPart *part = part_added(self);
        if (part == NULL)
            return 0;
        if (inner > open) {
            part->holder = inner[-1].part;
            part->size = inner[-1].met++;
            if (inner[-1].shut == '}')
                at = past_key(self, part, at, end, &counted);
        }
        if (at == NULL || at >= end)
            return 0;
        part->start = point_of(&counted, at);
        if (*at == '{' || *at == '[') {
            if (inner == open + MOST_LEVELS)
                return 0;
            *inner = (OpenPart){self->count - 1, 0, *at == '{' ? '}' : ']'};
            at = past_blanks(at + 1, end);
            if (at >= end || *at != inner++->shut)
                continue;
        } else {
            at = past_scalar(at, end);
            if (at == NULL)
                return 0;
            part->end = point_of(&counted, at);
            part->after = self->count;
            at = past_blanks(at, end);
        }
        for (; inner > open && at < end && *at == inner[-1].shut; at = past_blanks(at, end)) {
            part = self->parts + (--inner)->part;
            part->end = point_of(&counted, ++at);
            part->after = self->count;
        }
        if (inner == open)
            return at == end;
        if (at >= end || *at != ',')
            return 0;
        at = past_blanks(at + 1, end);
    }
}

/* Which item a token of a pointer names; -1 where it names none. */
static int32_t item_named(const char *token, size_t size)
{
    int32_t number = 0;
    if (size == 0 || size >= LONGEST_NUMBER || (*token == '0' && size > 1))
        return -1;
    for (size_t digit = 0; digit < size; digit++) {
        if (token[digit] < '0' || token[digit] > '9')
            return -1;
        number = number * 10 + (token[digit] - '0');
    }
    return number;
}

static int is_named(const Places *self, const PlacedPart *part, const char *token, size_t size)
{
    if (part->name < 0)
        return part->size == item_named(token, size);
    return (size_t)part->size == size && memcmp(self->bytes + part->name, token, size) == 0;
}

static const PlacedPart *part_at(const Places *self, const char *pointer, size_t size)
{
    const char *end = pointer + size;
    int32_t here = 0;
    while (pointer < end) {
        if (*pointer++ != '/')
            return NULL;
        const char *slash = memchr(pointer, '/', (size_t)(end - pointer)), *next = slash ? slash : end;
        int32_t part = here + 1, after = self->parts[here].after;
        while (part < after && !is_named(self, self->parts + part, pointer, (size_t)(next - pointer)))
            part = self->parts[part].after;
        if (part >= after)
            return NULL;
        here = part;
        pointer = next;
    }
    return self->parts + here;
}

PyDoc_STRVAR(places_at_doc, "at(pointer)\n--\n\n"
                            "Start and end of the value at a pointer, and of its key, which are -1 where it has none; or None.");

static PyObject *places_at(PyObject *object, PyObject *pointer)
{
    const Places *self = (Places *)object;
    Py_ssize_t size;
    const char *bytes = PyUnicode_AsUTF8AndSize(pointer, &size);
    if (bytes == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return NULL;
        PyErr_Clear(); /* no key has half a character */
        Py_RETURN_NONE;
    }
    const PlacedPart *part = part_at(self, bytes, (size_t)size);
    if (part == NULL)
        Py_RETURN_NONE;
    return Py_BuildValue("iiii", part->start, part->end, part->key_start, part->key_end);
}

static char *number_before(char *to, int32_t number)
{
    do
        *--to = (char)('0' + number % 10);
    while (number /= 10);
    return to;
}

static PyObject *pointer_of(const Places *self, const PlacedPart *part)
{
    char nearby[SHORT_POINTER], *room = nearby;
    size_t size = 0;
    for (const PlacedPart *its = part; its->holder >= 0; its = self->parts + its->holder)
        size += 1 + (size_t)(its->name < 0 ? LONGEST_NUMBER : its->size);
    if (size > sizeof nearby && (room = PyMem_Malloc(size)) == NULL)
        return PyErr_NoMemory();
    char *to = room + size;
    for (const PlacedPart *its = part; its->holder >= 0; its = self->parts + its->holder) {
        if (its->name < 0) {
            to = number_before(to, its->size);
        } else {
            to -= its->size;
            memcpy(to, self->bytes + its->name, (size_t)its->size);
        }
        *--to = '/';
    }
    PyObject *pointer = PyUnicode_FromStringAndSize(to, room + size - to);
    if (room != nearby)
        PyMem_Free(room);
    return pointer;
}

PyDoc_STRVAR(places_besides_doc,
             "besides(pointers)\n--\n\n"
             "Pointer, start and end of all values, each behind what holds it, but for those at some pointers, a set.");

static PyObject *places_besides(PyObject *object, PyObject *pointers)
{
    const Places *self = (Places *)object;
    PyObject *found = PyList_New(0);
    int failed = found == NULL;
    for (int32_t number = 0; !failed && number < self->count; number++) {
        const PlacedPart *part = self->parts + number;
        PyObject *pointer = pointer_of(self, part);
        int among = pointer == NULL ? -1 : PySet_Contains(pointers, pointer);
        if (among == 0)
            failed = append(found, Py_BuildValue("Oii", pointer, part->start, part->end)) < 0;
        else
            failed = among < 0;
        Py_XDECREF(pointer);
    }
    if (failed)
        Py_CLEAR(found);
    return found;
}

static void places_dealloc(PyObject *object)
{
    Places *self = (Places *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyMem_Free(self->parts);
    Py_XDECREF(self->text);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

static PyObject *places_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(keywords))
{
    PyObject *text;
    Py_ssize_t size;
    if (!PyArg_ParseTuple(args, "U", &text))
        return NULL;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (bytes == NULL)
        return NULL;
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    Places *self = (Places *)alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->text = Py_NewRef(text);
    self->bytes = bytes;
    if (size <= LONGEST_PLACED && parts_found(self, (size_t)size, size != PyUnicode_GetLength(text)))
        return (PyObject *)self;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, "a text that is not taken");
    Py_DECREF(self);
    return NULL;
}

static PyMethodDef places_methods[] = {{"at", places_at, METH_O, places_at_doc},
                                       {"besides", places_besides, METH_O, places_besides_doc},
                                       {NULL, NULL, 0, NULL}};

static PyType_Slot places_slots[] = {
    {Py_tp_new, places_new},
    {Py_tp_dealloc, places_dealloc},
    {Py_tp_methods, places_methods},
    {Py_tp_doc, "Places(text)\n--\n\nWhere the parts of JSON text stand. Raises ValueError for a text that is not taken."},
    {0, NULL},
};

static PyType_Spec places_spec = {
    .name = "atlint.lint._scan.Places",
    .basicsize = sizeof(Places),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = places_slots,
};

#endif
