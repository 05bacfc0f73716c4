/*
 * vclock.c - vector clocks.
 */
#include <string.h>

#include "../instrument/sanitizer.h"
#include "engine.h"
#include "fiber.h"
#include "thread.h"

static uint32_t *component(struct hd_vclock *c, uint32_t i)
{
    if (i >= c->n) {
        uint32_t n = i + 1 > hd__exec.tasks ? i + 1 : hd__exec.tasks;
        uint32_t *grown = hd_arena_alloc(&hd__exec.arena, n * sizeof *grown);
        if (c->n > 0)
            memcpy(grown, c->c, c->n * sizeof *grown);
        c->c = grown;
        c->n = n;
    }
    return &c->c[i];
}

void hd__vclock_join(struct hd_vclock *to, const struct hd_vclock *from)
{
    if (from->n == 0)
        return;
    component(to, from->n - 1);
    for (uint32_t i = 0; i < from->n; i++)
        if (to->c[i] < from->c[i])
            to->c[i] = from->c[i];
}

void hd__vclock_copy(struct hd_vclock *to, const struct hd_vclock *from)
{
    component(to, from->n - 1);
    for (uint32_t i = 0; i < from->n; i++)
        to->c[i] = from->c[i];
}

void hd__vclock_tick(struct hd_task *t)
{
    *component(&t->clock, t->index) += 1;
    t->moment = ++hd__exec.moments;
}

/*
 * Speaks to TSan in the name of t.  Nobody can in that of another thread; it will
 * itself, which is only done for what it acquires.  Channels also release for
 * others: between threads TSan is not told of that.
 */
static void as(struct hd_task *t, void (*tell)(const void *key), const void *key)
{
    bool other = t != hd__cur && hd__cur != NULL;
    if (other && hd__exec.threads) {
        hd__thread_owe(t, key);
        return;
    }
    if (other)
        hd__tsan_fiber_switch(t->fiber->tsan);
    tell(key);
    if (other)
        hd__tsan_fiber_switch(hd__cur->fiber->tsan);
}

void hd__release_for(struct hd_task *t, struct hd_vclock *c)
{
    if (hd__exec.firing)
        return;
    if (hd__tsan_present() && (t == hd__cur || !hd__exec.threads))
        as(t, hd__tsan_release, c);
    /* What is released is everything up to the old time. */
    hd__vclock_tick(t);
    hd__vclock_join(c, &t->clock);
}

void hd__acquire_for(struct hd_task *t, struct hd_vclock *c)
{
    if (hd__exec.firing)
        return;
    if (hd__tsan_present())
        as(t, hd__tsan_acquire, c);
    hd__vclock_join(&t->clock, c);
}

/* On the main stack (before the first task runs) there is only TSan to tell. */
void hd__release(struct hd_vclock *c)
{
    if (hd__cur == NULL)
        hd__tsan_release(c);
    else
        hd__release_for(hd__cur, c);
}

void hd__acquire(struct hd_vclock *c)
{
    if (hd__cur == NULL)
        hd__tsan_acquire(c);
    else
        hd__acquire_for(hd__cur, c);
}
