/*
 * cond.c - Go's sync.Cond.
 *
 * A wait gives up the mutex and joins the queue in one operation, then takes the
 * mutex again like anybody else.  A signal is ordered before the return of the
 * wait that it ends, and of no other.
 */
#include <heddle/cond.h>

#include "../engine/object.h"
#include "cond.h"
#include "mutex.h"

struct cond {
    struct hd_object object;
    struct hd_signals signals;
};

const char *hd__signals_why(const struct hd_signals *s)
{
    struct hd_arena *arena = &hd__exec.arena;
    if (s->count == 0)
        return "never signalled";
    if (s->lost == 0)
        return hd_arena_printf(arena, "not signalled again; others got all %u",
                               s->count);
    const char *text =
        hd_arena_printf(arena, "%s #%u had no waiter", s->lost_name, s->lost_last);
    if (s->lost == 1)
        return text;
    return hd_arena_printf(arena, "%s, nor had %u before", text, s->lost - 1);
}

void hd__signal_lost(struct hd_signals *s, const char *name)
{
    s->lost++;
    s->lost_last = s->count;
    s->lost_name = name;
}

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    (void)t;
    return hd__signals_why(&((const struct cond *)o)->signals);
}

static const struct hd_object_kind kind = {"cond", why, NULL};

static struct cond *get(hd_cond *c, const void *pc)
{
    return hd__object_of(&c->impl, &c->epoch, sizeof(struct cond), &kind, pc);
}

void hd_cond_wait(hd_cond *handle, hd_mutex *mu)
{
    hd__self("hd_cond_wait");
    struct cond *c = get(handle, __builtin_return_address(0));
    HD_POINT(COND_WAIT, c->object.id);
    hd__mutex_unlock(mu);
    hd__wait(&c->object);
    hd__mutex_lock(mu, __builtin_return_address(0), __builtin_frame_address(0));
}

void hd_cond_signal(hd_cond *handle)
{
    hd__self("hd_cond_signal");
    struct cond *c = get(handle, __builtin_return_address(0));
    HD_POINT(COND_SIGNAL, c->object.id);
    c->signals.count++;
    struct hd_task *woken = hd__wake_one(&c->object, true);
    if (woken == NULL) {
        hd__signal_lost(&c->signals, "signal");
        return;
    }
    hd__changed();
    struct hd_vclock *edge = hd_arena_alloc(&hd__exec.arena, sizeof *edge);
    hd__release(edge);
    hd__acquire_for(woken, edge);
}

void hd_cond_broadcast(hd_cond *handle)
{
    hd__self("hd_cond_broadcast");
    struct cond *c = get(handle, __builtin_return_address(0));
    HD_POINT(COND_BROADCAST, c->object.id);
    c->signals.count++;
    if (c->object.first == NULL) {
        hd__signal_lost(&c->signals, "broadcast");
        return;
    }
    hd__changed();
    struct hd_vclock *edge = hd_arena_alloc(&hd__exec.arena, sizeof *edge);
    hd__release(edge);
    while (c->object.first != NULL)
        hd__acquire_for(hd__wake_one(&c->object, false), edge);
}
