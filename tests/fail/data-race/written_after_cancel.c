/*
 * Main cancels a context and then notes the reason, which the worker reads when it
 * sees the cancel.  What is done after a cancel is not ordered with it: write and
 * read race in every schedule.  The twin notes the reason first.
 */
#include <heddle/heddle.h>

struct job {
    hd_ctx *ctx;
    int reason;
};

static void work(void *arg)
{
    struct job *job = arg;
    hd_chan_recv(hd_ctx_done(job->ctx), NULL);
    int reason = job->reason;
    hd_assert(reason == 0 || reason == 7);
}

static struct job *start(void)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_go(work, job);
    return job;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    struct job *job = start();
    hd_ctx_cancel(job->ctx);
    job->reason = 7;
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct job *job = start();
    job->reason = 7;
    hd_ctx_cancel(job->ctx);
}

HD_SCENARIO(written_after_cancel) = {
    .name = "fail-data-race-written-after-cancel",
    .title = "the reason for a cancel is written after it",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
