/*
 * clock.c - virtual time: the sorted list of pending timers.
 */
#include "clock.h"

#include <stdlib.h>
#include <string.h>

#include "watch.h"

int64_t hd__deadline(int64_t d)
{
    int64_t sum;
    if (d < 0)
        d = 0;
    return __builtin_add_overflow(hd__exec.now_ns, d, &sum) ? HD_NEVER : sum;
}

static bool earlier(const struct hd_timer *a, const struct hd_timer *b)
{
    if (a->deadline_ns != b->deadline_ns)
        return a->deadline_ns < b->deadline_ns;
    return a->seq < b->seq;
}

static void room_for_one_more(struct hd_exec *x)
{
    if (x->timers < x->timers_capacity)
        return;
    x->timers_capacity = x->timers_capacity == 0 ? 16 : x->timers_capacity * 2;
    x->timer = realloc(x->timer, x->timers_capacity * sizeof(struct hd_timer *));
    if (x->timer == NULL)
        hd_die("no memory for %zu timers", x->timers_capacity);
}

void hd__timer_start(struct hd_timer *t, int64_t deadline_ns)
{
    struct hd_exec *x = &hd__exec;
    HD_CHECK(!t->pending);
    room_for_one_more(x);
    t->deadline_ns = deadline_ns;
    t->seq = ++x->timer_seq;
    t->pending = true;
    t->early_step = 0;
    size_t i = x->timers++;
    for (; i > 0 && earlier(t, x->timer[i - 1]); i--)
        x->timer[i] = x->timer[i - 1];
    x->timer[i] = t;
    if (x->strategy->timer_new != NULL)
        x->strategy->timer_new(t);
    hd__look_again();
}

void hd__timer_cancel(struct hd_timer *t)
{
    struct hd_exec *x = &hd__exec;
    if (!t->pending)
        return;
    size_t i = 0;
    while (x->timer[i] != t)
        i++;
    x->timers--;
    memmove(&x->timer[i], &x->timer[i + 1], (x->timers - i) * sizeof x->timer[0]);
    t->pending = false;
}

/* Fires everything that is due; a periodic timer re-arms beyond now. */
void hd__timers_due(void)
{
    struct hd_exec *x = &hd__exec;
    while (x->timers > 0 && x->timer[0]->deadline_ns <= x->now_ns &&
           x->timer[0]->deadline_ns != HD_NEVER) {
        if (hd__trace.next >= hd__trace.end)
            hd__stop(HD_OUTCOME_BUDGET);
        struct hd_timer *t = x->timer[0];
        hd__timer_cancel(t);
        hd__note(HD_OP_FIRE, t->maker, t->pc, t->seq);
        if (x->watched)
            hd__watch_timer(t);
        x->firing = true;
        t->fire(t);
        x->firing = false;
    }
}

/*
 * How far the clock would go if nobody can run: to the first timer that helps.
 * Firing a later one at once keeps the first one's task waiting as well.
 */
static int64_t idle_until(void)
{
    const struct hd_exec *x = &hd__exec;
    for (size_t i = 0; i < x->timers; i++) {
        const struct hd_timer *t = x->timer[i];
        if (t->awaited == NULL || t->awaited(t))
            return t->deadline_ns > x->now_ns ? t->deadline_ns : x->now_ns;
    }
    return x->now_ns;
}

void hd__timers_fire(uint32_t k)
{
    struct hd_exec *x = &hd__exec;
    if (k == 0)
        return;
    int64_t deadline = x->timer[k - 1]->deadline_ns;
    if (deadline == HD_NEVER)
        return;
    if (deadline > x->now_ns) {
        bool others = x->readies > 0 ||
                      (hd__cur != NULL && hd__cur->state == HD_TASK_RUNNING);
        if (others && deadline - x->now_ns > x->starvation_ns)
            x->starvation_ns = deadline - x->now_ns;
        int64_t fair = others ? x->now_ns : idle_until();
        if (deadline > fair)
            x->starved_ns += deadline - fair;
        x->now_ns = deadline;
    }
    hd__timers_due();
}

bool (*hd__idle)(bool last);

static bool to_next_timer(void)
{
    struct hd_exec *x = &hd__exec;
    for (size_t i = 0; i < x->timers; i++) {
        const struct hd_timer *t = x->timer[i];
        if (t->deadline_ns == HD_NEVER)
            break;
        if (t->awaited != NULL && !t->awaited(t))
            continue; /* a tick that nobody waits for is not progress */
        if (t->deadline_ns > x->now_ns)
            x->now_ns = t->deadline_ns;
        hd__timers_due();
        return true;
    }
    return false;
}

bool hd__clock_idle(void)
{
    if (hd__idle == NULL)
        return to_next_timer();
    return hd__idle(false) || to_next_timer() || hd__idle(true);
}
