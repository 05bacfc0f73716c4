/*
 * words.h - a list of words that grows: arguments, names, a command line.
 *
 *     struct hd_words w = {.count = 0};
 *     hd_words_add(&w, "gdb");
 *     execvp(w.word[0], (char **)w.word);
 *
 * The words are the caller's.
 */
#ifndef HD_BASE_WORDS_H
#define HD_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct hd_words {
    const char **word; /* word[count] is NULL; with no word at all this may be */
    size_t count, capacity;
    /* Of a command's: */
    bool dashed;   /* there was a "--"... */
    size_t before; /* ...behind this many of them */
};

void hd_words_add(struct hd_words *w, const char *word);
void hd_words_free(struct hd_words *w);

#endif
