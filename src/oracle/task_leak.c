/*
 * task_leak.c - the scenario returned, everything that could run has run, and a
 * task is still blocked.  Decided by structure, not by a grace time: nobody is
 * left who could ever wake it.  One finding per place, because tasks that leak
 * at the same place are the same bug.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    struct hd_exec *x = &hd__exec;
    (void)e;
    if (!x->root_returned || !hd__policy(HD_TASK_LEAK))
        return;
    for (uint32_t i = 0; i < x->tasks; i++) {
        const struct hd_task *t = x->task[i];
        if (t->state != HD_TASK_BLOCKED)
            continue;
        const struct hd_object *o = t->blocked_on;
        const char *item = hd__item(t);
        hd__found(HD_TASK_LEAK, &item, 1, "%s is blocked for ever in %s%s%s",
                  hd__task_path(t), hd_op_names[t->op.kind],
                  o == NULL ? "" : " on ", o == NULL ? "" : hd__object_name(o));
    }
}

const struct hd_oracle hd_oracle_task_leak = {
    .cls = HD_TASK_LEAK,
    .events = HD_EVENT_BIT(STUCK),
    .on_event = on_event,
};
