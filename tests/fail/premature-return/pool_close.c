/*
 * A pool whose close() only closes the channel of jobs: it returns while the
 * worker still has some to do, unless the schedule happens to let the worker
 * finish first.  The twin's close() waits for the worker.
 */
#include <heddle/heddle.h>

struct pool {
    hd_chan *jobs;
    hd_wg wg;
    hd_work work;
};

static void worker(void *arg)
{
    struct pool *p = arg;
    while (hd_chan_recv(p->jobs, NULL))
        hd_work_done(&p->work);
    hd_wg_done(&p->wg);
}

static struct pool *pool_with_jobs(int jobs)
{
    struct pool *p = hd_alloc(sizeof(*p));
    p->jobs = hd_chan_make(0, (size_t)jobs);
    hd_wg_add(&p->wg, 1);
    hd_go(worker, p);
    for (int i = 0; i < jobs; i++) {
        hd_work_submit(&p->work, 1);
        hd_chan_send(p->jobs, NULL);
    }
    return p;
}

static void buggy(const struct hd_input *in)
{
    struct pool *p = pool_with_jobs(2);
    (void)in;
    hd_chan_close(p->jobs);
    hd_work_returned(&p->work);
}

static void fixed(const struct hd_input *in)
{
    struct pool *p = pool_with_jobs(2);
    (void)in;
    hd_chan_close(p->jobs);
    hd_wg_wait(&p->wg);
    hd_work_returned(&p->work);
}

HD_SCENARIO(pool_close) = {
    .name = "fail-premature-return-pool-close",
    .title = "closing a pool does not wait for its jobs",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_PREMATURE_RETURN}},
            {.name = "fixed", .run = fixed},
        },
};
