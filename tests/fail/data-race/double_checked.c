/*
 * Double-checked locking.  In `buggy` the first look at the pointer is plain and
 * races with the store under the lock, in every schedule.  In `buggy-relaxed` it
 * is a relaxed atomic: no race on the pointer, but whoever finds it set without
 * taking the lock reads `limit`, which races with its initialisation.  The twin
 * releases and acquires.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct config {
    int limit;
};

struct lazy {
    hd_mutex mu;
    struct config *plain;
    struct config *_Atomic shared;
};

static struct config *config_new(void)
{
    struct config *c = hd_alloc(sizeof(*c));
    c->limit = 42;
    return c;
}

static void use_plain(void *arg)
{
    struct lazy *l = arg;
    if (l->plain == NULL) {
        hd_mutex_lock(&l->mu);
        if (l->plain == NULL)
            l->plain = config_new();
        hd_mutex_unlock(&l->mu);
    }
    hd_assert(l->plain->limit == 42);
}

/* The orders are spelled out: gcc takes one that is a variable for seq_cst. */
#define USE_ATOMIC(name, load_order, store_order)                                  \
    static void name(void *arg)                                                    \
    {                                                                              \
        struct lazy *l = arg;                                                      \
        struct config *c = atomic_load_explicit(&l->shared, load_order);           \
        if (c == NULL) {                                                           \
            hd_mutex_lock(&l->mu);                                                 \
            c = atomic_load_explicit(&l->shared, memory_order_relaxed);            \
            if (c == NULL) {                                                       \
                c = config_new();                                                  \
                atomic_store_explicit(&l->shared, c, store_order);                 \
            }                                                                      \
            hd_mutex_unlock(&l->mu);                                               \
        }                                                                          \
        hd_assert(c->limit == 42);                                                 \
    }
USE_ATOMIC(use_relaxed, memory_order_relaxed, memory_order_relaxed)
USE_ATOMIC(use_acquire, memory_order_acquire, memory_order_release)

static void run(hd_fn *use)
{
    struct lazy *l = hd_alloc(sizeof(*l));
    hd_go(use, l);
    hd_go(use, l);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(use_plain);
}

static void buggy_relaxed(const struct hd_input *in)
{
    (void)in;
    run(use_relaxed);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(use_acquire);
}

HD_SCENARIO(double_checked) = {
    .name = "fail-data-race-double-checked",
    .title = "double-checked locking whose first check orders nothing",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-relaxed",
             .run = buggy_relaxed,
             .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
