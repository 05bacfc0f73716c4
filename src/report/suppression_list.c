/* suppression_list.c - see the header. */
#include "suppression_list.h"

#include <stdlib.h>
#include <string.h>

/*
 * Where the name differs, the text of the last `*` grows by one; an earlier one
 * need never grow, for what is between two stars may as well match at its first
 * place.
 */
bool hd_suppression_matches(const char *pattern, const char *name)
{
    size_t n = strlen(pattern);
    bool anchored = pattern[0] == '^', closed;
    const char *p = pattern + anchored, *end = pattern + n;
    closed = end > p && end[-1] == '$';
    end -= closed;
    const char *retry = anchored ? NULL : p, *mark = name;
    for (;;) {
        if (p == end && (!closed || *name == '\0'))
            return true;
        if (p < end && *p == '*') {
            retry = ++p;
            mark = name;
        } else if (p < end && *name != '\0' && *p == *name) {
            p++;
            name++;
        } else if (retry != NULL && *mark != '\0') {
            p = retry;
            name = ++mark;
        } else {
            return false;
        }
    }
}

static void add(struct hd_suppression_list *l, const char *pattern, size_t size,
                bool top)
{
    l->item = realloc(l->item, (l->count + 1) * sizeof *l->item);
    char *copy = malloc(size + 1);
    if (l->item == NULL || copy == NULL)
        hd_die("out of memory");
    memcpy(copy, pattern, size);
    copy[size] = '\0';
    l->item[l->count++] = (struct hd_suppression){copy, top};
}

static bool is(const char *text, size_t size, const char *word)
{
    return strlen(word) == size && memcmp(text, word, size) == 0;
}

/* One line, without its end; NULL if it is fine, else what is wrong. */
static const char *take_line(struct hd_suppression_list *l, const char *line,
                             size_t size)
{
    static const char *const others[] = {"thread", "mutex", "deadlock", "signal",
                                         "called_from_lib"};
    while (size > 0 && (line[0] == ' ' || line[0] == '\t'))
        line++, size--;
    while (size > 0 && (line[size - 1] == '\r' || line[size - 1] == ' ' ||
                        line[size - 1] == '\t'))
        size--;
    if (size == 0 || line[0] == '#')
        return NULL;
    if (memchr(line, '\0', size) != NULL)
        return "a line must not hold a zero byte";
    const char *colon = memchr(line, ':', size);
    if (colon == NULL)
        return "a suppression is TYPE:PATTERN";
    size_t type = (size_t)(colon - line), rest = size - type - 1;
    if (rest == 0)
        return "a suppression needs a pattern behind the colon";
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (is(line, type, others[i]))
            return NULL;
    if (!is(line, type, "race") && !is(line, type, "race_top"))
        return "the type of a suppression is race or race_top";
    add(l, colon + 1, rest, is(line, type, "race_top"));
    return NULL;
}

enum hd_err hd_suppressions_parse(struct hd_suppression_list *l, const char *text,
                                  size_t size, int *line, const char **wrong)
{
    for (*line = 1; size > 0; ++*line) {
        const char *end = memchr(text, '\n', size);
        size_t n = end == NULL ? size : (size_t)(end - text);
        *wrong = take_line(l, text, n);
        if (*wrong != NULL)
            return HD_E_SYNTAX;
        n += end != NULL;
        text += n;
        size -= n;
    }
    return HD_E_OK;
}

void hd_suppressions_free(struct hd_suppression_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->item[i].pattern);
    free(l->item);
    *l = (struct hd_suppression_list){.count = 0};
}
