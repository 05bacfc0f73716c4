/*
 * Main tries to get a semaphore, and goes on to read although it did not: an
 * attempt that fails orders nothing.  The read races with the task's write where
 * the task is between its acquire and its release (two switches).  The twin reads
 * only if it got the semaphore.
 */
#include <heddle/heddle.h>

struct shared {
    hd_sem *sem;
    int data;
};

static void update(void *arg)
{
    struct shared *s = arg;
    hd_sem_acquire(s->sem, 1);
    s->data = 42;
    hd_sem_release(s->sem, 1);
}

static void look(struct shared *s, bool always)
{
    bool got = hd_sem_acquire_try(s->sem, 1);
    if (got || always) {
        int data = s->data;
        hd_assert(data == 0 || data == 42);
    }
    if (got)
        hd_sem_release(s->sem, 1);
}

static void run(bool always)
{
    struct shared *s = hd_alloc(sizeof(*s));
    s->sem = hd_sem_make(1);
    hd_go(update, s);
    look(s, always);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(true);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(false);
}

HD_SCENARIO(failed_try) = {
    .name = "fail-data-race-failed-try",
    .title = "data is read although the semaphore was not to be had",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
