/*
 * Message passing by relaxed accesses with a release fence before the store and an
 * acquire fence behind the load (C17 7.17.4p2), with fences of the other orders
 * that release and acquire, too: acq_rel and seq_cst.
 *
 * Like all programs of this folder it would be a false race to ThreadSanitizer.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { ROUNDS = 3 };

struct box {
    int data[ROUNDS];
    atomic_int full;
};

static void put(void *arg)
{
    struct box *box = arg;
    box->data[0] = 10;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&box->full, 1, memory_order_relaxed);
    box->data[1] = 11;
    atomic_thread_fence(memory_order_acq_rel);
    atomic_store_explicit(&box->full, 2, memory_order_relaxed);
    box->data[2] = 12;
    atomic_thread_fence(memory_order_seq_cst);
    atomic_store_explicit(&box->full, 3, memory_order_relaxed);
}

static void fence(int round)
{
    if (round == 0)
        atomic_thread_fence(memory_order_acquire);
    else if (round == 1)
        atomic_thread_fence(memory_order_acq_rel);
    else
        atomic_thread_fence(memory_order_seq_cst);
}

static void clean(const struct hd_input *in)
{
    struct box *box = hd_alloc(sizeof(*box));
    (void)in;
    hd_go(put, box);
    for (int round = 0; round < ROUNDS; round++) {
        while (atomic_load_explicit(&box->full, memory_order_relaxed) <= round)
            hd_yield();
        fence(round);
        hd_assert(box->data[round] == 10 + round);
    }
}

HD_SCENARIO(pass_fence_message_passing) = {
    .name = "pass-fence-message-passing",
    .title = "relaxed accesses and fences pass a message",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
