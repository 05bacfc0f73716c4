/*
 * Bug 22: one WaitGroup for batch after batch.
 *
 * Symptom: now and then a race on the WaitGroup's state, or the panic that it
 * "is reused before previous Wait has returned".
 * Rule 2: a WaitGroup is reused only after every Wait on it has returned.
 * Look for: a WaitGroup that outlives its batch, and a second task that waits
 * on it.  The loop knows that its own Wait is over when it starts the next
 * batch; of another task's Wait it knows nothing.
 * Shows with: waiters >= 2 and batches >= 2, in any schedule (the Add of the
 * next batch and the other Wait are not ordered).  One waiter is benign: as the
 * page prints it the code is correct, which `as-printed` shows.
 * Fix: a fresh WaitGroup per batch; or an error group per batch.
 */
#include <heddle/heddle.h>

enum { WAITERS, BATCHES };

enum { ITEMS = 2 }; /* per batch */

struct item {
    bool processed;
};

/* What the closures of a batch capture. */
struct batch {
    hd_wg *wg;
    hd_group *group; /* fixed-errgroup, instead */
    struct item item[ITEMS];
};

struct job {
    struct batch *batch;
    struct item *item;
};

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void process(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, job->batch->wg);
    job->item->processed = true;
}

static const char *process_in_group(void *arg)
{
    struct job *job = arg;
    job->item->processed = true;
    return NULL;
}

/* Another task that wants to know when the batch is done, for its log. */
static void follow(void *arg)
{
    struct batch *batch = arg;
    if (batch->group != NULL)
        hd_group_wait(batch->group);
    else
        hd_wg_wait(batch->wg);
    hd_log("a batch is done");
}

static struct job *job_new(struct batch *batch, int i)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->batch = batch;
    job->item = &batch->item[i];
    return job;
}

static void start_followers(struct batch *batch, int64_t waiters)
{
    for (int64_t i = 1; i < waiters; i++)
        hd_go(follow, batch);
}

static void check(const struct batch *batch)
{
    for (int i = 0; i < ITEMS; i++)
        hd_assert(batch->item[i].processed);
}

/* One turn of the loop over batches; the caller is the first waiter. */
static void run_batch(hd_wg *wg, int64_t waiters)
{
    struct batch *batch = hd_alloc(sizeof(*batch));
    batch->wg = wg;
    for (int i = 0; i < ITEMS; i++) {
        hd_wg_add(batch->wg, 1);
        hd_go(process, job_new(batch, i));
    }
    start_followers(batch, waiters);
    hd_wg_wait(batch->wg);
    check(batch);
}

static void as_printed(const struct hd_input *in)
{
    hd_wg *wg = hd_alloc(sizeof(*wg));
    for (int64_t i = 0; i < in->param[BATCHES]; i++)
        run_batch(wg, 1);
}

static void buggy(const struct hd_input *in)
{
    hd_wg *wg = hd_alloc(sizeof(*wg));
    for (int64_t i = 0; i < in->param[BATCHES]; i++)
        run_batch(wg, in->param[WAITERS]); /* BUG: the same one again. */
}

static void fixed(const struct hd_input *in)
{
    for (int64_t i = 0; i < in->param[BATCHES]; i++) {
        hd_wg *wg = hd_alloc(sizeof(*wg));
        run_batch(wg, in->param[WAITERS]);
    }
}

static void fixed_errgroup(const struct hd_input *in)
{
    for (int64_t i = 0; i < in->param[BATCHES]; i++) {
        struct batch *batch = hd_alloc(sizeof(*batch));
        hd_ctx *ctx;
        batch->group = hd_group_with_context(hd_ctx_background(), &ctx);
        for (int k = 0; k < ITEMS; k++)
            hd_group_go(batch->group, process_in_group, job_new(batch, k));
        start_followers(batch, in->param[WAITERS]);
        hd_assert(hd_group_wait(batch->group) == NULL);
        check(batch);
    }
}

HD_SCENARIO(waitgroup_reuse) = {
    .name = "22-waitgroup-reuse",
    .number = 22,
    .title = "a WaitGroup is reused while a task may still be in its Wait",
    .fix = "a fresh WaitGroup, or an error group, for each batch",
    .rules = {2},
    .params =
        {
            [WAITERS] = {"waiters", 1, 3, HD_LINEAR, 1,
                         "tasks that wait for a batch, the loop itself included "
                         "(not variant as-printed, which has one)"},
            [BATCHES] = {"batches", 1, 3, HD_LINEAR, 1, "batches, one by one"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_WAITGROUP_MISUSE},
             .help = "one group for all batches, and several waiters"},
            {.name = "as-printed",
             .run = as_printed,
             .help = "one group for all batches, one waiter: correct"},
            {.name = "fixed", .run = fixed, .help = "a fresh group per batch"},
            {.name = "fixed-errgroup",
             .run = fixed_errgroup,
             .help = "an error group per batch"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
