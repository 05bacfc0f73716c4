/*
 * Bug 8: a child that is given the background context.
 *
 * Symptom: after a cancel (a shutdown, say, or the failure of another item)
 * process() goes on until all the work is done.  Slow shutdown.
 * Rule 4: thread the context through.
 * Look for: hd_ctx_background() below a function that was given a context, and
 * a group whose context nobody uses.
 * Shows with: work longer than the cancel by more than the bound; or work
 * longer than the bound, two items, and a bad one.  cancel = 0 (never) with
 * bad = 0 (none) is benign, and so is work = 0.  No particular schedule.
 * Fix: take the group's context and hand it to the work.
 *
 * The promise "I return within BOUND of the cancel" is said to the oracle with
 * hd_expect_return(); that changes no interleaving.  It names the group's
 * context, since that one is done for either reason: it is the caller's child,
 * and the first error cancels it.
 */
#include <heddle/heddle.h>

enum { WORK, CANCEL, ITEMS, BAD };

#define BOUND (10 * HD_MS)

static const char err_bad_item[] = "bad item";
static const char err_canceled[] = "context canceled";

struct item {
    hd_duration work;
    bool bad;
    bool done;
};

typedef const char *process_fn(hd_ctx *ctx, struct item *items, int64_t n);

/* Takes its time, unless ctx is done before: it is not to blame. */
static const char *work(hd_ctx *ctx, struct item *item)
{
    if (item->bad)
        return err_bad_item;
    hd_timer *timer = hd_timer_new(item->work);
    struct hd_case c[] = {HD_RECV(hd_timer_chan(timer), NULL),
                          HD_RECV(hd_ctx_done(ctx), NULL)};
    if (hd_select(c, 2) == 1) {
        hd_timer_stop(timer);
        return err_canceled;
    }
    item->done = true;
    return NULL;
}

static const char *work_buggy(void *item)
{
    return work(hd_ctx_background(), item); /* BUG: not what process() was given. */
}

/* `g, _ := errgroup.WithContext(ctx)`: unused is for the oracle alone. */
static const char *process_buggy(hd_ctx *ctx, struct item *items, int64_t n)
{
    hd_ctx *unused;
    hd_group *g = hd_group_with_context(ctx, &unused);
    hd_deadline_watch watch = hd_expect_return(unused, BOUND);
    for (int64_t i = 0; i < n; i++)
        hd_group_go(g, work_buggy, &items[i]);
    const char *err = hd_group_wait(g);
    hd_expect_returned(&watch);
    return err;
}

/* What the closure of the fix captures. */
struct job {
    hd_ctx *ctx;
    struct item *item;
};

static struct job *job_new(hd_ctx *ctx, struct item *item)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->ctx = ctx;
    job->item = item;
    return job;
}

static const char *work_fixed(void *arg)
{
    struct job *job = arg;
    return work(job->ctx, job->item);
}

static const char *process_fixed(hd_ctx *ctx, struct item *items, int64_t n)
{
    hd_group *g = hd_group_with_context(ctx, &ctx);
    hd_deadline_watch watch = hd_expect_return(ctx, BOUND);
    for (int64_t i = 0; i < n; i++)
        hd_group_go(g, work_fixed, job_new(ctx, &items[i]));
    const char *err = hd_group_wait(g);
    hd_expect_returned(&watch);
    return err;
}

/* The caller's side: somebody may cancel it after a while. */
struct canceller {
    hd_ctx *ctx;
    hd_duration after;
};

static void cancel_later(void *arg)
{
    struct canceller *c = arg;
    hd_sleep(c->after);
    hd_ctx_cancel(c->ctx);
}

/* No error means that all was done; an error is one that there can be. */
static void check_result(const char *err, const struct item *items,
                         const struct hd_input *in)
{
    bool bad = false, undone = false;
    for (int64_t i = 0; i < in->param[ITEMS]; i++) {
        bad |= items[i].bad;
        undone |= !items[i].done;
    }
    if (!err)
        hd_assert(!undone);
    else if (err == err_bad_item)
        hd_assert(bad);
    else
        hd_assert(err == err_canceled && in->param[CANCEL] > 0);
}

static void check(process_fn *process, const struct hd_input *in)
{
    hd_ctx *ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_defer(hd_ctx_cancel_deferred, ctx);
    if (in->param[CANCEL] > 0) {
        struct canceller *c = hd_alloc(sizeof(*c));
        c->ctx = ctx;
        c->after = in->param[CANCEL];
        hd_go(cancel_later, c);
    }
    int64_t n = in->param[ITEMS];
    struct item *items = hd_alloc((size_t)n * sizeof(*items));
    for (int64_t i = 0; i < n; i++) {
        items[i].work = in->param[WORK];
        items[i].bad = i + 1 == in->param[BAD];
    }
    check_result(process(ctx, items, n), items, in);
}

static void buggy(const struct hd_input *in)
{
    check(process_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(process_fixed, in);
}

HD_SCENARIO(background_in_child) = {
    .name = "08-background-in-child",
    .number = 8,
    .title = "the work of a group runs under the background context",
    .fix = "capture the group's context and hand it to the work",
    .rules = {4},
    .params =
        {
            [WORK] = {"work", 0, HD_SECOND, HD_LOG, HD_MS,
                      "time that each item takes"},
            [CANCEL] = {"cancel", 0, HD_SECOND, HD_LOG, HD_MS,
                        "when the cancel lands; 0: never"},
            [ITEMS] = {"items", 1, 4, HD_LINEAR, 1, "items to process"},
            [BAD] = {"bad", 0, 4, HD_LINEAR, 1, "which item fails; 0: none"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_IGNORED_CANCEL},
             .help = "the work gets the background context"},
            {.name = "fixed", .run = fixed, .help = "it gets the group's"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK) |
                HD_CLASS_BIT(HD_IGNORED_CANCEL),
};
