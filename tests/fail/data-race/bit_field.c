/*
 * Two tasks write two bit-fields that share a storage unit, each under its own
 * mutex.  Adjacent bit-fields are one memory location (C17 3.14): each write
 * reads and writes the unit, a race in every schedule.  In the twin a bit-field
 * of width zero puts the second one into a unit of its own.
 */
#include <heddle/heddle.h>

struct packed_state {
    unsigned ready : 1;
    unsigned level : 7;
};

struct split_state {
    unsigned ready : 1;
    unsigned : 0;
    unsigned level : 7;
};

struct device {
    struct packed_state packed;
    struct split_state split;
    hd_mutex ready_mu, level_mu;
};

static void packed_ready(void *arg)
{
    struct device *d = arg;
    hd_mutex_lock(&d->ready_mu);
    d->packed.ready = 1;
    hd_mutex_unlock(&d->ready_mu);
}

static void packed_level(void *arg)
{
    struct device *d = arg;
    hd_mutex_lock(&d->level_mu);
    d->packed.level = 99;
    hd_mutex_unlock(&d->level_mu);
}

static void split_ready(void *arg)
{
    struct device *d = arg;
    hd_mutex_lock(&d->ready_mu);
    d->split.ready = 1;
    hd_mutex_unlock(&d->ready_mu);
}

static void split_level(void *arg)
{
    struct device *d = arg;
    hd_mutex_lock(&d->level_mu);
    d->split.level = 99;
    hd_mutex_unlock(&d->level_mu);
}

static void buggy(const struct hd_input *in)
{
    struct device *d = hd_alloc(sizeof(*d));
    (void)in;
    hd_go(packed_ready, d);
    hd_go(packed_level, d);
}

static void fixed(const struct hd_input *in)
{
    struct device *d = hd_alloc(sizeof(*d));
    (void)in;
    hd_task *tasks[] = {hd_go(split_ready, d), hd_go(split_level, d)};
    hd_join(tasks[0]);
    hd_join(tasks[1]);
    hd_assert(d->split.ready == 1 && d->split.level == 99);
}

HD_SCENARIO(race_bit_field) = {
    .name = "fail-data-race-bit-field",
    .title = "two bit-fields of one storage unit are guarded by two locks",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
