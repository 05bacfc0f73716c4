/*
 * Bug 26: one condition variable for two conditions.
 *
 * Symptom: a bounded queue stops for ever although there is work to do.
 * Rule 1: each task's exit story; here it hangs on a wake-up that went elsewhere.
 * Look for: "not full" and "not empty" that share a condition variable, and a
 * signal, which wakes one waiter, whichever condition that one waits for.
 * Shows with: consumers >= 2 at capacity 1; items = 2 in some schedules, from 3 on
 * already in the plain run.  One consumer is benign: two tasks never wait at the
 * same time, so each signal wakes the right one.
 * Fixes: a condition variable for each condition; or broadcast (`fixed-broadcast`),
 * which wakes everybody and lets the loops sort it out.
 *
 *     consumer 1            consumer 2            producer
 *                           waits: empty
 *                                                 waits: full
 *     takes the item
 *     signals               is woken
 *     waits: empty          waits: empty          sleeps on
 */
#include <heddle/heddle.h>

enum { ITEMS, CONSUMERS, CAPACITY };

enum { CAPACITY_MAX = 2 };

/* What the variants do differently. */
struct wake_ups {
    bool split; /* not_full is a condition variable of its own */
    void (*wake)(hd_cond *);
};

struct queue {
    struct wake_ups how;
    hd_mutex mu; /* guards what follows */
    hd_cond not_empty;
    hd_cond not_full; /* only used if how.split */
    int64_t item[CAPACITY_MAX];
    int64_t count, capacity, taken;
    bool closed;
    /* For the scenario itself, outside the queue's lock. */
    hd_wg consumers;
    hd_work work;
};

static hd_cond *room(struct queue *q)
{
    return q->how.split ? &q->not_full : &q->not_empty;
}

static void queue_put(struct queue *q, int64_t item)
{
    hd_mutex_lock(&q->mu);
    while (q->count == q->capacity)
        hd_cond_wait(room(q), &q->mu);
    q->item[q->count++] = item;
    q->how.wake(&q->not_empty);
    hd_mutex_unlock(&q->mu);
}

/* The last one that was put; false when the queue is closed and empty. */
static bool queue_take(struct queue *q, int64_t *item)
{
    hd_mutex_lock(&q->mu);
    while (q->count == 0 && !q->closed)
        hd_cond_wait(&q->not_empty, &q->mu);
    bool any = q->count > 0;
    if (any) {
        *item = q->item[--q->count];
        q->taken += *item;
        q->how.wake(room(q)); /* BUG, if shared: may wake a consumer. */
    }
    hd_mutex_unlock(&q->mu);
    return any;
}

static void queue_close(struct queue *q)
{
    hd_mutex_lock(&q->mu);
    q->closed = true;
    hd_cond_broadcast(&q->not_empty);
    hd_mutex_unlock(&q->mu);
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void consume(void *arg)
{
    struct queue *q = arg;
    hd_defer(wg_done, &q->consumers);
    int64_t item;
    while (queue_take(q, &item))
        hd_work_done(&q->work);
}

static void check(struct wake_ups how, const struct hd_input *in)
{
    struct queue *q = hd_alloc(sizeof(*q));
    q->how = how;
    q->capacity = in->param[CAPACITY];
    for (int64_t i = 0; i < in->param[CONSUMERS]; i++) {
        hd_wg_add(&q->consumers, 1);
        hd_go(consume, q);
    }
    int64_t put = 0;
    for (int64_t i = 1; i <= in->param[ITEMS]; i++) {
        hd_work_submit(&q->work, 1);
        queue_put(q, i);
        put += i;
    }
    queue_close(q);
    hd_wg_wait(&q->consumers);
    hd_work_returned(&q->work);
    hd_assert(q->taken == put);
}

static void buggy(const struct hd_input *in)
{
    check((struct wake_ups){.split = false, .wake = hd_cond_signal}, in);
}

static void fixed(const struct hd_input *in)
{
    check((struct wake_ups){.split = true, .wake = hd_cond_signal}, in);
}

static void fixed_broadcast(const struct hd_input *in)
{
    check((struct wake_ups){.split = false, .wake = hd_cond_broadcast}, in);
}

HD_SCENARIO(lost_wakeup) = {
    .name = "26-lost-wakeup",
    .number = 26,
    .title = "a signal wakes a waiter of the wrong condition",
    .fix = "give each condition its own condition variable, or broadcast",
    .rules = {1},
    .params =
        {
            [ITEMS] = {"items", 0, 8, HD_LINEAR, 1, "what goes through the queue"},
            [CONSUMERS] = {"consumers", 1, 4, HD_LINEAR, 1, "tasks that take"},
            [CAPACITY] = {"capacity", 1, CAPACITY_MAX, HD_LINEAR, 1,
                          "items that the queue holds"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DEADLOCK},
             .help = "signals one condition variable for both"},
            {.name = "fixed", .run = fixed, .help = "has one for each condition"},
            {.name = "fixed-broadcast",
             .run = fixed_broadcast,
             .help = "wakes everybody"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
