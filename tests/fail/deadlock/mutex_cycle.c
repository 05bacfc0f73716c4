/*
 * Three philosophers who all start with their left fork: a cycle of three
 * tasks and three mutexes, which takes two preemptions.  In the twin the last
 * one starts with the other fork, so that the order of locks has no cycle.
 */
#include <heddle/heddle.h>

enum { SEATS = 3 };

struct table {
    hd_mutex fork[SEATS];
    hd_wg wg;
};

struct seat {
    struct table *table;
    int first, second;
};

static void eat(void *arg)
{
    struct seat *seat = arg;
    hd_mutex_lock(&seat->table->fork[seat->first]);
    hd_mutex_lock(&seat->table->fork[seat->second]);
    hd_mutex_unlock(&seat->table->fork[seat->second]);
    hd_mutex_unlock(&seat->table->fork[seat->first]);
    hd_wg_done(&seat->table->wg);
}

static void dine(bool last_is_lefthanded)
{
    struct table *table = hd_alloc(sizeof(*table));
    hd_wg_add(&table->wg, SEATS);
    for (int i = 0; i < SEATS; i++) {
        struct seat *seat = hd_alloc(sizeof(*seat));
        bool swap = last_is_lefthanded && i == SEATS - 1;
        seat->table = table;
        seat->first = swap ? 0 : i;
        seat->second = swap ? i : (i + 1) % SEATS;
        hd_go(eat, seat);
    }
    hd_wg_wait(&table->wg);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    dine(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    dine(true);
}

HD_SCENARIO(mutex_cycle) = {
    .name = "fail-deadlock-mutex-cycle",
    .title = "three mutexes are locked in a cycle",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
