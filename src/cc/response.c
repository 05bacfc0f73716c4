/*
 * response.c - the words of a response file.
 *
 * White space separates; a quote of either kind holds it together; a backslash
 * takes the next character as it is, inside quotes as well.  That is how both
 * compilers read such files.
 */
#include "cc.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

static char *read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t n = 0, room = 0, got;
    if (f == NULL)
        return NULL;
    do {
        if (room - n < 4096) {
            room = 2 * room + 8192;
            text = realloc(text, room);
            if (text == NULL)
                hd_cc_die("out of memory");
        }
        got = fread(text + n, 1, room - n - 1, f);
        n += got;
    } while (got > 0);
    text[n] = '\0';
    fclose(f);
    return text;
}

/* Ends the word that begins at *p, in place, and moves *p behind it. */
static char *cut_word(char **p)
{
    char *word = *p, *to = *p, *from = *p, quote = '\0';
    for (; *from != '\0' && (quote != '\0' || !isspace((unsigned char)*from));
         from++) {
        if (*from == '\\' && from[1] != '\0')
            *to++ = *++from;
        else if (quote == '\0' ? *from == '"' || *from == '\'' : *from == quote)
            quote = quote == '\0' ? *from : '\0';
        else
            *to++ = *from;
    }
    *p = *from == '\0' ? from : from + 1;
    *to = '\0';
    return word;
}

bool hd_response_read(const char *path, struct hd_words *out)
{
    char *p = read_all(path);
    if (p == NULL)
        return false;
    for (;;) {
        while (isspace((unsigned char)*p))
            p++;
        if (*p == '\0')
            return true;
        hd_words_add(out, cut_word(&p));
    }
}
