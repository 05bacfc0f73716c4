/*
 * Message passing by relaxed accesses to a flag, with fences around them.  The
 * task's fence must release before its store and main's must acquire behind its
 * load (C17 7.17.4p2).  Main's read of `data` races with the task's write in every
 * schedule where one of the two is missing, and where they are signal fences, which
 * order a task and its own signal handlers only (7.17.4.2).  The twin has both.
 *
 * ThreadSanitizer knows no fences and sees a race in the twin, too.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct box {
    int data;
    atomic_bool full;
};

static void put_unfenced(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_store_explicit(&box->full, true, memory_order_relaxed);
}

static void put_fenced(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&box->full, true, memory_order_relaxed);
}

static void put_signal_fenced(void *arg)
{
    struct box *box = arg;
    box->data = 42;
    atomic_signal_fence(memory_order_seq_cst);
    atomic_store_explicit(&box->full, true, memory_order_relaxed);
}

static struct box *receive(hd_fn *put)
{
    struct box *box = hd_alloc(sizeof(*box));
    hd_go(put, box);
    while (!atomic_load_explicit(&box->full, memory_order_relaxed))
        hd_yield();
    return box;
}

static void buggy_no_release(const struct hd_input *in)
{
    (void)in;
    struct box *box = receive(put_unfenced);
    atomic_thread_fence(memory_order_acquire);
    hd_assert(box->data == 42);
}

static void buggy_no_acquire(const struct hd_input *in)
{
    (void)in;
    struct box *box = receive(put_fenced);
    hd_assert(box->data == 42);
}

static void buggy_signal_fence(const struct hd_input *in)
{
    (void)in;
    struct box *box = receive(put_signal_fenced);
    atomic_signal_fence(memory_order_seq_cst);
    hd_assert(box->data == 42);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    struct box *box = receive(put_fenced);
    atomic_thread_fence(memory_order_acquire);
    hd_assert(box->data == 42);
}

HD_SCENARIO(fence_message_passing) = {
    .name = "fail-data-race-fence-message-passing",
    .title = "message passing by relaxed accesses, without the right fences",
    .variants =
        {
            {.name = "buggy-no-release",
             .run = buggy_no_release,
             .expect = {HD_DATA_RACE}},
            {.name = "buggy-no-acquire",
             .run = buggy_no_acquire,
             .expect = {HD_DATA_RACE}},
            {.name = "buggy-signal-fence",
             .run = buggy_signal_fence,
             .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
