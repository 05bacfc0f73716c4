/*
 * One writer and readers share plain fields under an rwlock.  A writer's unlock is
 * ordered before later rlocks, a reader's runlock before later locks: the reader
 * notes, in a field of its own, what it saw, and the last writer reads that.
 */
#include <heddle/heddle.h>

enum { READERS = 2 };

struct shared {
    hd_rwlock rw;
    int value, twice;
    int saw[READERS];
};

struct job {
    struct shared *shared;
    int i;
};

static void reader(void *arg)
{
    struct job *job = arg;
    struct shared *s = job->shared;
    hd_rwlock_rlock(&s->rw);
    hd_assert(s->twice == 2 * s->value);
    s->saw[job->i] = 1 + s->value;
    hd_rwlock_runlock(&s->rw);
}

static void writer(void *arg)
{
    struct shared *s = arg;
    hd_rwlock_lock(&s->rw);
    s->value++;
    s->twice += 2;
    hd_rwlock_unlock(&s->rw);
}

static int all_saw(struct shared *s)
{
    int n = 0;
    hd_rwlock_lock(&s->rw);
    for (int i = 0; i < READERS; i++)
        n += s->saw[i] != 0;
    n += s->value;
    hd_rwlock_unlock(&s->rw);
    return n;
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_rwlock_init(&s->rw);
    for (int i = 0; i < READERS; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->shared = s;
        job->i = i;
        hd_go(reader, job);
    }
    hd_go(writer, s);
    while (all_saw(s) != READERS + 1)
        hd_yield();
}

HD_SCENARIO(order_rwlock) = {
    .name = "pass-order-rwlock",
    .title = "unlocks of an rwlock are ordered before what they let in",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LOCK_MISUSE),
};
