/* The acceptor, line by line: which lines are surely clean, and the facts of these that rules across events ask.

   It knows JSON and no rule. Which members there are, and which of them stand together in a comparison, is said to it;
   whether a text or a set of facts is clean is asked in Python when it is met for the first time, and remembered.
   `atlint.lint.acceptor_program` says all that to it, and holds what each of the arguments means. */
#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <stdint.h>

#include "facts.h"
#include "judge.h"
#include "making.h"
#include "names.h"
#include "needles.h"
#include "places.h"
#include "times.h"
#include "window.h"

static void made_room(Scanner *self)
{
    if (!self->learnt)
        return;
    self->learnt = 0;
    for (size_t number = 0; number < self->piece_count; number++)
        if (full(&self->pieces[number].memory, self->most))
            forget(&self->pieces[number].memory);
    for (size_t number = 0; number < self->group_count; number++)
        if (full(&self->groups[number].memory, self->most))
            forget(&self->groups[number].memory);
}

/* What Python must look at of a line that is not clean, all else of it being so; and what it is known again by. */
static int odd_taken(const Scanner *self, Found *found, Py_ssize_t number)
{
    Py_ssize_t met = self->met > self->most_met ? 0 : (Py_ssize_t)self->met;
    return append(found->odd,
                  Py_BuildValue("ny#y#y#NKy#y#y#", number, (char *)self->looked, (Py_ssize_t)self->member_count,
                                (char *)self->unclean, (Py_ssize_t)self->group_count, (char *)self->unguarded,
                                (Py_ssize_t)self->guard_count, PyBool_FromLong(!self->leapt), self->seed,
                                (char *)self->sights, (Py_ssize_t)(self->seen * sizeof *self->sights),
                                (char *)self->layout, met, (char *)self->extents,
                                met * 2 * (Py_ssize_t)sizeof *self->extents));
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
    int shown = self->facts && (verdict == CLEAN || (verdict == REFUSED && self->told && self->found_kind != NULL));
    Verdict made = shown ? digest_of(self, line, (size_t)size, &digest) : CLEAN;
    if (verdict == CLEAN)
        verdict = made;
    if (verdict == CLEAN && taken_down(self, found, number) < 0)
        return FAILED;
    if (shown && made == CLEAN && facts_taken(self, found, number, digest) < 0)
        return FAILED;
    if (verdict == UNSURE && append(found->unsure, PyLong_FromSsize_t(number)) < 0)
        return FAILED;
    if (self->told && odd_taken(self, found, number) < 0)
        return FAILED;
    return verdict;
}

PyDoc_STRVAR(scan_doc,
             "scan(raws)\n--\n\n"
             "Judge raw lines, a list of bytes. Gives the numbers of clean lines, and the action of each; the numbers of lines\n"
             "of which facts are told, if they are events, and of each time, digest, head and tail of its target, and the\n"
             "number of its kind in the table that follows; the numbers of lines that may be clean; and of lines that are not,\n"
             "or may not be: number, a byte for each member, group and guard that is not 0 for those that must be looked at,\n"
             "all else of the line being clean, whether no key stands twice and no number is too large if it is JSON, a\n"
             "number of this scanner's own and the numbers that it has for what those groups see, and the members that stand\n"
             "in the line, each with where it begins and ends.\n"
             "Times, digests, tails, kinds and places are the bytes of arrays of doubles, 64 bits twice, and 32 bits twice.");

static int with_blocks(Found *found, size_t room)
{
    found->times = PyMem_Calloc(room + 1, sizeof *found->times);
    found->digests = PyMem_Calloc(room + 1, sizeof *found->digests);
    found->tails = PyMem_Calloc(room + 1, sizeof *found->tails);
    found->kinds = PyMem_Calloc(room + 1, sizeof *found->kinds);
    if (found->times != NULL && found->digests != NULL && found->tails != NULL && found->kinds != NULL)
        return 0;
    PyErr_NoMemory();
    return -1;
}

static PyObject *scan(PyObject *object, PyObject *raws)
{
    Scanner *self = (Scanner *)object;
    PyObject *result = NULL;
    Found found = {0};
    PyObject **lists[] = {&found.numbers, &found.actions, &found.heads, &found.table, &found.unsure,
                          &found.odd, &found.shown};
    Py_ssize_t count = PyList_Size(raws);
    int failed = count < 0;
    if (self->busy) {
        PyErr_SetString(PyExc_RuntimeError, "a scanner judges the lines of one call at a time");
        return NULL;
    }
    self->busy = 1;
    for (size_t which = 0; which < sizeof lists / sizeof *lists; which++)
        failed |= (*lists[which] = PyList_New(0)) == NULL;
    failed = failed || with_blocks(&found, self->facts ? (size_t)count : 0) < 0;
    /* the list may change while Python is asked */
    for (Py_ssize_t number = 0; !failed && number < count && number < PyList_Size(raws); number++) {
        PyObject *raw = Py_NewRef(PyList_GetItem(raws, number));
        failed = line_taken(self, &found, number, raw) == FAILED;
        Py_DECREF(raw);
    }
    self->busy = 0;
    if (!failed) {
        Py_ssize_t eights = (Py_ssize_t)(found.count * 8), fours = (Py_ssize_t)(found.count * 4);
        result = Py_BuildValue("OOOy#y#Oy#y#OOO", found.numbers, found.actions, found.shown, (char *)found.times, eights,
                               (char *)found.digests, eights, found.heads, (char *)found.tails, eights,
                               (char *)found.kinds, fours, found.table, found.unsure, found.odd);
    }
    for (size_t which = 0; which < sizeof lists / sizeof *lists; which++)
        Py_XDECREF(*lists[which]);
    void *blocks[] = {found.times, found.digests, found.tails, found.kinds};
    for (size_t block = 0; block < sizeof blocks / sizeof *blocks; block++)
        PyMem_Free(blocks[block]);
    return result;
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
    Py_ssize_t near, count, most, size, digits, longest, middle_at, middle_size;
    unsigned long long seed;
    if (self == NULL)
        return NULL;
    int read = PyArg_ParseTuple(args, "O!O!O!O!O!O!(nnnnnnnn)pnnnK(nnn)(ny#)O", &PyList_Type, &members, &PyList_Type, &automata, &PyList_Type, &pieces,
                                &PyList_Type, &columns, &PyList_Type, &groups, &PyList_Type, &guards, &self->action,
                                &self->time, &self->id, &self->outcome, &self->target, &self->request, &self->response,
                                &self->kind, &self->facts, &near, &count, &most, &seed, &size, &digits, &longest, &middle_at, &self->middle, &middle_size,
                                &self->carried);
    if (!read) {
        self->carried = NULL;
        Py_DECREF(self);
        return NULL;
    }
    Py_INCREF(self->carried);
    self->kept = Py_NewRef(args);
    self->near = (size_t)near;
    self->member_count = (size_t)count;
    self->most = (size_t)most;
    self->middle_at = (size_t)middle_at;
    self->middle_size = (size_t)middle_size;
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
    else
        weighed(self);
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
    for (size_t number = 0; self->columns && number < self->column_count; number++)
        Py_VISIT(self->columns[number].ask);
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
    for (size_t number = 0; self->columns && number < self->column_count; number++)
        Py_CLEAR(self->columns[number].ask);
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
                      self->tokens, self->entries, self->states,  self->key,    self->room,
                      self->holders, self->looked, self->walked, self->weighty, self->layout, self->extents, self->sights};
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
    static const struct {
        const char *name;
        PyType_Spec *spec;
    } TYPES[] = {{"Scanner", &scanner_spec}, {"Places", &places_spec}, {"Needles", &needles_spec}};
    int done = 0;
    for (size_t which = 0; done == 0 && which < sizeof TYPES / sizeof *TYPES; which++) {
        PyObject *type = PyType_FromSpec(TYPES[which].spec);
        done = type == NULL ? -1 : PyModule_AddObjectRef(module, TYPES[which].name, type);
        Py_XDECREF(type);
    }
    return done;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, filled_module}, {0, NULL}};

static PyMethodDef module_methods[] = {{"add_new", add_new, METH_VARARGS, add_new_doc},
                                        {"all_as_before", all_as_before, METH_VARARGS, all_as_before_doc},
                                        {"calm", calm, METH_VARARGS, calm_doc},
                                        {"parted", parted, METH_VARARGS, parted_doc}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "atlint.lint._scan",
    .m_doc = "The compiled half of the acceptor, and what else is done to every byte of a line.",
    .m_methods = module_methods,
    .m_slots = module_slots,
};

PyMODINIT_FUNC PyInit__scan(void)
{
    return PyModuleDef_Init(&definition);
}
