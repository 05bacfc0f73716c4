/*
 * Bug 4: Done at the end of the task instead of deferred.
 *
 * Symptom: Wait hangs for ever, on some data only.
 * Rule 2: Done is deferred, first thing in the task.
 * Look for: a return (or a panic) between the start of the task and its Done.
 * The counter then stays at the number of tasks that left early.
 * Shows with: bad = the 1-based number of an item that exists; no particular
 * schedule is needed, the data does it.  bad = 0 is benign.
 * Fix: hd_defer() the Done, so that every way out passes it.
 */
#include <heddle/heddle.h>

enum { ITEMS, BAD };

struct item {
    int64_t number; /* from 1 */
    bool bad;
    bool processed;
};

struct job {
    hd_wg *wg;
    struct item *item;
};

static bool process(struct item *item)
{
    if (item->bad)
        return false;
    item->processed = true;
    return true;
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void worker_buggy(void *arg)
{
    struct job *job = arg;
    if (!process(job->item)) {
        hd_log("item %d failed", (int)job->item->number);
        return; /* BUG: leaves without Done. */
    }
    hd_wg_done(job->wg);
}

static void worker_fixed(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, job->wg);
    if (!process(job->item)) {
        hd_log("item %d failed", (int)job->item->number);
        return;
    }
}

static void process_all(hd_fn *worker, struct item *items, int64_t n)
{
    hd_wg *wg = hd_alloc(sizeof(*wg));
    for (int64_t i = 0; i < n; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->wg = wg;
        job->item = &items[i];
        hd_wg_add(wg, 1);
        hd_go(worker, job);
    }
    hd_wg_wait(wg);
}

static void check(hd_fn *worker, const struct hd_input *in)
{
    int64_t n = in->param[ITEMS];
    struct item *items = hd_alloc((size_t)n * sizeof(*items));
    for (int64_t i = 0; i < n; i++) {
        items[i].number = i + 1;
        items[i].bad = i + 1 == in->param[BAD];
    }
    process_all(worker, items, n);
    for (int64_t i = 0; i < n; i++)
        hd_assert(items[i].processed == !items[i].bad);
}

static void buggy(const struct hd_input *in)
{
    check(worker_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(worker_fixed, in);
}

HD_SCENARIO(done_not_deferred) = {
    .name = "04-done-not-deferred",
    .number = 4,
    .title = "an early return skips WaitGroup.Done",
    .fix = "defer Done as the first thing that the task does",
    .rules = {2},
    .params =
        {
            [ITEMS] = {"items", 1, 4, HD_LINEAR, 1, "items to process"},
            [BAD] = {"bad", 0, 4, HD_LINEAR, 1,
                     "which item takes the early return; 0: none"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DEADLOCK},
             .help = "Done is the last statement"},
            {.name = "fixed", .run = fixed, .help = "Done is deferred"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
