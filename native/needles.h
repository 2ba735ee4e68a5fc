/* Whether any of many texts may stand in another: an automaton by itself, for a text as Python has it. */
#ifndef ATLINT_NEEDLES_H
#define ATLINT_NEEDLES_H

#include <Python.h>

#include "automaton.h"
#include "making.h"

typedef struct {
    PyObject_HEAD
    Automaton automaton;
} Needles;

PyDoc_STRVAR(needles_may_stand_in_doc, "may_stand_in(text)\n--\n\n"
                                       "Whether one of them stands in a text; yes also for one that UTF-8 cannot carry.");

static PyObject *needles_may_stand_in(PyObject *object, PyObject *text)
{
    const Automaton *automaton = &((Needles *)object)->automaton;
    Py_ssize_t size;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (bytes == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            return NULL;
        PyErr_Clear();
        Py_RETURN_TRUE;
    }
    return PyBool_FromLong(walked(automaton, begun(automaton), bytes, (size_t)size) == HIT);
}

static void needles_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyMem_Free(((Needles *)object)->automaton.next);
    freefunc release = (freefunc)PyType_GetSlot(type, Py_tp_free);
    release(object);
    Py_DECREF(type);
}

static PyObject *needles_new(PyTypeObject *type, PyObject *args, PyObject *Py_UNUSED(keywords))
{
    PyObject *needles;
    if (!PyArg_ParseTuple(args, "O!", &PyList_Type, &needles))
        return NULL;
    allocfunc alloc = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
    PyObject *object = alloc(type, 0);
    if (object != NULL && automaton_made(NULL, &((Needles *)object)->automaton, needles) < 0)
        Py_CLEAR(object);
    return object;
}

static PyMethodDef needles_methods[] = {{"may_stand_in", needles_may_stand_in, METH_O, needles_may_stand_in_doc},
                                        {NULL, NULL, 0, NULL}};

static PyType_Slot needles_slots[] = {
    {Py_tp_new, needles_new},
    {Py_tp_dealloc, needles_dealloc},
    {Py_tp_methods, needles_methods},
    {Py_tp_doc, "Needles(needles)\n--\n\nTexts, each as UTF-8, that are looked for together."},
    {0, NULL},
};

static PyType_Spec needles_spec = {
    .name = "atlint.lint._scan.Needles",
    .basicsize = sizeof(Needles),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = needles_slots,
};

#endif
