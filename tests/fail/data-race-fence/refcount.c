/*
 * The usual reference count: a drop releases, and only the last owner, who frees,
 * pays for an acquire fence.  Its decrement reads from the release sequence that
 * each earlier drop heads, so the fence synchronizes with all of them (C17
 * 5.1.2.4p10, 7.17.4p4).  The free is last in every schedule, and it races with
 *     buggy-no-fence        the other owners' reads and drops;
 *     buggy-no-release      the same, for the drops do not release;
 *     buggy-release-fence   the other owners' drops: each is relaxed, behind a
 *                           release fence, which orders the reads before it but
 *                           not the decrement itself (7.17.4p2).
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { OWNERS = 3 };

struct object {
    atomic_int refs;
    int value;
};

static void owner_without_fence(void *arg)
{
    struct object *o = arg;
    hd_assert(o->value == 42);
    if (atomic_fetch_sub_explicit(&o->refs, 1, memory_order_release) == 1)
        free(o);
}

static void owner_without_release(void *arg)
{
    struct object *o = arg;
    hd_assert(o->value == 42);
    if (atomic_fetch_sub_explicit(&o->refs, 1, memory_order_relaxed) == 1) {
        atomic_thread_fence(memory_order_acquire);
        free(o);
    }
}

static void owner_with_release_fence(void *arg)
{
    struct object *o = arg;
    hd_assert(o->value == 42);
    atomic_thread_fence(memory_order_release);
    if (atomic_fetch_sub_explicit(&o->refs, 1, memory_order_relaxed) == 1) {
        atomic_thread_fence(memory_order_acquire);
        free(o);
    }
}

static void owner_right(void *arg)
{
    struct object *o = arg;
    hd_assert(o->value == 42);
    if (atomic_fetch_sub_explicit(&o->refs, 1, memory_order_release) == 1) {
        atomic_thread_fence(memory_order_acquire);
        free(o);
    }
}

static void run(hd_fn *owner)
{
    struct object *o = calloc(1, sizeof(*o));
    hd_assert(o != NULL);
    atomic_store(&o->refs, OWNERS);
    o->value = 42;
    for (int i = 0; i < OWNERS; i++)
        hd_go(owner, o);
}

static void buggy_no_fence(const struct hd_input *in)
{
    (void)in;
    run(owner_without_fence);
}

static void buggy_no_release(const struct hd_input *in)
{
    (void)in;
    run(owner_without_release);
}

static void buggy_release_fence(const struct hd_input *in)
{
    (void)in;
    run(owner_with_release_fence);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(owner_right);
}

HD_SCENARIO(fence_refcount) = {
    .name = "fail-data-race-fence-refcount",
    .title = "a reference count whose last drop does not acquire",
    .variants =
        {
            {.name = "buggy-no-fence",
             .run = buggy_no_fence,
             .expect = {HD_DATA_RACE}},
            {.name = "buggy-no-release",
             .run = buggy_no_release,
             .expect = {HD_DATA_RACE}},
            {.name = "buggy-release-fence",
             .run = buggy_release_fence,
             .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
