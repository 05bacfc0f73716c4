/*
 * The same unguarded increment by two tasks, of memory of each kind: a global, a
 * static local, a block of the heap, and a member in the middle of a global
 * array.  A race in every schedule.  The twin guards the global with a mutex.
 */
#include <heddle/heddle.h>
#include <stdlib.h>

struct entry {
    char name[8];
    int uses;
};

static int global_counter;
static struct entry global_table[4];

static int *static_local(void)
{
    static int counter;
    return &counter;
}

static void add(void *arg)
{
    int *counter = arg;
    (*counter)++;
}

static void add_locked(void *arg)
{
    hd_mutex_lock(arg);
    global_counter++;
    hd_mutex_unlock(arg);
}

static void add_twice(hd_fn *fn, void *arg)
{
    hd_task *first = hd_go(fn, arg);
    hd_task *second = hd_go(fn, arg);
    hd_join(first);
    hd_join(second);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    add_twice(add, &global_counter);
}

static void buggy_static(const struct hd_input *in)
{
    (void)in;
    add_twice(add, static_local());
}

static void buggy_heap(const struct hd_input *in)
{
    (void)in;
    int *counter = calloc(1, sizeof(*counter));
    hd_assert(counter != NULL);
    add_twice(add, counter);
    free(counter);
}

static void buggy_table(const struct hd_input *in)
{
    (void)in;
    add_twice(add, &global_table[2].uses);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_mutex *mu = hd_alloc(sizeof(*mu));
    global_counter = 0;
    add_twice(add_locked, mu);
    hd_assert(global_counter == 2);
}

HD_SCENARIO(object_kinds) = {
    .name = "fail-data-race-object-kinds",
    .title = "two tasks increment a global, a static, a heap block",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-static", .run = buggy_static, .expect = {HD_DATA_RACE}},
            {.name = "buggy-heap", .run = buggy_heap, .expect = {HD_DATA_RACE}},
            {.name = "buggy-table", .run = buggy_table, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
