/* `lint.window.Window` for many digests at once: a table of places, in each of which so many digests come and go. */
#ifndef ATLINT_WINDOW_H
#define ATLINT_WINDOW_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

PyDoc_STRVAR(add_new_doc,
             "add_new(kept, turns, digests)\n--\n\n"
             "Put all digests, an array of 64 bits each, into the table, one after the other, where none of them is there\n"
             "by then; else nothing changes. `kept` is such an array, `turns` says for each place which is the next to go.");

typedef struct {
    uint64_t *kept;
    unsigned char *turns;
    size_t places, ways;
} Table;

/* What goes for the digest; -1 for nothing where it is there. */
static int put_new(const Table *table, uint64_t digest, uint64_t *gone)
{
    size_t place = digest % table->places, way = table->turns[place] % table->ways;
    uint64_t *kept = table->kept + place * table->ways;
    for (size_t other = 0; other < table->ways; other++)
        if (kept[other] == digest)
            return -1;
    *gone = kept[way];
    kept[way] = digest;
    table->turns[place] = (unsigned char)((way + 1) % table->ways);
    return 0;
}

static void take_back(const Table *table, uint64_t digest, uint64_t gone)
{
    size_t place = digest % table->places, way = (table->turns[place] + table->ways - 1) % table->ways;
    table->kept[place * table->ways + way] = gone;
    table->turns[place] = (unsigned char)way;
}

/* 0 stands for an empty place. */
static uint64_t digest_at(const Py_buffer *digests, size_t number)
{
    uint64_t digest;
    memcpy(&digest, (const char *)digests->buf + number * sizeof digest, sizeof digest);
    return digest == 0 ? 1 : digest;
}

static int all_put(const Table *table, const Py_buffer *digests, uint64_t *gone)
{
    size_t count = (size_t)digests->len / sizeof *gone, done = 0;
    while (done < count && put_new(table, digest_at(digests, done), gone + done) == 0)
        done++;
    if (done == count)
        return 1;
    while (done-- > 0)
        take_back(table, digest_at(digests, done), gone[done]);
    return 0;
}

static PyObject *add_new(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer kept, turns, digests;
    PyObject *result = NULL;
    if (!PyArg_ParseTuple(args, "w*w*y*", &kept, &turns, &digests))
        return NULL;
    Table table = {kept.buf, turns.buf, (size_t)turns.len, 0};
    uint64_t *gone = NULL;
    if (table.places == 0 || kept.len == 0 || (size_t)kept.len % (table.places * sizeof *gone)) {
        PyErr_SetString(PyExc_ValueError, "kept and turns do not go together");
    } else if ((gone = PyMem_Calloc((size_t)digests.len / sizeof *gone + 1, sizeof *gone)) == NULL) {
        PyErr_NoMemory();
    } else {
        table.ways = (size_t)kept.len / sizeof *gone / table.places;
        result = PyBool_FromLong(all_put(&table, &digests, gone));
    }
    PyMem_Free(gone);
    PyBuffer_Release(&kept);
    PyBuffer_Release(&turns);
    PyBuffer_Release(&digests);
    return result;
}

#endif
