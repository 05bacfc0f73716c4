/*
 * Two owners of an object use it, drop it, and the last one frees it.  Where a
 * drop is relaxed, or releases and does not acquire, the last owner's free is not
 * ordered after the other one's use: read and free race in every schedule.  The
 * free comes last in all of them, so no memory checker sees anything.  The twin's
 * drops release and acquire.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

struct object {
    atomic_int refs;
    int value;
};

#define OWNER(name, order)                                                         \
    static void name(void *arg)                                                    \
    {                                                                              \
        struct object *o = arg;                                                    \
        hd_assert(o->value == 42);                                                 \
        if (atomic_fetch_sub_explicit(&o->refs, 1, order) == 1)                    \
            free(o);                                                               \
    }
OWNER(owner_relaxed, memory_order_relaxed)
OWNER(owner_release, memory_order_release)
OWNER(owner_acq_rel, memory_order_acq_rel)

static void run(hd_fn *owner)
{
    struct object *o = calloc(1, sizeof(*o));
    hd_assert(o != NULL);
    atomic_store(&o->refs, 2);
    o->value = 42;
    hd_go(owner, o);
    hd_go(owner, o);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(owner_relaxed);
}

static void buggy_no_acquire(const struct hd_input *in)
{
    (void)in;
    run(owner_release);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(owner_acq_rel);
}

HD_SCENARIO(race_refcount) = {
    .name = "fail-data-race-refcount",
    .title = "the last owner frees what the others' uses are not ordered before",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-no-acquire",
             .run = buggy_no_acquire,
             .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
