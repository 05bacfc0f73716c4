/*
 * The writer holds the lock and the reader does not, which orders nothing: a
 * race in every schedule.  In the twin both hold it.
 */
#include <heddle/heddle.h>

struct balance {
    hd_mutex mu;
    int cents;
};

static void deposit(void *arg)
{
    struct balance *b = arg;
    hd_mutex_lock(&b->mu);
    b->cents += 100;
    hd_mutex_unlock(&b->mu);
}

static int read_unlocked(struct balance *b)
{
    return b->cents;
}

static int read_locked(struct balance *b)
{
    hd_mutex_lock(&b->mu);
    int cents = b->cents;
    hd_mutex_unlock(&b->mu);
    return cents;
}

static void run(int (*read)(struct balance *))
{
    struct balance *b = hd_alloc(sizeof(*b));
    hd_task *task = hd_go(deposit, b);
    int cents = read(b);
    hd_join(task);
    hd_assert(cents == 0 || cents == 100);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(read_unlocked);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(read_locked);
}

HD_SCENARIO(one_sided_lock) = {
    .name = "fail-data-race-one-sided-lock",
    .title = "only one of two tasks holds the lock",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
