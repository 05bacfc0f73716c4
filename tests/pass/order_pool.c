/*
 * Jobs get plain memory with their submit and leave their result there; close is
 * ordered after all of them.  A job submits another one.  A job's deferred calls
 * run at its end, and one that panics and recovers costs no worker.
 */
#include <heddle/heddle.h>

enum { JOBS = 3 };

struct shared {
    hd_pool *pool;
    hd_wg submitted;
    int in[JOBS + 1], out[JOBS + 1];
    int recovered;
};

struct job {
    struct shared *shared;
    int i;
};

static void compute(void *arg)
{
    struct job *job = arg;
    job->shared->out[job->i] = 2 * job->shared->in[job->i];
}

static void submit(struct shared *s, int i)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->shared = s;
    job->i = i;
    s->in[i] = i;
    hd_pool_submit(s->pool, compute, job);
}

static void recover(void *arg)
{
    struct shared *s = arg;
    s->recovered = hd_recover(NULL);
}

static void submit_one_more(void *arg)
{
    struct shared *s = arg;
    hd_defer(recover, s);
    submit(s, JOBS);
    hd_wg_done(&s->submitted);
    hd_panic("a job");
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->pool = hd_pool_make(2, 1);
    hd_wg_add(&s->submitted, 1);
    hd_pool_submit(s->pool, submit_one_more, s);
    for (int i = 0; i < JOBS; i++)
        submit(s, i);
    hd_wg_wait(&s->submitted);
    hd_pool_close(s->pool);
    for (int i = 0; i <= JOBS; i++)
        hd_assert(s->out[i] == 2 * i);
    hd_assert(s->recovered);
}

HD_SCENARIO(order_pool) = {
    .name = "pass-order-pool",
    .title = "submit is ordered before its job, all jobs before close",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
