/*
 * lock_misuse.c - unlock of a lock that is not locked, and use of a lock at
 * another address than where it was initialised or first used: a copy, which
 * excludes nobody from what the original guards.  The locks notice both
 * (sync/home.h); using the copy is a finding whatever comes of it.
 *
 * A relock is not here: it is a task that waits for itself (deadlock.c).
 *
 * Not seen: a copy of a lock that was neither initialised nor used before, and
 * that the copy of a locked lock was made while it was locked.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    const char *item = hd__item_at(e->task->op.pc, hd_op_names[e->task->op.kind],
                                   e->object->kind->name);
    hd__found(HD_LOCK_MISUSE, &item, 1, "%s: %s", hd__task_path(e->task), e->text);
}

const struct hd_oracle hd_oracle_lock_misuse = {
    .cls = HD_LOCK_MISUSE,
    .events = HD_EVENT_BIT(LOCK_MISUSE),
    .on_event = on_event,
};
