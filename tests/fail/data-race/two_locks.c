/*
 * Both tasks hold a lock, but not the same one: their increments of `total` race
 * in every schedule.  In the twin they share one.
 */
#include <heddle/heddle.h>

struct ledger {
    hd_mutex mu[2];
    int total;
};

struct clerk {
    struct ledger *ledger;
    hd_mutex *mu;
};

static void book(void *arg)
{
    struct clerk *c = arg;
    hd_mutex_lock(c->mu);
    c->ledger->total++;
    hd_mutex_unlock(c->mu);
}

static void run(int first, int second)
{
    struct ledger *ledger = hd_alloc(sizeof(*ledger));
    struct clerk *clerk = hd_alloc(2 * sizeof(*clerk));
    clerk[0].ledger = clerk[1].ledger = ledger;
    clerk[0].mu = &ledger->mu[first];
    clerk[1].mu = &ledger->mu[second];
    hd_go(book, &clerk[0]);
    hd_go(book, &clerk[1]);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(0, 1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(0, 0);
}

HD_SCENARIO(race_two_locks) = {
    .name = "fail-data-race-two-locks",
    .title = "two tasks hold two different locks",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
