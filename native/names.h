/* Names of resources that `lint.across` has not met, or has met in the same words. */
#ifndef ATLINT_NAMES_H
#define ATLINT_NAMES_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

PyDoc_STRVAR(new_names_doc,
             "new_names(known, tails, heads)\n--\n\n"
             "Of `tails`, an array of 64 bits each, those that are not in the dict `known`, as a dict with their heads;\n"
             "None where one has another head than it has there, or than it had before. A head may be None: it is left out.");

/* Takes one in; 1 where it has another head, -1 with an exception set. */
static int name_met(PyObject *known, PyObject *fresh, uint64_t tail, PyObject *head)
{
    PyObject *key = PyLong_FromUnsignedLongLong(tail);
    if (key == NULL)
        return -1;
    PyObject *first = PyDict_GetItemWithError(known, key);
    if (first == NULL && !PyErr_Occurred())
        first = PyDict_GetItemWithError(fresh, key);
    int differs = -1;
    if (first != NULL)
        differs = first == head ? 0 : PyObject_RichCompareBool(first, head, Py_NE);
    else if (!PyErr_Occurred())
        differs = PyDict_SetItem(fresh, key, head);
    Py_DECREF(key);
    return differs;
}

static PyObject *new_names(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *known, *heads;
    Py_buffer tails;
    if (!PyArg_ParseTuple(args, "O!y*O!", &PyDict_Type, &known, &tails, &PyList_Type, &heads))
        return NULL;
    PyObject *fresh = PyDict_New();
    int differs = fresh == NULL ? -1 : 0;
    if (differs == 0 && (size_t)tails.len / sizeof(uint64_t) != (size_t)PyList_Size(heads)) {
        PyErr_SetString(PyExc_ValueError, "tails and heads do not go together");
        differs = -1;
    }
    /* what compares them may be Python, and change the list */
    Py_ssize_t count = tails.len / (Py_ssize_t)sizeof(uint64_t);
    for (Py_ssize_t number = 0; differs == 0 && number < count && number < PyList_Size(heads); number++) {
        uint64_t tail;
        memcpy(&tail, (const char *)tails.buf + (size_t)number * sizeof tail, sizeof tail);
        PyObject *head = Py_NewRef(PyList_GetItem(heads, number));
        if (head != Py_None)
            differs = name_met(known, fresh, tail, head);
        Py_DECREF(head);
    }
    PyBuffer_Release(&tails);
    if (differs == 0)
        return fresh;
    Py_XDECREF(fresh);
    if (differs < 0)
        return NULL;
    return Py_NewRef(Py_None);
}

#endif
