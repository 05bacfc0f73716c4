/*
 * The message says "I have started", and main takes it for "I am done" and
 * frees what the task still uses.  Clean when the task gets to its end first.
 * Only AddressSanitizer sees the access after the free (ThreadSanitizer sees
 * two that are not ordered).  The twin's task sends when it is done.
 */
#include <heddle/heddle.h>
#include <stdlib.h>

struct job {
    hd_chan *ch;
    int *buffer;
};

static void signal_too_early(void *arg)
{
    struct job *job = arg;
    hd_chan_send(job->ch, NULL);
    *job->buffer = 1;
}

static void signal_at_the_end(void *arg)
{
    struct job *job = arg;
    *job->buffer = 1;
    hd_chan_send(job->ch, NULL);
}

static void run(hd_fn *work)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->ch = hd_chan_make(0, 0);
    job->buffer = malloc(sizeof(*job->buffer));
    hd_assert(job->buffer != NULL);
    hd_go(work, job);
    hd_chan_recv(job->ch, NULL);
    free(job->buffer);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(signal_too_early);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(signal_at_the_end);
}

HD_SCENARIO(use_after_free) = {
    .name = "fail-memory-error-use-after-free",
    .title = "a buffer is freed while a task still uses it",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_MEMORY_ERROR, HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
