/*
 * time.c - sleep, timers and tickers over the engine's virtual clock.
 */
#include <heddle/time.h>

#include <heddle/panic.h>

#include "../engine/clock.h"
#include "../engine/watch.h"
#include "chan.h"
#include "time.h"

struct hd_timer_handle {
    struct hd_timer timer; /* must come first: fire() casts back */
    struct hd_chan *ch;
    hd_duration period;     /* 0: one-shot */
    struct hd_vclock clock; /* what was done before it was started */
};

/* ---- sleep ---- */

struct sleeper {
    struct hd_timer timer; /* must come first */
    struct hd_task *task;
};

static void wake_sleeper(struct hd_timer *t)
{
    hd__wake(((struct sleeper *)t)->task);
}

void hd_sleep(hd_duration d)
{
    struct hd_task *self = hd__self("hd_sleep");
    HD_POINT(SLEEP, 0);
    HD_WATCH("for %g ms", (double)d / HD_MS);
    if (d <= 0) {
        hd__yield();
        return;
    }
    struct sleeper *s = hd_arena_alloc(&hd__exec.arena, sizeof *s);
    s->task = self;
    s->timer.fire = wake_sleeper;
    s->timer.what = "sleep";
    s->timer.pc = self->op.pc;
    s->timer.maker = self;
    hd__timer_start(&s->timer, hd__deadline(d));
    hd__block(NULL);
}

hd_duration hd__now(const void *pc, const void *frame)
{
    hd__point(HD_OP_NOW, 0, pc, frame);
    hd__exec.now_ns += HD_US;
    hd__timers_due();
    return hd__exec.now_ns;
}

hd_duration hd_now(void)
{
    hd__self("hd_now");
    return hd__now(__builtin_return_address(0), __builtin_frame_address(0));
}

/* ---- timers with a channel ---- */

/* Sends the time without blocking: the buffer of one is full or it is not. */
static void fire(struct hd_timer *t)
{
    struct hd_timer_handle *h = (struct hd_timer_handle *)t;
    hd_duration now = hd__exec.now_ns, due = t->deadline_ns;
    if (!h->ch->closed && hd__chan_can(h->ch, true))
        hd__chan_do_send(h->ch, &due);
    if (h->period > 0) {
        hd_duration missed = (now - t->deadline_ns) / h->period;
        int64_t next;
        if (__builtin_add_overflow(t->deadline_ns + missed * h->period, h->period,
                                   &next))
            next = HD_NEVER;
        hd__timer_start(t, next);
    }
}

static bool awaited(const struct hd_timer *t)
{
    return ((const struct hd_timer_handle *)t)->ch->receivers.first != NULL;
}

static hd_timer *make(hd_duration d, hd_duration period, const char *what)
{
    struct hd_task *self = hd__cur;
    HD_WATCH("%s, %g ms", what, (double)d / HD_MS);
    struct hd_timer_handle *h = hd_arena_alloc(&hd__exec.arena, sizeof *h);
    h->ch = hd__chan_new(sizeof(hd_duration), 1, (void *)self->op.pc);
    h->period = period;
    h->timer.fire = fire;
    h->timer.awaited = period > 0 ? awaited : NULL;
    h->timer.leaks = true;
    h->timer.what = what;
    h->timer.pc = self->op.pc;
    h->timer.maker = self;
    h->ch->source = &h->clock;
    hd__release(&h->clock);
    hd__timer_start(&h->timer, hd__deadline(d));
    return &h->timer;
}

hd_timer *hd_timer_new(hd_duration d)
{
    hd__self("hd_timer_new");
    HD_POINT(TIMER_NEW, 0);
    return make(d, 0, "timer");
}

hd_timer *hd_ticker_new(hd_duration period)
{
    hd__self("hd_ticker_new");
    HD_CHECK(period > 0);
    HD_POINT(TIMER_NEW, 0);
    return make(period, period, "ticker");
}

hd_chan *hd_after(hd_duration d)
{
    hd__self("hd_after");
    HD_POINT(TIMER_NEW, 0);
    return hd_timer_chan(make(d, 0, "timer"));
}

hd_chan *hd_timer_chan(hd_timer *t)
{
    return ((struct hd_timer_handle *)t)->ch;
}

bool hd_timer_stop(hd_timer *t)
{
    hd__self("hd_timer_stop");
    HD_POINT(TIMER_STOP, 0);
    bool was = t->pending;
    hd__timer_cancel(t);
    return was;
}

bool hd_timer_reset(hd_timer *t, hd_duration d)
{
    hd__self("hd_timer_reset");
    HD_POINT(TIMER_RESET, 0);
    HD_WATCH("%g ms", (double)d / HD_MS);
    struct hd_timer_handle *h = (struct hd_timer_handle *)t;
    bool was = t->pending;
    hd__timer_cancel(t);
    if (h->period > 0 && d <= 0)
        hd_panic("non-positive interval for a ticker");
    if (h->period > 0)
        h->period = d;
    hd__release(&h->clock);
    hd__timer_start(t, hd__deadline(d));
    return was;
}
