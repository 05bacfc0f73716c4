/*
 * memory_leak.c - LeakSanitizer, asked after an execution in which every task
 * ended and which allocated more than it freed (an inquiry costs milliseconds).
 *
 * LSan sees memory of earlier executions again, so a process that leaked is
 * dirty: whoever runs executions in it must use a fresh one from then on.
 * Memory that only execution memory (hd_alloc) points to counts as reachable.
 */
#include <stdlib.h>
#include <string.h>

#include "../instrument/sanitizer.h"
#include "registry.h"

static long live_before;

static void begin(void)
{
    live_before = hd__live_allocations();
}

/* The allocating function: the first frame that is not the allocator's. */
static const char *allocator_of(const char *text)
{
    static const char *const own[] = {"malloc",   "calloc",       "realloc",
                                      "operator", "aligned",      "posix_",
                                      "strdup",   "__interceptor"};
    const char *p = text;
    while ((p = strstr(p, " in ")) != NULL) {
        p += 4;
        size_t n = strcspn(p, " (\n");
        bool skip = false;
        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
            skip |= strncmp(p, own[i], strlen(own[i])) == 0;
        if (!skip && n > 0)
            return hd_arena_printf(&hd__exec.arena, "%.*s", (int)n, p);
    }
    return "?";
}

static void on_event(const struct hd_event *e)
{
    struct hd_exec *x = &hd__exec;
    static char text[16384];
    (void)e;
    if (!hd__asan_present() || x->tasks_live > 0 || x->findings > 0 ||
        hd__live_allocations() <= live_before)
        return;
    if (!hd__leak_check(text, sizeof text))
        return;
    const char *function = allocator_of(text);
    const char *item = hd_arena_printf(&x->arena, "%s malloc memory", function);
    struct hd_finding *f = hd__found(HD_MEMORY_LEAK, &item, 1,
                                     "memory allocated in %s is lost", function);
    f->detail = hd_arena_strdup(&x->arena, text);
    x->dirty = true;
}

const struct hd_oracle hd_oracle_memory_leak = {
    .cls = HD_MEMORY_LEAK,
    .events = HD_EVENT_BIT(END),
    .begin = begin,
    .on_event = on_event,
};
