/* baseline.c - known signatures; see the header. */
#include "baseline.h"

#include <stdlib.h>
#include <string.h>

#include <heddle/class.h>

#include "../base/error.h"

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "class: the rest", of printable characters. */
static bool is_signature(const char *s, size_t n)
{
    char name[32];
    const char *colon = memchr(s, ':', n);
    size_t len = colon ? (size_t)(colon - s) : 0;
    if (!len || len >= sizeof name || len + 2 >= n || colon[1] != ' ' ||
        hd_utf8_printable((const uint8_t *)s, n) != n)
        return false;
    memcpy(name, s, len);
    name[len] = 0;
    return hd_class_parse(name) != HD_NO_CLASS;
}

static void add(struct hd_baseline *b, const char *s, size_t n)
{
    b->signature = realloc(b->signature, (b->count + 1) * sizeof *b->signature);
    char *copy = strndup(s, n);
    if (!b->signature || !copy)
        hd_die("out of memory");
    b->signature[b->count++] = copy;
}

bool hd_baseline_parse(struct hd_baseline *b, const struct hd_bytes *bytes,
                       size_t *line)
{
    const char *p = (const char *)bytes->data;
    const char *end = p + bytes->size;
    *b = (struct hd_baseline){.count = 0};
    for (*line = 1; p < end; ++*line) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *next = newline ? newline + 1 : end;
        size_t n = (size_t)((newline ? newline : end) - p);
        while (n && (p[n - 1] == '\r' || p[n - 1] == ' '))
            n--;
        if (n && p[0] != '#') {
            if (!is_signature(p, n)) {
                hd_baseline_free(b);
                return false;
            }
            add(b, p, n);
        }
        p = next;
    }
    if (b->count)
        qsort(b->signature, b->count, sizeof *b->signature, compare);
    return true;
}

bool hd_baseline_has(const struct hd_baseline *b, const char *signature)
{
    return b->count && bsearch(&signature, b->signature, b->count,
                               sizeof *b->signature, compare);
}

void hd_baseline_print(const char *const *signature, size_t count,
                       struct hd_bytes *out)
{
    const char **sorted = calloc(count + 1, sizeof *sorted);
    if (!sorted)
        hd_die("out of memory");
    if (count)
        memcpy(sorted, signature, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    hd_bytes_printf(out, "# Signatures of findings that are known, one per line; "
                         "heddle report --baseline reads them.\n");
    for (size_t i = 0; i < count; i++)
        if (!i || strcmp(sorted[i - 1], sorted[i]))
            hd_bytes_printf(out, "%s\n", sorted[i]);
    free(sorted);
}

void hd_baseline_free(struct hd_baseline *b)
{
    for (size_t i = 0; i < b->count; i++)
        free(b->signature[i]);
    free(b->signature);
    *b = (struct hd_baseline){.count = 0};
}
