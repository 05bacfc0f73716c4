/*
 * Two mutexes, taken in opposite orders.  When each task holds one, neither
 * can ever go on, and main waits for both: deadlock.  It takes one preemption,
 * between the two locks of a task.  The twin has one order for all.
 */
#include <heddle/heddle.h>

struct bank {
    hd_mutex a, b;
    hd_wg wg;
    int moved;
};

static void ab(void *arg)
{
    struct bank *bank = arg;
    hd_mutex_lock(&bank->a);
    hd_mutex_lock(&bank->b);
    bank->moved++;
    hd_mutex_unlock(&bank->b);
    hd_mutex_unlock(&bank->a);
    hd_wg_done(&bank->wg);
}

static void ba(void *arg)
{
    struct bank *bank = arg;
    hd_mutex_lock(&bank->b);
    hd_mutex_lock(&bank->a);
    bank->moved++;
    hd_mutex_unlock(&bank->a);
    hd_mutex_unlock(&bank->b);
    hd_wg_done(&bank->wg);
}

static void transfer(hd_fn *first, hd_fn *second)
{
    struct bank *bank = hd_alloc(sizeof(*bank));
    hd_wg_add(&bank->wg, 2);
    hd_go(first, bank);
    hd_go(second, bank);
    hd_wg_wait(&bank->wg);
    hd_assert(bank->moved == 2);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    transfer(ab, ba);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    transfer(ab, ab);
}

HD_SCENARIO(abba) = {
    .name = "fail-deadlock-abba",
    .title = "two mutexes are locked in opposite orders",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
