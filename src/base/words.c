/* words.c - see words.h. */
#include "words.h"

#include <stdlib.h>

#include "error.h"

void hd_words_add(struct hd_words *w, const char *word)
{
    if (w->count + 1 >= w->capacity) {
        w->capacity = 2 * w->capacity + 16;
        w->word = realloc(w->word, w->capacity * sizeof *w->word);
        if (!w->word)
            hd_die("out of memory");
    }
    w->word[w->count++] = word;
    w->word[w->count] = NULL;
}

void hd_words_free(struct hd_words *w)
{
    free(w->word);
    *w = (struct hd_words){.count = 0};
}
