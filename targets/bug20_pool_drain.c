/*
 * Bug 20: a worker pool whose Close does not drain it.
 *
 * Symptom: Close returns at once; jobs are still queued or running, and the
 * caller goes on as if they were done.
 * Rule 1: the exit story of a pool includes its drain.
 * Look for: a Close that closes the channel of jobs and nothing else.  That
 * lets the workers end; it does not wait until they have.
 * Shows with: jobs >= 1 (jobs = 0 is benign), already in the plain run.
 * Fix: Close waits for the workers.
 *
 * A Close with a context bounds the wait, and says so by its error: it then
 * promises nothing about the jobs.  The page's form (`close-ctx`) is not
 * complete, because giving up stops nobody: if a job never ends (`hangs`), its
 * worker and the task that waits on Close's behalf are there for ever.  The
 * complete one (`fixed-ctx`) cancels the jobs when its patience is over, and
 * then waits: a short wait, as jobs watch the pool's context.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { JOBS, WORKERS, BUFFER, HANGS };

static const hd_duration patience = 100 * HD_MS; /* of a caller of Close */

struct pool {
    hd_chan *jobs; /* of int64_t, the number of the job */
    hd_wg wg;      /* the workers; not in `buggy` */
    hd_work work;  /* what Close promises: all of it is done */
    atomic_int done;
    int64_t stuck;  /* the job whose reply never comes; 0: none */
    hd_chan *reply; /* what that job waits for */
    hd_ctx *ctx;    /* the jobs' context: the pool's own in `fixed-ctx` */
    hd_chan *idle;  /* Close(ctx): closed when the workers have ended */
};

/* The stuck job waits for a reply, and for the context that it was given. */
static void handle(struct pool *p, int64_t job)
{
    if (job == p->stuck) {
        struct hd_case c[] = {HD_RECV(p->reply, NULL),
                              HD_RECV(hd_ctx_done(p->ctx), NULL)};
        hd_select(c, 2);
        return;
    }
    hd_sleep(HD_MS);
    atomic_fetch_add(&p->done, 1);
}

/* `for job := range p.jobs` */
static void work(struct pool *p)
{
    int64_t job;
    while (hd_chan_recv(p->jobs, &job)) {
        handle(p, job);
        hd_work_done(&p->work);
    }
}

static void worker_buggy(void *arg)
{
    work(arg);
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void worker_fixed(void *arg)
{
    struct pool *p = arg;
    hd_defer(wg_done, &p->wg);
    work(p);
}

static struct pool *pool_new(const struct hd_input *in)
{
    struct pool *p = hd_alloc(sizeof(*p));
    p->jobs = hd_chan_make(sizeof(int64_t), (size_t)in->param[BUFFER]);
    p->reply = hd_chan_make(0, 0);
    p->idle = hd_chan_make(0, 0);
    p->ctx = hd_ctx_background();
    return p;
}

static void pool_start_buggy(struct pool *p, int64_t workers)
{
    for (int64_t i = 0; i < workers; i++)
        hd_go(worker_buggy, p);
}

static void pool_start_fixed(struct pool *p, int64_t workers)
{
    for (int64_t i = 0; i < workers; i++) {
        hd_wg_add(&p->wg, 1);
        hd_go(worker_fixed, p);
    }
}

static void pool_submit(struct pool *p, int64_t job)
{
    hd_work_submit(&p->work, 1);
    hd_chan_send(p->jobs, &job);
}

static void pool_close_buggy(struct pool *p)
{
    hd_chan_close(p->jobs); /* BUG: the workers will end, some time. */
    hd_work_returned(&p->work);
}

static void pool_close_fixed(struct pool *p)
{
    hd_chan_close(p->jobs);
    hd_wg_wait(&p->wg);
    hd_work_returned(&p->work);
}

/* Close's own task: turns the end of the workers into a channel. */
static void await_workers(void *arg)
{
    struct pool *p = arg;
    hd_wg_wait(&p->wg);
    hd_chan_close(p->idle);
}

/* Whether the workers ended before the context did. */
static bool idle_before(struct pool *p, hd_ctx *ctx)
{
    struct hd_case c[] = {HD_RECV(p->idle, NULL), HD_RECV(hd_ctx_done(ctx), NULL)};
    return hd_select(c, 2) == 0;
}

/* The page's Close with a context. */
static enum hd_ctx_error pool_close_ctx(hd_ctx *ctx, struct pool *p)
{
    hd_chan_close(p->jobs);
    hd_go(await_workers, p);
    if (!idle_before(p, ctx))
        return hd_ctx_err(ctx); /* BUG: leaves everybody where they are. */
    hd_work_returned(&p->work);
    return HD_CTX_OK;
}

/* The complete one: nothing of the pool is left, whatever it returns. */
static enum hd_ctx_error pool_close_cancel(hd_ctx *ctx, struct pool *p)
{
    enum hd_ctx_error err = HD_CTX_OK;
    hd_chan_close(p->jobs);
    hd_go(await_workers, p);
    if (!idle_before(p, ctx)) {
        err = hd_ctx_err(ctx);
        hd_ctx_cancel(p->ctx);
        hd_chan_recv(p->idle, NULL);
    }
    hd_work_returned(&p->work);
    return err;
}

static void submit_all(struct pool *p, const struct hd_input *in)
{
    for (int64_t job = 1; job <= in->param[JOBS]; job++)
        pool_submit(p, job);
}

static void buggy(const struct hd_input *in)
{
    struct pool *p = pool_new(in);
    pool_start_buggy(p, in->param[WORKERS]);
    submit_all(p, in);
    pool_close_buggy(p);
}

static void fixed(const struct hd_input *in)
{
    struct pool *p = pool_new(in);
    pool_start_fixed(p, in->param[WORKERS]);
    submit_all(p, in);
    pool_close_fixed(p);
    hd_assert(atomic_load(&p->done) == in->param[JOBS]);
}

/* Closes within its patience; no error means that every job is done. */
static void check_close(struct pool *p, const struct hd_input *in,
                        enum hd_ctx_error (*pool_close)(hd_ctx *, struct pool *))
{
    /* The last one, or the submitter would hang before Close is called. */
    p->stuck = in->param[HANGS] ? in->param[JOBS] : 0;
    pool_start_fixed(p, in->param[WORKERS]);
    submit_all(p, in);
    hd_ctx *ctx = hd_ctx_with_timeout(hd_ctx_background(), patience);
    hd_defer(hd_ctx_cancel_deferred, ctx);
    enum hd_ctx_error err = pool_close(ctx, p);
    hd_log("close: error %d", (int)err);
    if (err == HD_CTX_OK)
        hd_assert(atomic_load(&p->done) == in->param[JOBS]);
}

static void close_ctx(const struct hd_input *in)
{
    check_close(pool_new(in), in, pool_close_ctx);
}

static void fixed_ctx(const struct hd_input *in)
{
    struct pool *p = pool_new(in);
    p->ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_defer(hd_ctx_cancel_deferred, p->ctx);
    check_close(p, in, pool_close_cancel);
}

HD_SCENARIO(pool_drain) = {
    .name = "20-pool-drain",
    .number = 20,
    .title = "a pool's Close returns while its jobs still run",
    .fix = "Close waits for the workers after closing the channel of jobs",
    .rules = {1},
    .params =
        {
            [JOBS] = {"jobs", 0, 4, HD_LINEAR, 1, "jobs that are submitted"},
            [WORKERS] = {"workers", 1, 3, HD_LINEAR, 1, "workers of the pool"},
            [BUFFER] = {"buffer", 0, 4, HD_LINEAR, 1, "jobs that can queue"},
            [HANGS] = {"hangs", 0, 1, HD_LINEAR, 1,
                       "whether the last job waits for a reply that never comes "
                       "(variants close-ctx and fixed-ctx)"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_PREMATURE_RETURN},
             .help = "Close only closes"},
            {.name = "close-ctx",
             .run = close_ctx,
             .expect = {HD_TASK_LEAK},
             .help = "the page's Close with a context, and a job that hangs"},
            {.name = "fixed", .run = fixed, .help = "Close waits for the workers"},
            {.name = "fixed-ctx",
             .run = fixed_ctx,
             .help = "gives up by cancelling the jobs, and waits for that"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
