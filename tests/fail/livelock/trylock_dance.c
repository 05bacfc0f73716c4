/*
 * Main tries a lock in a loop that its owner, a task that has ended, never
 * released: each try fails, nothing changes.  When main gets the lock first
 * all is well, so one early switch is needed.  The twin's task unlocks.
 */
#include <heddle/heddle.h>

static void lock_and_forget(void *mu)
{
    hd_mutex_lock(mu);
}

static void lock_and_unlock(void *mu)
{
    hd_mutex_lock(mu);
    hd_mutex_unlock(mu);
}

static void try_until(hd_fn *other)
{
    hd_mutex *mu = hd_alloc(sizeof(*mu));
    hd_go(other, mu);
    while (!hd_mutex_trylock(mu))
        hd_yield();
    hd_mutex_unlock(mu);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    try_until(lock_and_forget);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    try_until(lock_and_unlock);
}

HD_SCENARIO(trylock_dance) = {
    .name = "fail-livelock-trylock-dance",
    .title = "a loop tries a lock that is never released",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LIVELOCK}},
            {.name = "fixed", .run = fixed},
        },
};
