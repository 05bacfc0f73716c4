/*
 * ignored_cancel.c - a region of code (hd_expect_return()) ended, but later
 * after its context was done than it promises, in virtual time.
 *
 * Time by which a timer fired before its turn, while tasks could run, is not
 * held against the code: then it was slow because nobody let it run.
 *
 * Not seen: a region that never ends (that is a deadlock or a task-leak), and
 * one that goes on without letting time pass.
 */
#include <stdio.h>

#include "../sync/context.h"
#include "registry.h"

/* "12.5 ms", exact. */
static const char *duration_text(int64_t ns)
{
    char fraction[16];
    int n = snprintf(fraction, sizeof fraction, ".%06lld", (long long)(ns % HD_MS));
    while (n > 1 && fraction[n - 1] == '0')
        fraction[--n] = '\0';
    return hd_arena_printf(&hd__exec.arena, "%lld%s ms", (long long)(ns / HD_MS),
                           n == 1 ? "" : fraction);
}

static void on_event(const struct hd_event *e)
{
    if (!hd__policy(HD_IGNORED_CANCEL) || e->a <= e->b)
        return;
    const char *item = hd__item_at(e->task->op.pc, "returns", "context");
    hd__found(HD_IGNORED_CANCEL, &item, 1,
              "%s returned %s after its context %s; it promises %s",
              hd__task_path(e->task), duration_text(e->a),
              e->ctx->err == HD_CTX_CANCELED ? "was cancelled" : "ran out of time",
              duration_text(e->b));
}

const struct hd_oracle hd_oracle_ignored_cancel = {
    .cls = HD_IGNORED_CANCEL,
    .events = HD_EVENT_BIT(REGION_END),
    .on_event = on_event,
};
