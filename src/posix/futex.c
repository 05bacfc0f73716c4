/*
 * futex.c - FUTEX_WAIT and FUTEX_WAKE, also the _BITSET ones with all bits: what
 * locks of a program's own are made of, and C++'s std::atomic::wait().
 *
 * To wait and to find the word as expected is one operation.  Which of several
 * waiters is woken is a decision.  A futex orders nothing: the atomics around it
 * do.
 */
#include "futex.h"

#include <errno.h>
#include <linux/futex.h>

#include "../engine/clock.h"
#include "object.h"
#include "signals.h"
#include "thread.h"
#include "wait.h"

struct futex {
    struct hd_posix base;
    uint32_t wakes;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct futex *f = (const struct futex *)o;
    (void)t;
    if (f->wakes == 0)
        return "nobody has woken it";
    return hd_arena_printf(&hd__exec.arena, "woken %u times, before or others",
                           f->wakes);
}

static const char *busy(const void *object)
{
    (void)object;
    return NULL;
}

static const struct hd_posix_type type = {
    .kind = {"futex", why, NULL},
    .size = sizeof(struct futex),
    .handle = sizeof(uint32_t),
    .busy = busy,
};

/* A wait's time is a duration, but with the bits it is a moment. */
static int64_t deadline_of(const struct hd_futex_call *f, int command)
{
    const struct timespec *t = f->timeout;
    if (t == NULL)
        return HD_NEVER;
    if (command == FUTEX_WAIT)
        return hd__deadline(hd__timespec_ns(t));
    clockid_t clock =
        f->op & FUTEX_CLOCK_REALTIME ? CLOCK_REALTIME : CLOCK_MONOTONIC;
    return hd__until_ns((struct hd_until){clock, t});
}

static long futex_wait(const struct hd_futex_call *f, int command,
                       struct hd_caller c)
{
    struct futex *o = hd__posix_enter(HD_OP_FUTEX_WAIT, f->word, &type, c);
    if (o == NULL)
        return -EINVAL;
    struct hd_object *queue = &o->base.lock.object;
    int64_t deadline_ns = deadline_of(f, command);
    while (__atomic_load_n((const uint32_t *)f->word, __ATOMIC_RELAXED) == f->value)
        switch (hd__wait_until(queue, queue, deadline_ns, false)) {
        case HD_WAIT_TIMEOUT:
            return -ETIMEDOUT;
        case HD_WAIT_INTERRUPTED:
            if (hd__handler_ends_call(f->timeout != NULL))
                return -EINTR;
            hd__goes_on_waiting();
            break;
        default:
            hd__handlers_due();
            return 0;
        }
    return -EAGAIN;
}

static long futex_wake(const struct hd_futex_call *f, struct hd_caller c)
{
    struct futex *o = hd__posix_enter(HD_OP_FUTEX_WAKE, f->word, &type, c);
    long woken = 0;
    if (o == NULL)
        return -EINVAL;
    o->wakes++;
    while (woken < (long)f->value &&
           hd__wake_one(&o->base.lock.object, true) != NULL)
        woken++;
    return woken;
}

bool hd__futex(const struct hd_futex_call *f, struct hd_caller c, long *answer)
{
    int command = f->op & FUTEX_CMD_MASK;
    bool bits = command == FUTEX_WAIT_BITSET || command == FUTEX_WAKE_BITSET;
    if (bits && f->mask != FUTEX_BITSET_MATCH_ANY)
        return false;
    switch (command) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
        *answer = futex_wait(f, command, c);
        return true;
    case FUTEX_WAKE:
    case FUTEX_WAKE_BITSET:
        *answer = futex_wake(f, c);
        return true;
    default:
        return false;
    }
}
