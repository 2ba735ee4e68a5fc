/* `lint.window.Window` for many digests at once: a table of places, in each of which so many digests come and go. */
#ifndef ATLINT_WINDOW_H
#define ATLINT_WINDOW_H

#include <Python.h>
#include <stdint.h>

PyDoc_STRVAR(add_new_doc,
             "add_new(kept, turns, digests)\n--\n\n"
             "Put all digests, a list of ints of 64 bits, into the table, where none of them is there; else nothing changes.\n"
             "`kept` is an array of such numbers, `turns` says for each place which of them is the next to go.");

static int digests_read(PyObject *list, uint64_t *digests, size_t count)
{
    for (size_t number = 0; number < count; number++) {
        PyObject *digest = PyList_GetItem(list, (Py_ssize_t)number);
        digests[number] = digest == NULL ? 0 : PyLong_AsUnsignedLongLong(digest);
        if (PyErr_Occurred())
            return -1;
        if (digests[number] == 0) /* 0 stands for an empty place */
            digests[number] = 1;
    }
    return 0;
}

static int all_new(const uint64_t *kept, size_t places, size_t ways, const uint64_t *digests, size_t count)
{
    for (size_t number = 0; number < count; number++) {
        const uint64_t *place = kept + digests[number] % places * ways;
        for (size_t way = 0; way < ways; way++)
            if (place[way] == digests[number])
                return 0;
    }
    return 1;
}

static PyObject *add_new(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer kept, turns;
    PyObject *list, *result = NULL;
    if (!PyArg_ParseTuple(args, "w*w*O!", &kept, &turns, &PyList_Type, &list))
        return NULL;
    size_t count = (size_t)PyList_Size(list), places = (size_t)turns.len;
    uint64_t *digests = PyMem_Calloc(count + 1, sizeof *digests), *table = kept.buf;
    unsigned char *turn = turns.buf;
    if (digests == NULL) {
        PyErr_NoMemory();
    } else if (places == 0 || kept.len == 0 || (size_t)kept.len % (places * sizeof *table)) {
        PyErr_SetString(PyExc_ValueError, "kept and turns do not go together");
    } else if (digests_read(list, digests, count) == 0) {
        size_t ways = (size_t)kept.len / sizeof *table / places;
        int fresh = all_new(table, places, ways, digests, count);
        for (size_t number = 0; fresh && number < count; number++) {
            size_t place = digests[number] % places, way = turn[place] % ways;
            table[place * ways + way] = digests[number];
            turn[place] = (unsigned char)((way + 1) % ways);
        }
        result = PyBool_FromLong(fresh);
    }
    PyMem_Free(digests);
    PyBuffer_Release(&kept);
    PyBuffer_Release(&turns);
    return result;
}

#endif
