/*
 * Bug 17: a task of an error group returns no error to stop its peers.
 *
 * Symptom: the answer is found, and the peers keep working all the same.
 * Rule 6: know the semantics of the error group: only an error cancels the
 * group's context.  NULL says "I am done, go on".
 * Look for: a `return NULL` in a group's task whose comment (or whose author)
 * means "stop".
 * Shows with: done = the 1-based number of an x that exists, xs >= 2, and a
 * peer that still has items to do when it is reached; no particular schedule is
 * needed, it is the data that decides.  done = 0 (none) and xs = 1 are benign.
 * Fixes: return a sentinel error, which the caller turns into NULL again; or
 * cancel explicitly (`fixed-cancel`).
 *
 * Each x has a few items, and the work on them asks the context before each of
 * them, as it should.  It is told to the oracle with hd_stop_wanted() and
 * hd_item_started(), which change no interleaving.
 */
#include <heddle/heddle.h>

enum { XS, DONE, ITEMS };

static const char err_stop[] = "stop signal";
static const char err_canceled[] = "context canceled";

/* What the tasks of one call share. */
struct call {
    hd_ctx *ctx;    /* of the group */
    hd_ctx *cancel; /* fixed-cancel: its parent */
    int64_t done;
    int64_t items; /* of each x */
    hd_stop stop;
};

/* What the task's closure captures. */
struct job {
    struct call *call;
    int64_t x; /* from 1 */
};

static bool done(const struct job *job)
{
    return job->x == job->call->done;
}

static const char *process(const struct job *job)
{
    struct call *call = job->call;
    for (int64_t i = 0; i < call->items; i++) {
        if (hd_ctx_err(call->ctx) != HD_CTX_OK)
            return err_canceled;
        hd_item_started(&call->stop);
        hd_sleep(HD_MS);
    }
    return NULL;
}

static const char *work_buggy(void *arg)
{
    struct job *job = arg;
    if (done(job)) {
        hd_stop_wanted(&job->call->stop, job->call->ctx);
        return NULL; /* BUG: intended to stop the peers. */
    }
    return process(job);
}

static const char *work_fixed(void *arg)
{
    struct job *job = arg;
    if (done(job)) {
        hd_stop_wanted(&job->call->stop, job->call->ctx);
        return err_stop;
    }
    return process(job);
}

static const char *work_cancel(void *arg)
{
    struct job *job = arg;
    if (done(job)) {
        hd_stop_wanted(&job->call->stop, job->call->ctx);
        hd_ctx_cancel(job->call->cancel);
        return NULL;
    }
    return process(job);
}

/* Starts a task for each x and returns the first error, like g.Wait(). */
static const char *run_all(struct call *call, hd_group_fn *work, hd_ctx *parent,
                           const struct hd_input *in)
{
    hd_group *g = hd_group_with_context(parent, &call->ctx);
    call->done = in->param[DONE];
    call->items = in->param[ITEMS];
    for (int64_t x = 1; x <= in->param[XS]; x++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->call = call;
        job->x = x;
        hd_group_go(g, work, job);
    }
    return hd_group_wait(g);
}

static void buggy(const struct hd_input *in)
{
    struct call *call = hd_alloc(sizeof(*call));
    hd_assert(run_all(call, work_buggy, hd_ctx_background(), in) == NULL);
}

static void fixed(const struct hd_input *in)
{
    struct call *call = hd_alloc(sizeof(*call));
    const char *err = run_all(call, work_fixed, hd_ctx_background(), in);
    if (err == err_stop)
        err = NULL;
    hd_assert(err == NULL);
}

static void fixed_cancel(const struct hd_input *in)
{
    struct call *call = hd_alloc(sizeof(*call));
    call->cancel = hd_ctx_with_cancel(hd_ctx_background());
    hd_defer(hd_ctx_cancel_deferred, call->cancel);
    const char *err = run_all(call, work_cancel, call->cancel, in);
    if (err == err_canceled && hd_ctx_err(call->cancel) == HD_CTX_CANCELED)
        err = NULL;
    hd_assert(err == NULL);
}

HD_SCENARIO(nil_to_stop) = {
    .name = "17-nil-to-stop",
    .number = 17,
    .title = "a task returns no error to stop its group, which stops nobody",
    .fix = "return a sentinel error that the caller turns into success",
    .rules = {6},
    .params =
        {
            [XS] = {"xs", 1, 4, HD_LINEAR, 1, "what there is to do, a task each"},
            [DONE] = {"done", 0, 4, HD_LINEAR, 1,
                      "which x is the one that ends it all; 0: none"},
            [ITEMS] = {"items", 1, 3, HD_LINEAR, 1, "items in each of the others"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_LATE_WORK},
             .help = "returns NULL to stop the others"},
            {.name = "fixed",
             .run = fixed,
             .help = "returns a sentinel error, mapped to NULL at the end"},
            {.name = "fixed-cancel",
             .run = fixed_cancel,
             .help = "cancels the context itself"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK) |
                HD_CLASS_BIT(HD_LATE_WORK),
};
