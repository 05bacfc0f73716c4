/*
 * suppress.c - see suppress.h.
 *
 * Asked for each race of each execution, so what a pc's function and file are is
 * asked of the symbolizer once and remembered.
 */
#define _GNU_SOURCE
#include "suppress.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/io.h"
#include "../base/mem.h"
#include "../race/race.h"
#include "suppression_list.h"
#include "symbolize.h"

static struct hd_suppression_list list;

/* ---- the names of a pc ---- */

struct place {
    uint64_t pc;
    char *function, *file;
};

static struct place *known;
static size_t knowns;

static const struct place *place_of(uint64_t pc)
{
    static struct hd_symbolizer symbolizer = {.own = true};
    char text[4700], *file;
    for (size_t i = 0; i < knowns; i++)
        if (known[i].pc == pc)
            return &known[i];
    hd_symbolize(&symbolizer, pc, NULL, 0, text, sizeof text);
    file = strchr(text, ' ');
    if (file != NULL)
        *file++ = '\0';
    /* "FILE:LINE" */
    if (file != NULL && strrchr(file, ':') != NULL)
        *strrchr(file, ':') = '\0';
    known = realloc(known, (knowns + 1) * sizeof *known);
    if (known == NULL)
        hd_die("out of memory");
    known[knowns] = (struct place){pc, strdup(text), strdup(file ? file : "")};
    return &known[knowns++];
}

static bool matches_stack(const struct hd_suppression *s,
                          const struct hd_stack *stack)
{
    uint32_t frames = s->top && stack->count > 1 ? 1 : stack->count;
    for (uint32_t i = 0; i < frames; i++) {
        const struct place *p = place_of(stack->pc[i]);
        if (hd_suppression_matches(s->pattern, p->function) ||
            hd_suppression_matches(s->pattern, p->file) ||
            hd_suppression_matches(s->pattern, program_invocation_name))
            return true;
    }
    return false;
}

/* The first two sites are the accesses; the memory is "global NAME+OFFSET". */
static bool matches(const struct hd_suppression *s, const struct hd_finding *f)
{
    static const char prefix[] = "global ";
    for (uint32_t i = 0; i < 2 && i < f->sites; i++)
        if (matches_stack(s, &f->site[i].stack))
            return true;
    const char *memory = f->sites > 0 ? f->site[0].object : NULL;
    if (memory == NULL || strncmp(memory, prefix, sizeof prefix - 1) != 0)
        return false;
    char name[512];
    snprintf(name, sizeof name, "%s", memory + sizeof prefix - 1);
    name[strcspn(name, "+")] = '\0';
    return hd_suppression_matches(s->pattern, name);
}

static bool is_suppressed(const struct hd_finding *f)
{
    bool is = false;
    hd__heap_hidden++; /* what the symbolizer allocates is not the program's */
    for (size_t i = 0; i < list.count && !is; i++)
        is = matches(&list.item[i], f);
    hd__heap_hidden--;
    return is;
}

/* ---- the file ---- */

enum hd_err hd_suppressions_load(const char *path, char *why, size_t size)
{
    struct hd_bytes text = {0};
    enum { SIZE_MAX_BYTES = 1 << 20 };
    enum hd_err e = hd_file_read(path, SIZE_MAX_BYTES, &text);
    if (e) {
        snprintf(why, size, "%s: %s", path,
                 e == HD_E_RANGE ? "larger than 1 MiB" : strerror(errno));
        hd_bytes_free(&text);
        return e;
    }
    int line;
    const char *wrong;
    e = hd_suppressions_parse(&list, (const char *)text.data, text.size, &line,
                              &wrong);
    if (e)
        snprintf(why, size, "%s:%d: %s", path, line, wrong);
    hd_bytes_free(&text);
    if (e == HD_E_OK)
        hd__race_is_suppressed = is_suppressed;
    return e;
}

enum hd_err hd_suppressions_load_env(char *why, size_t size)
{
    const char *path = getenv(HD_SUPPRESSIONS_ENV);
    return path == NULL || path[0] == '\0' ? HD_E_OK
                                           : hd_suppressions_load(path, why, size);
}
