/* Bytes that Python was asked about, each with what it said. */
#ifndef ATLINT_MEMORY_H
#define ATLINT_MEMORY_H

#include <Python.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* bytes of keys with which a memory is full, however few they are */
#define MOST_BYTES (4u << 20)

typedef struct {
    uint64_t hash;
    /* what is handed out for it, bytes that guards look for, seconds that it stands for: each as its place wants */
    PyObject *object, *needle;
    double seconds;
    size_t size;
    /* whether it was found not to be clean */
    int refused;
    /* the numbers by which groups know it, and behind them the key */
    uint32_t slots[];
} Entry;

typedef struct {
    Entry **table;
    size_t mask, used, bytes;
    /* how many slots each entry has */
    size_t slots;
} Memory;

static inline const char *key_of(const Entry *entry, size_t slots)
{
    return (const char *)(entry->slots + slots);
}

static inline uint64_t word_of(const char *at, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, at, size);
    return word;
}

/* The seed is another in each process: who writes a log cannot know which keys share a place. */
static inline uint64_t hash_of(const char *at, size_t size, uint64_t seed)
{
    uint64_t hash = seed ^ (size * UINT64_C(0x9E3779B97F4A7C15));
    for (; size >= 8; at += 8, size -= 8) {
        hash = (hash ^ word_of(at, 8)) * UINT64_C(0xD6E8FEB86659FD93);
        hash ^= hash >> 32;
    }
    hash = (hash ^ word_of(at, size)) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ (hash >> 29);
}

static inline Entry *find(const Memory *memory, uint64_t hash, const char *at, size_t size)
{
    if (memory->table == NULL)
        return NULL;
    for (size_t place = hash & memory->mask;; place = (place + 1) & memory->mask) {
        Entry *entry = memory->table[place];
        if (entry == NULL)
            return NULL;
        if (entry->hash == hash && entry->size == size && memcmp(key_of(entry, memory->slots), at, size) == 0)
            return entry;
    }
}

static inline int full(const Memory *memory, size_t most)
{
    return memory->used >= most || memory->bytes >= MOST_BYTES;
}

static void put(Memory *memory, Entry *entry)
{
    size_t place = entry->hash & memory->mask;
    while (memory->table[place] != NULL)
        place = (place + 1) & memory->mask;
    memory->table[place] = entry;
}

static int grow(Memory *memory)
{
    size_t before = memory->table ? memory->mask + 1 : 0, size = before ? before * 2 : 64;
    Entry **old = memory->table, **table = PyMem_Calloc(size, sizeof *table);
    if (table == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    memory->table = table;
    memory->mask = size - 1;
    for (size_t place = 0; place < before; place++)
        if (old[place] != NULL)
            put(memory, old[place]);
    PyMem_Free(old);
    return 0;
}

/* A new entry, its slots still 0; NULL with an exception set where there is no room. */
static Entry *add(Memory *memory, uint64_t hash, const char *at, size_t size)
{
    if (memory->table == NULL || memory->used * 2 > memory->mask)
        if (grow(memory) < 0)
            return NULL;
    size_t head = offsetof(Entry, slots) + memory->slots * sizeof(uint32_t);
    Entry *entry = PyMem_Calloc(1, head + size);
    if (entry == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    entry->hash = hash;
    entry->size = size;
    memcpy((char *)entry + head, at, size);
    put(memory, entry);
    memory->used++;
    memory->bytes += size;
    return entry;
}

static void forget(Memory *memory)
{
    for (size_t place = 0; memory->table && place <= memory->mask; place++) {
        Entry *entry = memory->table[place];
        if (entry == NULL)
            continue;
        Py_XDECREF(entry->object);
        Py_XDECREF(entry->needle);
        PyMem_Free(entry);
    }
    PyMem_Free(memory->table);
    memory->table = NULL;
    memory->mask = memory->used = memory->bytes = 0;
}

#endif
