/*
 * cells.c - text in columns; see the header.
 *
 * Widths are those of the locale C.UTF-8, which glibc has built in, whatever the
 * user's own locale is: the text is UTF-8 in any case.
 */
#define _GNU_SOURCE
#include "cells.h"

#include <locale.h>
#include <string.h>
#include <wchar.h>

/* The width of what a byte sequence begins with, and how many bytes that is. */
static unsigned glyph(const char *p, size_t *bytes)
{
    static locale_t utf8;
    wchar_t c;
    mbstate_t state;
    memset(&state, 0, sizeof state);
    if ((unsigned char)*p < 0x80) {
        *bytes = 1;
        return 1;
    }
    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t old = utf8 ? uselocale(utf8) : (locale_t)0;
    size_t n = mbrtowc(&c, p, strlen(p), &state);
    int width = n > 0 && n < 7 ? wcwidth(c) : 1;
    if (old)
        uselocale(old);
    *bytes = n > 0 && n < 7 ? n : 1;
    return width < 0 ? 1 : (unsigned)width;
}

unsigned hd_text_width(const char *text)
{
    unsigned width = 0;
    for (size_t n; *text; text += n)
        width += glyph(text, &n);
    return width;
}

void hd_cell_add(struct hd_cell *c, const char *text, unsigned width)
{
    while (*text && c->lines < HD_CELL_LINES) {
        char *line = c->line[c->lines++];
        size_t at = 0, brk = 0, n;
        unsigned used = 0;
        while (text[at]) {
            unsigned w = glyph(text + at, &n);
            if (used + w > width || at + n >= HD_CELL_BYTES)
                break;
            if (text[at] == ' ')
                brk = at;
            used += w;
            at += n;
        }
        if (text[at] && brk > 0)
            at = brk;
        if (at == 0) /* a glyph wider than the lane */
            glyph(text, &at);
        memcpy(line, text, at);
        line[at] = 0;
        text += at;
        while (*text == ' ')
            text++;
    }
}
