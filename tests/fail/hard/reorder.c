/*
 * Twenty tasks in the wrong order.  Each takes a ticket off a pile if its own is on
 * top, which leaves the one of the task that was started before it.  So as many are
 * taken as tasks happen to come in falling order, the last one first.  They are
 * started in rising order, and it is believed that seven are the most:
 *
 *     task 12   ...   task 17   task 18   task 19
 *                                         takes 19
 *                               takes 18
 *                     takes 17
 *     takes 12
 *
 * To bring one task in front of another leads nowhere unless those behind it have
 * come already, and what the other twelve do does not matter.  The twin stops at
 * seven.
 */
#include "hard.h"

enum { TASKS = 20, TAKEN_MAX = 7 };

struct pile {
    atomic_int top;
    int end; /* the lowest ticket that may be taken */
};

struct taker {
    struct pile *p;
    int ticket;
};

static void taker(void *arg)
{
    const struct taker *t = arg;
    hard_work(1);
    int top = t->ticket + 1;
    if (t->ticket >= t->p->end)
        atomic_compare_exchange_strong(&t->p->top, &top, t->ticket);
}

static void run(int end)
{
    struct pile *p = hd_alloc(sizeof *p);
    hd_task *task[TASKS];
    p->end = end;
    atomic_store(&p->top, TASKS);
    for (int i = 0; i < TASKS; i++) {
        struct taker *t = hd_alloc(sizeof *t);
        *t = (struct taker){p, i};
        task[i] = hd_go(taker, t);
    }
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
    hd_assert(TASKS - atomic_load(&p->top) <= TAKEN_MAX);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(TASKS - TAKEN_MAX);
}

HD_SCENARIO(reorder) = {
    .name = "hard-reorder",
    .title = "twenty tasks take tickets in an order that nobody expects",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
