/* BLAKE2b (RFC 7693) of 8 bytes, without a key: what hashlib.blake2b(digest_size=8) gives, as a little-endian number. */
#ifndef ATLINT_BLAKE2B_H
#define ATLINT_BLAKE2B_H

#include <stdint.h>
#include <string.h>

static const uint64_t BLAKE2B_START[8] = {
    UINT64_C(0x6A09E667F3BCC908), UINT64_C(0xBB67AE8584CAA73B), UINT64_C(0x3C6EF372FE94F82B),
    UINT64_C(0xA54FF53A5F1D36F1), UINT64_C(0x510E527FADE682D1), UINT64_C(0x9B05688C2B3E6C1F),
    UINT64_C(0x1F83D9ABFB41BD6B), UINT64_C(0x5BE0CD19137E2179),
};

static const uint8_t BLAKE2B_ORDER[10][16] = {
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
    {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
    {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
    {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
    {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
};

static inline uint64_t turned(uint64_t word, int bits)
{
    return (word >> bits) | (word << (64 - bits));
}

static inline uint64_t little_endian(const unsigned char *at)
{
    uint64_t word = 0;
    for (int byte = 7; byte >= 0; byte--)
        word = word << 8 | at[byte];
    return word;
}

#define BLAKE2B_MIX(a, b, c, d, x, y) \
    do { \
        a += b + (x); d = turned(d ^ a, 32); c += d; b = turned(b ^ c, 24); \
        a += b + (y); d = turned(d ^ a, 16); c += d; b = turned(b ^ c, 63); \
    } while (0)

#define BLAKE2B_WORD(round, place) m[BLAKE2B_ORDER[round][place]]
#define BLAKE2B_ROUND(round) \
    do { \
        BLAKE2B_MIX(v[0], v[4], v[8], v[12], BLAKE2B_WORD(round, 0), BLAKE2B_WORD(round, 1)); \
        BLAKE2B_MIX(v[1], v[5], v[9], v[13], BLAKE2B_WORD(round, 2), BLAKE2B_WORD(round, 3)); \
        BLAKE2B_MIX(v[2], v[6], v[10], v[14], BLAKE2B_WORD(round, 4), BLAKE2B_WORD(round, 5)); \
        BLAKE2B_MIX(v[3], v[7], v[11], v[15], BLAKE2B_WORD(round, 6), BLAKE2B_WORD(round, 7)); \
        BLAKE2B_MIX(v[0], v[5], v[10], v[15], BLAKE2B_WORD(round, 8), BLAKE2B_WORD(round, 9)); \
        BLAKE2B_MIX(v[1], v[6], v[11], v[12], BLAKE2B_WORD(round, 10), BLAKE2B_WORD(round, 11)); \
        BLAKE2B_MIX(v[2], v[7], v[8], v[13], BLAKE2B_WORD(round, 12), BLAKE2B_WORD(round, 13)); \
        BLAKE2B_MIX(v[3], v[4], v[9], v[14], BLAKE2B_WORD(round, 14), BLAKE2B_WORD(round, 15)); \
    } while (0)

static void blake2b_block(uint64_t state[8], const unsigned char *block, uint64_t length, int last)
{
    uint64_t m[16], v[16];
    for (int word = 0; word < 16; word++)
        m[word] = little_endian(block + 8 * word);
    for (int word = 0; word < 8; word++) {
        v[word] = state[word];
        v[word + 8] = BLAKE2B_START[word];
    }
    v[12] ^= length;
    if (last)
        v[14] = ~v[14];
    /* written out, so that the compiler knows which word comes where */
    BLAKE2B_ROUND(0);
    BLAKE2B_ROUND(1);
    BLAKE2B_ROUND(2);
    BLAKE2B_ROUND(3);
    BLAKE2B_ROUND(4);
    BLAKE2B_ROUND(5);
    BLAKE2B_ROUND(6);
    BLAKE2B_ROUND(7);
    BLAKE2B_ROUND(8);
    BLAKE2B_ROUND(9);
    BLAKE2B_ROUND(0);
    BLAKE2B_ROUND(1);
    for (int word = 0; word < 8; word++)
        state[word] ^= v[word] ^ v[word + 8];
}

static uint64_t blake2b_64(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    unsigned char rest[128] = {0};
    uint64_t state[8], done = 0;
    memcpy(state, BLAKE2B_START, sizeof state);
    state[0] ^= UINT64_C(0x01010008);
    for (; size - done > sizeof rest; at += sizeof rest) {
        done += sizeof rest;
        blake2b_block(state, at, done, 0);
    }
    memcpy(rest, at, size - done);
    blake2b_block(state, rest, size, 1);
    return state[0];
}

#endif
