/* The texts of JSON (RFC 8259): where a string ends, what its escapes stand for, whether bytes are UTF-8. */
#ifndef ATLINT_TEXT_H
#define ATLINT_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Bytes of the line: of a string those between its quotes, of any other value all of it. */
typedef struct {
    const char *at;
    size_t size;
    /* whether there are escapes, and bytes beyond ASCII, in it */
    int escaped, wide;
} Token;

static inline const char *past_blanks(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* The closing quote of the string whose text begins here; NULL where there is none, or a control character before it.
   Neither escapes nor UTF-8 are looked into. */
static inline const char *string_end(const char *at, const char *end, Token *token)
{
    token->at = at;
    token->escaped = token->wide = 0;
    for (;;) {
#ifdef __SSE2__
        while (end - at >= 16) {
            __m128i some = _mm_loadu_si128((const __m128i *)at);
            __m128i odd = _mm_or_si128(
                _mm_or_si128(_mm_cmpeq_epi8(some, _mm_set1_epi8('"')), _mm_cmpeq_epi8(some, _mm_set1_epi8('\\'))),
                _mm_cmpeq_epi8(_mm_max_epu8(some, _mm_set1_epi8(31)), _mm_set1_epi8(31)));
            int found = _mm_movemask_epi8(odd), wide = _mm_movemask_epi8(some);
            if (found) {
                int first = __builtin_ctz((unsigned)found);
                token->wide |= wide & ((1 << first) - 1);
                at += first;
                break;
            }
            token->wide |= wide;
            at += 16;
        }
#endif
        while (at < end && *at != '"' && *at != '\\' && (unsigned char)*at >= 32)
            token->wide |= *at++ & 0x80;
        if (at >= end || (unsigned char)*at < 32)
            return NULL;
        if (*at == '"') {
            token->size = (size_t)(at - token->at);
            return at;
        }
        token->escaped = 1;
        if (end - at < 2)
            return NULL;
        at += 2;
    }
}

/* Whether the bytes are UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing beyond U+10FFFF. */
static int is_utf8(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    while (at < end) {
        unsigned char first = *at++;
        if (first < 0x80)
            continue;
        unsigned least = 0x80, most = 0xBF;
        int more;
        if (first >= 0xC2 && first <= 0xDF) {
            more = 1;
        } else if (first >= 0xE0 && first <= 0xEF) {
            more = 2;
            if (first == 0xE0)
                least = 0xA0;
            if (first == 0xED)
                most = 0x9F;
        } else if (first >= 0xF0 && first <= 0xF4) {
            more = 3;
            if (first == 0xF0)
                least = 0x90;
            if (first == 0xF4)
                most = 0x8F;
        } else {
            return 0;
        }
        for (; more > 0; more--, least = 0x80, most = 0xBF) {
            if (at >= end || *at < least || *at > most)
                return 0;
            at++;
        }
    }
    return 1;
}

static int four_digits(const char *at, const char *end)
{
    int value = 0;
    if (end - at < 4)
        return -1;
    for (int digit = 0; digit < 4; digit++) {
        char letter = at[digit];
        int worth = letter >= '0' && letter <= '9'   ? letter - '0'
                    : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                    : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                                     : -1;
        if (worth < 0)
            return -1;
        value = value << 4 | worth;
    }
    return value;
}

static char *put_utf8(char *to, unsigned point)
{
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xC0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3F));
    } else if (point < 0x10000) {
        *to++ = (char)(0xE0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3F));
        *to++ = (char)(0x80 | (point & 0x3F));
    } else {
        *to++ = (char)(0xF0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3F));
        *to++ = (char)(0x80 | (point >> 6 & 0x3F));
        *to++ = (char)(0x80 | (point & 0x3F));
    }
    return to;
}

/* Write the text that a token stands for, which is no longer than the token; the end of what was written.
   NULL for an escape that JSON has not, and for half a surrogate pair. */
static char *unescaped(const Token *token, char *to)
{
    const char *at = token->at, *end = at + token->size;
    while (at < end) {
        const char *next = memchr(at, '\\', (size_t)(end - at));
        size_t plain = (size_t)((next ? next : end) - at);
        memcpy(to, at, plain);
        to += plain;
        if (next == NULL)
            return to;
        at = next + 2;
        static const char NAMES[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
        if (next + 1 >= end)
            return NULL;
        const char *name = memchr(NAMES, next[1], sizeof NAMES - 1);
        if (name != NULL) {
            *to++ = MEANT[name - NAMES];
            continue;
        }
        int point = next[1] == 'u' ? four_digits(at, end) : -1;
        if (point < 0 || (point >= 0xDC00 && point <= 0xDFFF))
            return NULL;
        at += 4;
        if (point >= 0xD800 && point <= 0xDBFF) {
            int low = end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? four_digits(at + 2, end) : -1;
            if (low < 0xDC00 || low > 0xDFFF)
                return NULL;
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
            at += 6;
        }
        to = put_utf8(to, (unsigned)point);
    }
    return to;
}

/* Whether `needle`, which is not empty, stands in the token as it is written. */
static int holds(const Token *token, const char *needle, size_t size)
{
    const char *at = token->at, *end = at + token->size;
    while ((size_t)(end - at) >= size) {
        at = memchr(at, needle[0], (size_t)(end - at) - size + 1);
        if (at == NULL)
            return 0;
        if (memcmp(at, needle, size) == 0)
            return 1;
        at++;
    }
    return 0;
}

/* Past a number of at most 18 digits, which every reader can hold, without an exponent; NULL for all else. */
static const char *past_number(const char *at, const char *end)
{
    int digits = 0;
    if (at < end && *at == '-')
        at++;
    const char *first = at;
    while (at < end && *at >= '0' && *at <= '9' && digits++ < 18)
        at++;
    if (digits == 0 || digits > 18 || (*first == '0' && digits > 1))
        return NULL;
    if (at == end || *at != '.')
        return at;
    const char *point = at++;
    while (at < end && *at >= '0' && *at <= '9' && digits++ < 18)
        at++;
    return at == point + 1 || digits > 18 ? NULL : at;
}

static const char *past_word(const char *at, const char *end)
{
    static const char *const WORDS[] = {"true", "false", "null"};
    for (int word = 0; word < 3; word++) {
        size_t size = strlen(WORDS[word]);
        if ((size_t)(end - at) >= size && memcmp(at, WORDS[word], size) == 0)
            return at + size;
    }
    return NULL;
}

#define MOST_KEYS 32

/* Whether a text surely is an object of texts without escapes, numbers, true, false and null, no key of which stands
   twice. No for many that are as good. */
static int is_flat(const char *at, const char *end)
{
    Token keys[MOST_KEYS], value;
    int count = 0;
    at = past_blanks(at, end);
    if (at >= end || *at != '{')
        return 0;
    at = past_blanks(at + 1, end);
    if (at < end && *at == '}')
        return past_blanks(at + 1, end) == end;
    for (;;) {
        if (at >= end || *at != '"' || count == MOST_KEYS)
            return 0;
        at = string_end(at + 1, end, keys + count);
        if (at == NULL || keys[count].escaped)
            return 0;
        for (int other = 0; other < count; other++)
            if (keys[other].size == keys[count].size && memcmp(keys[other].at, keys[count].at, keys[count].size) == 0)
                return 0;
        count++;
        at = past_blanks(at + 1, end);
        if (at >= end || *at != ':')
            return 0;
        at = past_blanks(at + 1, end);
        if (at < end && *at == '"') {
            at = string_end(at + 1, end, &value);
            at = at == NULL || value.escaped ? NULL : at + 1;
        } else if (at < end && (*at == '-' || (*at >= '0' && *at <= '9'))) {
            at = past_number(at, end);
        } else {
            at = past_word(at, end);
        }
        if (at == NULL)
            return 0;
        at = past_blanks(at, end);
        if (at < end && *at == '}')
            return past_blanks(at + 1, end) == end;
        if (at >= end || *at != ',')
            return 0;
        at = past_blanks(at + 1, end);
    }
}

#endif
