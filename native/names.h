/* `lint.names.Names` for many at once: a table of places, in each of which so many names come and go. */
#ifndef ATLINT_NAMES_H
#define ATLINT_NAMES_H

#include "window.h"

PyDoc_STRVAR(all_as_before_doc,
             "all_as_before(kept, firsts, turns, tails, heads)\n--\n\n"
             "Put all names, each a tail of 64 bits and a head, into the table, one after the other, where none is there\n"
             "by then under another head; else nothing changes. Without a head, which then is None, it is no name. `kept`\n"
             "has tails, the list `firsts` their heads, `turns` says for each place which is the next to go.");

typedef struct {
    Table table;
    PyObject *firsts;
} NameTable;

/* What a name took the place of: its own number, -1 where it was there, and the head, which is owned here. */
typedef struct {
    Py_ssize_t at;
    uint64_t tail;
    PyObject *head;
} Replaced;

/* The number of the tail in the table, -1 where it is not there. */
static Py_ssize_t tail_found(const Table *table, uint64_t tail)
{
    size_t first = tail % table->places * table->ways;
    for (size_t at = first; at < first + table->ways; at++)
        if (table->kept[at] == tail)
            return (Py_ssize_t)at;
    return -1;
}

/* 1 where it is there under this head, or is put there; 0 where it is there under another; -1 with an exception set. */
static int put_name(const NameTable *names, uint64_t tail, PyObject *head, Replaced *replaced)
{
    const Table *table = &names->table;
    Py_ssize_t at = tail_found(table, tail);
    if (at >= 0) {
        PyObject *first = PyList_GetItem(names->firsts, at);
        return first == NULL ? -1 : first == head ? 1 : PyUnicode_Compare(first, head) == 0 && !PyErr_Occurred();
    }
    size_t place = tail % table->places, way = table->turns[place] % table->ways;
    at = (Py_ssize_t)(place * table->ways + way);
    PyObject *gone = PyList_GetItem(names->firsts, at);
    if (gone == NULL)
        return -1;
    *replaced = (Replaced){at, table->kept[at], Py_NewRef(gone)};
    PyList_SetItem(names->firsts, at, Py_NewRef(head));
    table->kept[at] = tail;
    table->turns[place] = (unsigned char)((way + 1) % table->ways);
    return 1;
}

/* Puts back what was replaced, or lets go of it. */
static void settle_name(const NameTable *names, const Replaced *replaced, int back)
{
    if (replaced->at < 0)
        return;
    if (!back) {
        Py_DECREF(replaced->head);
        return;
    }
    size_t ways = names->table.ways;
    names->table.kept[replaced->at] = replaced->tail;
    names->table.turns[(size_t)replaced->at / ways] = (unsigned char)((size_t)replaced->at % ways);
    PyList_SetItem(names->firsts, replaced->at, replaced->head);
}

/* As `put_name` for all, of which either each is put or none. */
static int all_named(const NameTable *names, const Py_buffer *tails, PyObject *heads, Replaced *replaced)
{
    Py_ssize_t count = PyList_Size(heads), done = 0;
    int put = 1;
    for (; put == 1 && done < count; done++) {
        PyObject *head = PyList_GetItem(heads, done);
        replaced[done].at = -1;
        if (head != Py_None && !PyUnicode_Check(head)) {
            PyErr_SetString(PyExc_TypeError, "a head is a str or None");
            put = -1;
        } else if (head != Py_None) {
            put = put_name(names, digest_at(tails, (size_t)done), head, replaced + done);
        }
    }
    while (done-- > 0)
        settle_name(names, replaced + done, put != 1);
    return put;
}

static int is_name_table(const Py_buffer *kept, const Py_buffer *turns, PyObject *firsts)
{
    size_t places = (size_t)turns->len, size = (size_t)PyList_Size(firsts);
    return places > 0 && size > 0 && size % places == 0 && (size_t)kept->len == size * sizeof(uint64_t);
}

static PyObject *all_as_before(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer kept, turns, tails;
    PyObject *firsts, *heads;
    if (!PyArg_ParseTuple(args, "w*O!w*y*O!", &kept, &PyList_Type, &firsts, &turns, &tails, &PyList_Type, &heads))
        return NULL;
    size_t count = (size_t)PyList_Size(heads);
    Replaced *replaced = NULL;
    int put = -1;
    if (!is_name_table(&kept, &turns, firsts) || (size_t)tails.len != count * sizeof(uint64_t)) {
        PyErr_SetString(PyExc_ValueError, "kept, firsts and turns, or tails and heads, do not go together");
    } else if ((replaced = PyMem_Calloc(count + 1, sizeof *replaced)) == NULL) {
        PyErr_NoMemory();
    } else {
        size_t places = (size_t)turns.len;
        NameTable names = {{kept.buf, turns.buf, places, (size_t)PyList_Size(firsts) / places}, firsts};
        put = all_named(&names, &tails, heads, replaced);
    }
    PyMem_Free(replaced);
    PyBuffer_Release(&kept);
    PyBuffer_Release(&turns);
    PyBuffer_Release(&tails);
    return put < 0 ? NULL : PyBool_FromLong(put);
}

#endif
