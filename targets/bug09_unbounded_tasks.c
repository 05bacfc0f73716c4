/*
 * Bug 9: a task per message, however many come.
 *
 * Symptom: under a burst from a backlog the consumer starts thousands of
 * tasks, and the process runs out of memory.
 * Rule 10: bound concurrency.
 * Look for: a hd_go() in a loop over input, with nothing that makes the loop
 * wait.  The rate of the input then says how many tasks there are.
 * Shows with: burst > bound; in every schedule when the handlers take time (or
 * else one may end before the next starts), whatever that time is.  burst = 0
 * is benign; bound is how many handlers the process can afford at once.
 * Fix: a pool of as many workers, which all range over the input.
 *
 * The burst is there before the consumer starts, which is what a backlog is.
 * The bound is said to the oracle with hd_expect_tasks_max(): main, which is
 * the consumer, and the handlers.  Handlers outlive the buggy consumer and end
 * by themselves: late, but no leak.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { BURST, BOUND, WORK };

enum { BURST_MAX = 16 };

struct msg {
    int64_t number; /* from 0 */
    char payload[256];
};

/* The process around the consumer. */
struct service {
    hd_chan *in; /* of struct msg */
    hd_duration work;
    atomic_int handled[BURST_MAX]; /* how many times, by number */
};

/* What the closures capture. */
struct handler {
    struct service *service;
    struct msg msg;
};

struct worker {
    struct service *service;
    hd_ctx *ctx;
};

static void handle(struct service *s, const struct msg *msg)
{
    hd_sleep(s->work);
    atomic_fetch_add_explicit(&s->handled[msg->number], 1, memory_order_relaxed);
}

static void handle_task(void *arg)
{
    struct handler *h = arg;
    handle(h->service, &h->msg);
}

/* `for msg := range in { go handle(msg) }` */
static void consumer_buggy(struct service *s)
{
    struct msg msg;
    while (hd_chan_recv(s->in, &msg)) {
        struct handler *h = hd_alloc(sizeof(*h));
        h->service = s;
        h->msg = msg;
        hd_go(handle_task, h); /* BUG: nothing holds the loop back. */
    }
}

static const char *worker(void *arg)
{
    struct worker *w = arg;
    struct msg msg;
    for (;;) {
        struct hd_case c[] = {HD_RECV(hd_ctx_done(w->ctx), NULL),
                              HD_RECV(w->service->in, &msg)};
        if (hd_select(c, 2) == 0)
            return "context canceled";
        if (!c[1].ok)
            return NULL;
        handle(w->service, &msg);
    }
}

static const char *consumer_fixed(hd_ctx *ctx, struct service *s, int64_t n)
{
    hd_group *g = hd_group_with_context(ctx, &ctx);
    struct worker *w = hd_alloc(sizeof(*w));
    w->service = s;
    w->ctx = ctx;
    for (int64_t i = 0; i < n; i++)
        hd_group_go(g, worker, w);
    return hd_group_wait(g);
}

/* A service with its backlog: all the messages, and no more to come. */
static struct service *service_new(const struct hd_input *in)
{
    struct service *s = hd_alloc(sizeof(*s));
    s->in = hd_chan_make(sizeof(struct msg), (size_t)in->param[BURST]);
    s->work = in->param[WORK];
    for (int64_t i = 0; i < in->param[BURST]; i++) {
        struct msg msg = {.number = i};
        hd_chan_send(s->in, &msg);
    }
    hd_chan_close(s->in);
    hd_expect_tasks_max((uint32_t)in->param[BOUND] + 1);
    return s;
}

static void buggy(const struct hd_input *in)
{
    consumer_buggy(service_new(in));
}

static void fixed(const struct hd_input *in)
{
    struct service *s = service_new(in);
    const char *err = consumer_fixed(hd_ctx_background(), s, in->param[BOUND]);
    hd_assert(!err);
    for (int64_t i = 0; i < in->param[BURST]; i++)
        hd_assert(atomic_load_explicit(&s->handled[i], memory_order_relaxed) == 1);
}

HD_SCENARIO(unbounded_tasks) = {
    .name = "09-unbounded-tasks",
    .number = 9,
    .title = "a task is started for each message of a burst",
    .fix = "let a fixed number of workers range over the input",
    .rules = {10},
    .params =
        {
            [BURST] = {"burst", 0, BURST_MAX, HD_LINEAR, 1, "messages that wait"},
            [BOUND] = {"bound", 1, 4, HD_LINEAR, 1, "handlers at a time"},
            [WORK] = {"work", 0, HD_SECOND, HD_LOG, HD_MS,
                      "time that a handler takes"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_UNBOUNDED_TASKS},
             .help = "one task per message"},
            {.name = "fixed", .run = fixed, .help = "a pool of workers"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK) |
                HD_CLASS_BIT(HD_UNBOUNDED_TASKS),
};
