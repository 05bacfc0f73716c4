/*
 * A flush waits for its workers with the lock held.  The workers do not need
 * the lock, so it gets through; but whoever wants the lock waits for all of the
 * work.  The twin takes the lock only for the result.
 */
#include <heddle/heddle.h>

struct store {
    hd_mutex mu;
    hd_wg wg;
    int flushed;
};

static void write_out(void *arg)
{
    struct store *s = arg;
    hd_yield();
    hd_wg_done(&s->wg);
}

static void flush_locked(struct store *s)
{
    hd_mutex_lock(&s->mu);
    hd_wg_add(&s->wg, 1);
    hd_go(write_out, s);
    hd_wg_wait(&s->wg);
    s->flushed++;
    hd_mutex_unlock(&s->mu);
}

static void flush_released(struct store *s)
{
    hd_wg_add(&s->wg, 1);
    hd_go(write_out, s);
    hd_wg_wait(&s->wg);
    hd_mutex_lock(&s->mu);
    s->flushed++;
    hd_mutex_unlock(&s->mu);
}

static void look(void *arg)
{
    struct store *s = arg;
    hd_mutex_lock(&s->mu);
    hd_assert(s->flushed == 0 || s->flushed == 1);
    hd_mutex_unlock(&s->mu);
}

static void run(void (*flush)(struct store *s))
{
    struct store *s = hd_alloc(sizeof(*s));
    hd_task *t = hd_go(look, s);
    flush(s);
    hd_join(t);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(flush_locked);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(flush_released);
}

HD_SCENARIO(lock_across_wait) = {
    .name = "fail-lock-across-block-wait",
    .title = "a flush waits for its workers under a lock",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LOCK_ACROSS_BLOCK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LOCK_ACROSS_BLOCK),
};
