/*
 * Bug 1: the task counts itself.
 *
 * Symptom: process_all() returns although items are still being worked on, or
 * have not even been looked at.
 * Rule 2: Add belongs to the parent, before the task is started.
 * Look for: an Add inside the task.  Wait sees 0 as long as no task has got
 * there, and 0 means "all done".  Even when the tasks win and the count comes
 * out right, the Add that starts from 0 is not ordered before the Wait.
 * Shows with: items >= 1, already in the plain run (a spawn does not switch).
 * Fix: move the Add before hd_go().
 *
 * The promise "when I return, all is processed" is said to the oracle with
 * hd_work_*(); those calls change no interleaving.
 */
#include <heddle/heddle.h>

enum { ITEMS };

struct item {
    int64_t input, output;
};

/* What the tasks of one process_all() share; they may outlive it. */
struct call {
    hd_wg wg;
    hd_work work;
};

/* What the task's closure captures. */
struct job {
    struct call *call;
    struct item *item;
};

static void process(struct item *item)
{
    item->output = item->input * item->input;
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static struct job *job_new(struct call *call, struct item *item)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->call = call;
    job->item = item;
    return job;
}

static void worker_buggy(void *arg)
{
    struct job *job = arg;
    hd_wg_add(&job->call->wg, 1); /* BUG: Wait may have looked already. */
    hd_defer(wg_done, &job->call->wg);
    process(job->item);
    hd_work_done(&job->call->work);
}

static void process_all_buggy(struct item *items, int64_t n)
{
    struct call *call = hd_alloc(sizeof(*call));
    hd_work_submit(&call->work, (uint32_t)n);
    for (int64_t i = 0; i < n; i++)
        hd_go(worker_buggy, job_new(call, &items[i]));
    hd_wg_wait(&call->wg);
    hd_work_returned(&call->work);
}

static void worker_fixed(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, &job->call->wg);
    process(job->item);
    hd_work_done(&job->call->work);
}

static void process_all_fixed(struct item *items, int64_t n)
{
    struct call *call = hd_alloc(sizeof(*call));
    hd_work_submit(&call->work, (uint32_t)n);
    for (int64_t i = 0; i < n; i++) {
        hd_wg_add(&call->wg, 1);
        hd_go(worker_fixed, job_new(call, &items[i]));
    }
    hd_wg_wait(&call->wg);
    hd_work_returned(&call->work);
}

static struct item *items_new(int64_t n)
{
    struct item *items = hd_alloc((size_t)n * sizeof(*items));
    for (int64_t i = 0; i < n; i++)
        items[i].input = i + 1;
    return items;
}

static void buggy(const struct hd_input *in)
{
    int64_t n = in->param[ITEMS];
    process_all_buggy(items_new(n), n);
}

static void fixed(const struct hd_input *in)
{
    int64_t n = in->param[ITEMS];
    struct item *items = items_new(n);
    process_all_fixed(items, n);
    for (int64_t i = 0; i < n; i++)
        hd_assert(items[i].output == (i + 1) * (i + 1));
}

HD_SCENARIO(add_inside) = {
    .name = "01-add-inside",
    .number = 1,
    .title = "WaitGroup.Add is called by the task that it counts",
    .fix = "call Add in the parent, before the task is started",
    .rules = {2},
    .params =
        {
            [ITEMS] = {"items", 0, 4, HD_LINEAR, 1, "items to process"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_PREMATURE_RETURN, HD_WAITGROUP_MISUSE},
             .help = "each task adds itself to the group"},
            {.name = "fixed", .run = fixed, .help = "the parent adds each task"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
