/* Whether one of many needles stands in some bytes, in one pass: Aho and Corasick, 1975, with a table of transitions. */
#ifndef ATLINT_AUTOMATON_H
#define ATLINT_AUTOMATON_H

#include <Python.h>
#include <stdint.h>
#include <string.h>

/* the state in which a needle was found, which nothing leaves, and the one in which nothing was begun */
#define HIT 0
#define START 1
#define MOST_STATES 65535

typedef struct {
    /* for each state and each class of bytes the next state, as the number of its first transition */
    uint32_t *next;
    /* bytes that no needle has are one class, 0 */
    unsigned char class_of[256];
    size_t classes, states;
} Automaton;

static uint32_t walked(const Automaton *automaton, uint32_t state, const char *at, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)at;
    const uint32_t *next = automaton->next;
    for (size_t byte = 0; byte < size; byte++)
        state = next[state + automaton->class_of[bytes[byte]]];
    return state;
}

static uint32_t begun(const Automaton *automaton)
{
    return (uint32_t)(START * automaton->classes);
}

static void classed(Automaton *automaton, const char *needle, size_t size)
{
    for (size_t at = 0; at < size; at++) {
        unsigned char *its = automaton->class_of + (unsigned char)needle[at];
        if (*its == 0 && automaton->classes < 256)
            *its = (unsigned char)automaton->classes++;
    }
}

/* Add a needle to the tree; 0 stands for no edge yet, and for a leaf. */
static int planted(Automaton *automaton, const char *needle, size_t size)
{
    size_t here = START;
    for (size_t at = 0; at < size; at++) {
        uint32_t *edge =
            automaton->next + here * automaton->classes + automaton->class_of[(unsigned char)needle[at]];
        if (*edge == 0) {
            if (automaton->states >= MOST_STATES)
                return -1;
            *edge = (uint32_t)automaton->states++;
        }
        here = *edge;
    }
    return (int)here;
}

/* Turn the tree into a table. `ends` says of each state whether a needle ends there. */
static int tabled(Automaton *automaton, unsigned char *ends)
{
    size_t classes = automaton->classes, head = 0, tail = 0;
    uint32_t *fail = PyMem_Calloc(automaton->states, sizeof *fail), *queue = PyMem_Calloc(automaton->states, sizeof *queue);
    int done = fail != NULL && queue != NULL ? 0 : -1;
    if (done == 0) {
        queue[tail++] = START;
        fail[START] = START;
    }
    while (done == 0 && head < tail) {
        uint32_t here = queue[head++];
        for (size_t its = 0; its < classes; its++) {
            uint32_t *edge = automaton->next + here * classes + its;
            uint32_t other = here == START ? START : automaton->next[fail[here] * classes + its];
            if (*edge == 0) {
                *edge = other;
                continue;
            }
            fail[*edge] = other;
            ends[*edge] |= ends[other];
            queue[tail++] = *edge;
        }
    }
    PyMem_Free(fail);
    PyMem_Free(queue);
    if (done < 0)
        return -1;
    for (size_t state = START; state < automaton->states; state++)
        for (size_t its = 0; its < classes; its++) {
            uint32_t *edge = automaton->next + state * classes + its;
            *edge = ends[*edge] ? HIT : *edge * (uint32_t)classes;
        }
    memset(automaton->next, 0, classes * sizeof *automaton->next);
    return 0;
}

#endif
