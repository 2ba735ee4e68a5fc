/* Times of events as `lint.times` asks for them: by what they are of, and whether they go on calmly. */
#ifndef ATLINT_TIMES_H
#define ATLINT_TIMES_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

PyDoc_STRVAR(calm_doc,
             "calm(times, most, within)\n--\n\n"
             "Whether times, an array of doubles, are all known, do not go back, and there are never more than `most` after\n"
             "each other of which the first and the last are less than `within` apart.");

static double time_at(const Py_buffer *times, size_t number)
{
    double time;
    memcpy(&time, (const char *)times->buf + number * sizeof time, sizeof time);
    return time;
}

static int are_calm(const Py_buffer *times, size_t most, double within)
{
    size_t count = (size_t)times->len / sizeof(double);
    for (size_t number = 0; number < count; number++) {
        double time = time_at(times, number);
        /* nothing is true of NaN */
        if (!(time >= time_at(times, number == 0 ? 0 : number - 1)))
            return 0;
        if (number >= most && time - time_at(times, number - most) < within)
            return 0;
    }
    return 1;
}

static PyObject *calm(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer times;
    Py_ssize_t most;
    double within;
    if (!PyArg_ParseTuple(args, "y*nd", &times, &most, &within))
        return NULL;
    PyObject *result = NULL;
    if (most < 0)
        PyErr_SetString(PyExc_ValueError, "less than none");
    else
        result = PyBool_FromLong(are_calm(&times, (size_t)most, within));
    PyBuffer_Release(&times);
    return result;
}

PyDoc_STRVAR(parted_doc,
             "parted(times, kinds, groups, count)\n--\n\n"
             "The times of each of so many groups, as a list of the bytes of arrays. `kinds` are numbers of 32 bits, and\n"
             "`groups` has the group of each such number.");

/* The group of an event; `count` where there is none of that number. */
static size_t group_of(const Py_buffer *kinds, const Py_buffer *groups, size_t number, size_t count)
{
    uint32_t kind, group;
    memcpy(&kind, (const char *)kinds->buf + number * sizeof kind, sizeof kind);
    if (kind >= (size_t)groups->len / sizeof group)
        return count;
    memcpy(&group, (const char *)groups->buf + kind * sizeof group, sizeof group);
    return group < count ? group : count;
}

static PyObject *parts_of(const Py_buffer *times, const Py_buffer *kinds, const Py_buffer *groups, size_t count)
{
    size_t events = (size_t)times->len / sizeof(double);
    size_t *sizes = PyMem_Calloc(count + 1, sizeof *sizes);
    char **ends = PyMem_Calloc(count + 1, sizeof *ends);
    PyObject *parts = PyList_New((Py_ssize_t)count);
    int failed = parts == NULL;
    if (sizes == NULL || ends == NULL) {
        PyErr_NoMemory();
        failed = 1;
    }
    for (size_t number = 0; !failed && number < events; number++)
        sizes[group_of(kinds, groups, number, count)]++;
    if (!failed && sizes[count] > 0) {
        PyErr_SetString(PyExc_ValueError, "kinds and groups do not go together");
        failed = 1;
    }
    for (size_t group = 0; !failed && group < count; group++) {
        PyObject *part = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(sizes[group] * sizeof(double)));
        failed = part == NULL;
        if (!failed) {
            ends[group] = PyBytes_AsString(part);
            failed = PyList_SetItem(parts, (Py_ssize_t)group, part) < 0;
        }
    }
    for (size_t number = 0; !failed && number < events; number++) {
        char **end = ends + group_of(kinds, groups, number, count);
        memcpy(*end, (const char *)times->buf + number * sizeof(double), sizeof(double));
        *end += sizeof(double);
    }
    PyMem_Free(sizes);
    PyMem_Free(ends);
    if (failed)
        Py_CLEAR(parts);
    return parts;
}

static PyObject *parted(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer times, kinds, groups;
    Py_ssize_t count;
    if (!PyArg_ParseTuple(args, "y*y*y*n", &times, &kinds, &groups, &count))
        return NULL;
    PyObject *result = NULL;
    if (count < 0 || (size_t)count > (size_t)groups.len / sizeof(uint32_t))
        PyErr_SetString(PyExc_ValueError, "more groups than kinds");
    else if ((size_t)kinds.len / sizeof(uint32_t) != (size_t)times.len / sizeof(double))
        PyErr_SetString(PyExc_ValueError, "times and kinds do not go together");
    else
        result = parts_of(&times, &kinds, &groups, (size_t)count);
    PyBuffer_Release(&times);
    PyBuffer_Release(&kinds);
    PyBuffer_Release(&groups);
    return result;
}

#endif
