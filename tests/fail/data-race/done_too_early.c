/*
 * A worker calls hd_wg_done() and then writes its result: main's read after the
 * wait races with the write in every schedule.  In the twin done is the last
 * thing that the worker does.
 */
#include <heddle/heddle.h>

struct job {
    hd_wg wg;
    int result;
};

static void done_first(void *arg)
{
    struct job *job = arg;
    hd_wg_done(&job->wg);
    job->result = 42;
}

static void done_last(void *arg)
{
    struct job *job = arg;
    job->result = 42;
    hd_wg_done(&job->wg);
}

static int run(hd_fn *worker)
{
    struct job *job = hd_alloc(sizeof(*job));
    hd_wg_add(&job->wg, 1);
    hd_go(worker, job);
    hd_wg_wait(&job->wg);
    return job->result;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(done_first);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_assert(run(done_last) == 42);
}

HD_SCENARIO(done_too_early) = {
    .name = "fail-data-race-done-too-early",
    .title = "a worker says that it is done before it writes its result",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
