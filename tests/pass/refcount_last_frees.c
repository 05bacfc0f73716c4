/*
 * Owners use an object, each takes one more reference for a task of its own, and
 * the last one of all frees it.  Taking is relaxed, for who has a reference may
 * hand it on; dropping releases and acquires.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { OWNERS = 2 };

struct object {
    atomic_int refs;
    char uses[2 * OWNERS];
    atomic_int next;
};

static void use_and_drop(void *arg)
{
    struct object *o = arg;
    int place = atomic_fetch_add_explicit(&o->next, 1, memory_order_relaxed);
    o->uses[place] = 1;
    if (atomic_fetch_sub_explicit(&o->refs, 1, memory_order_acq_rel) > 1)
        return;
    for (int i = 0; i < 2 * OWNERS; i++)
        hd_assert(o->uses[i] == 1);
    free(o);
}

static void owner(void *arg)
{
    struct object *o = arg;
    atomic_fetch_add_explicit(&o->refs, 1, memory_order_relaxed);
    hd_go(use_and_drop, o);
    use_and_drop(o);
}

static void clean(const struct hd_input *in)
{
    struct object *o = calloc(1, sizeof(*o));
    (void)in;
    hd_assert(o != NULL);
    atomic_store_explicit(&o->refs, OWNERS, memory_order_relaxed);
    for (int i = 0; i < OWNERS; i++)
        hd_go(owner, o);
}

HD_SCENARIO(refcount_last_frees) = {
    .name = "pass-refcount-last-frees",
    .title = "the last owner of a counted object frees it",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
