/*
 * Plain memory is handed over by an atomic that releases and one that acquires,
 * in each form that C has: store, exchange, fetch-or, compare and exchange on the
 * one side; load, exchange, fetch-add, a compare and exchange that succeeds and one
 * that fails on the other.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { FORMS = 5 };

struct box {
    int data[FORMS];
    atomic_int full[FORMS];
};

static void put(void *arg)
{
    struct box *b = arg;
    int none = 0;
    b->data[0] = 10;
    atomic_store_explicit(&b->full[0], 1, memory_order_release);
    b->data[1] = 11;
    atomic_exchange_explicit(&b->full[1], 1, memory_order_release);
    b->data[2] = 12;
    atomic_fetch_or_explicit(&b->full[2], 1, memory_order_acq_rel);
    b->data[3] = 13;
    atomic_compare_exchange_strong_explicit(
        &b->full[3], &none, 1, memory_order_release, memory_order_relaxed);
    b->data[4] = 14;
    atomic_store(&b->full[4], 2);
}

static bool full(struct box *b, int form)
{
    int one = 1;
    switch (form) {
    case 0:
        return atomic_load_explicit(&b->full[0], memory_order_acquire);
    case 1:
        return atomic_fetch_add_explicit(&b->full[1], 0, memory_order_acquire);
    case 2:
        return atomic_exchange_explicit(&b->full[2], 0, memory_order_acq_rel);
    case 3:
        return atomic_compare_exchange_strong_explicit(
            &b->full[3], &one, 5, memory_order_acquire, memory_order_relaxed);
    default:
        atomic_compare_exchange_strong_explicit(
            &b->full[4], &one, 5, memory_order_release, memory_order_acquire);
        return one == 2;
    }
}

static void clean(const struct hd_input *in)
{
    struct box *b = hd_alloc(sizeof(*b));
    (void)in;
    hd_go(put, b);
    for (int form = 0; form < FORMS; form++) {
        while (!full(b, form))
            hd_yield();
        hd_assert(b->data[form] == 10 + form);
    }
}

HD_SCENARIO(order_atomic) = {
    .name = "pass-order-atomic",
    .title = "release and acquire in each form order plain memory",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
