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
    const char *p = strstr(text, "#0 "); /* " in 1 object(s)" stands before it */
    while (p != NULL && (p = strstr(p, " in ")) != NULL) {
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

/*
 * A program's memory at its end is what its threads still use, and LSan looks at
 * their stacks.  Most of it is there in every execution (a buffer of printf()), so
 * LSan is asked again only when more is left than when it was last content.
 */
static bool asks(long left)
{
    const struct hd_exec *x = &hd__exec;
    if (!x->threads)
        return x->tasks_live == 0;
    return (x->outcome == HD_OUTCOME_DONE || x->outcome == HD_OUTCOME_EXIT) &&
           (x->note == NULL || left > x->note->leak_free);
}

static void on_event(const struct hd_event *e)
{
    struct hd_exec *x = &hd__exec;
    static char text[16384];
    (void)e;
    long left = hd__live_allocations() - live_before;
    if (!hd__asan_present() || left <= 0 || x->findings > 0 || !asks(left))
        return;
    if (!hd__leak_check(text, sizeof text)) {
        if (x->threads && x->note != NULL)
            x->note->leak_free = left;
        return;
    }
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
