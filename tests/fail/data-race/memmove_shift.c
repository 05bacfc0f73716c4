/*
 * The first element of a list is removed by moving the others down, while a task
 * reads element 2, which the move reads and then writes: the task's read races
 * with that write in every schedule.  In the twin both hold the lock.
 */
#include <heddle/heddle.h>
#include <string.h>

enum { ITEMS = 4 };

struct list {
    hd_mutex mu;
    long item[ITEMS];
};

static void read_unlocked(void *arg)
{
    struct list *l = arg;
    long item = l->item[2];
    hd_assert(item == 3 || item == 4);
}

static void read_locked(void *arg)
{
    struct list *l = arg;
    hd_mutex_lock(&l->mu);
    read_unlocked(l);
    hd_mutex_unlock(&l->mu);
}

static void remove_first(struct list *l)
{
    hd_mutex_lock(&l->mu);
    memmove(&l->item[0], &l->item[1], (ITEMS - 1) * sizeof(l->item[0]));
    hd_mutex_unlock(&l->mu);
}

static void run(hd_fn *read)
{
    struct list *l = hd_alloc(sizeof(*l));
    for (int i = 0; i < ITEMS; i++)
        l->item[i] = i + 1;
    hd_go(read, l);
    remove_first(l);
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

HD_SCENARIO(memmove_shift) = {
    .name = "fail-data-race-memmove-shift",
    .title = "a list is moved down while a task reads an element",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
