/*
 * schedule_words.c - the words of a schedule file's line: taking the next one,
 * and what a number, a name, a path and hex digits look like.  Nothing reads
 * beyond the line, and a number that does not fit is refused, never cut.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "schedule_words.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTED_MAX = 40 };

bool hd__fail(struct hd__place *p, int line, const char *format, ...)
{
    p->error->line = line;
    va_list ap;
    va_start(ap, format);
    vsnprintf(p->error->what, sizeof p->error->what, format, ap);
    va_end(ap);
    return false;
}

/* How much of a word a message quotes, cut between two characters. */
int hd__quoted(struct hd__text t)
{
    size_t n = t.size < QUOTED_MAX ? t.size : QUOTED_MAX;
    return (int)hd_utf8_printable((const uint8_t *)t.p, n);
}

bool hd__text_is(struct hd__text t, const char *s)
{
    return t.size == strlen(s) && memcmp(t.p, s, t.size) == 0;
}

char *hd__text_dup(struct hd__text t)
{
    char *s = strndup(t.p, t.size);
    if (!s)
        hd_die("out of memory");
    return s;
}

/* Takes the next word; words are separated by exactly one space. */
bool hd__take(struct hd__place *p, struct hd__text *rest, const char *what,
              struct hd__text *word)
{
    if (!rest->p)
        return hd__fail(p, p->line, "%s is missing", what);
    const char *space = memchr(rest->p, ' ', rest->size);
    *word =
        (struct hd__text){rest->p, space ? (size_t)(space - rest->p) : rest->size};
    *rest = space ? (struct hd__text){space + 1, rest->size - word->size - 1}
                  : (struct hd__text){NULL, 0};
    if (word->size == 0)
        return hd__fail(p, p->line, "%s is missing, or there is a space too many",
                        what);
    return true;
}

bool hd__take_end(struct hd__place *p, struct hd__text rest)
{
    if (rest.p)
        return hd__fail(p, p->line, "more than expected: `%.*s`", HD__QUOTED(rest));
    return true;
}

/* The last word of a line. */
bool hd__take_last(struct hd__place *p, struct hd__text rest, const char *what,
                   struct hd__text *word)
{
    return hd__take(p, &rest, what, word) && hd__take_end(p, rest);
}

/* Decimal digits without leading zeros, at most max. */
static bool decimal(struct hd__text t, uint64_t max, uint64_t *v)
{
    uint64_t n = 0;
    if (t.size == 0 || (t.p[0] == '0' && t.size > 1))
        return false;
    for (size_t i = 0; i < t.size; i++) {
        if (t.p[i] < '0' || t.p[i] > '9' || __builtin_mul_overflow(n, 10, &n) ||
            __builtin_add_overflow(n, (uint64_t)(t.p[i] - '0'), &n) || n > max)
            return false;
    }
    *v = n;
    return true;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

/* Lower-case hex digits, 1 to 16 of them. */
bool hd__hexadecimal(struct hd__text t, uint64_t *v)
{
    *v = 0;
    for (size_t i = 0; i < t.size; i++) {
        if (hex_digit(t.p[i]) < 0)
            return false;
        *v = *v << 4 | (uint64_t)hex_digit(t.p[i]);
    }
    return t.size >= 1 && t.size <= 16;
}

bool hd__take_u32(struct hd__place *p, struct hd__text *rest, const char *what,
                  uint32_t max, uint32_t *out)
{
    struct hd__text word;
    uint64_t v;
    if (!hd__take(p, rest, what, &word))
        return false;
    if (!decimal(word, max, &v))
        return hd__fail(p, p->line, "%s `%.*s` is not a number from 0 to %u", what,
                        HD__QUOTED(word), max);
    *out = (uint32_t)v;
    return true;
}

bool hd__take_i64(struct hd__place *p, struct hd__text *rest, const char *what,
                  int64_t *out)
{
    struct hd__text word;
    if (!hd__take(p, rest, what, &word))
        return false;
    bool minus = word.p[0] == '-';
    struct hd__text digits = {word.p + minus, word.size - minus};
    uint64_t v;
    if (!decimal(digits, (uint64_t)INT64_MAX + minus, &v) || (minus && v == 0))
        return hd__fail(p, p->line, "%s `%.*s` is not a 64-bit number", what,
                        HD__QUOTED(word));
    *out = minus ? (int64_t)-v : (int64_t)v;
    return true;
}

/* main, main.1, main.1.2, ... */
static bool is_path(struct hd__text t)
{
    if (t.size < 4 || memcmp(t.p, "main", 4) != 0)
        return false;
    t = (struct hd__text){t.p + 4, t.size - 4};
    while (t.size > 0) {
        const char *dot = memchr(t.p + 1, '.', t.size - 1);
        size_t size = dot ? (size_t)(dot - t.p) : t.size;
        uint64_t n;
        if (t.p[0] != '.' ||
            !decimal((struct hd__text){t.p + 1, size - 1}, UINT32_MAX, &n) ||
            n == 0)
            return false;
        t = (struct hd__text){t.p + size, t.size - size};
    }
    return true;
}

bool hd__take_path(struct hd__place *p, struct hd__text *rest, const char *what,
                   char **out)
{
    struct hd__text word;
    if (!hd__take(p, rest, what, &word))
        return false;
    if (!is_path(word))
        return hd__fail(p, p->line, "%s `%.*s` is not a path like main.1.2", what,
                        HD__QUOTED(word));
    *out = hd__text_dup(word);
    return true;
}

/* [a-z0-9-]+, as scenarios and variants are called; params also have `_`. */
bool hd__is_name(struct hd__text t, const char *others)
{
    for (size_t i = 0; i < t.size; i++) {
        char c = t.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!plain && (c == 0 || !strchr(others, c)))
            return false;
    }
    return t.size > 0;
}

/* Whole bytes in lower-case hex, or "none". */
bool hd__take_hex(struct hd__place *p, struct hd__text rest, const char *what,
                  struct hd_bytes *out)
{
    struct hd__text word;
    if (!hd__take_last(p, rest, what, &word))
        return false;
    if (hd__text_is(word, "none"))
        return true;
    for (size_t i = 0; i < word.size; i++)
        if (hex_digit(word.p[i]) < 0)
            return hd__fail(p, p->line, "%s: character %zu is not one of 0-9a-f",
                            what, i + 1);
    if (word.size % 2 != 0)
        return hd__fail(p, p->line, "%s has an odd number of hex digits", what);
    for (size_t i = 0; i < word.size; i += 2)
        hd_bytes_u8(
            out, (uint8_t)(hex_digit(word.p[i]) << 4 | hex_digit(word.p[i + 1])));
    return true;
}
