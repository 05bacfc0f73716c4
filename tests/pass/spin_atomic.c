/*
 * Looks like a livelock and is none: main spins on an atomic flag without
 * giving way by itself, and the engine makes it do so.  The release of the
 * flag orders the data.
 *
 * In flavor `none` an atomic access is no scheduling point and such a loop is
 * a hang by design, so there, and only there, it yields.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

#if defined(__SANITIZE_THREAD__)
#define INSTRUMENTED 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define INSTRUMENTED 1
#endif
#endif

struct shared {
    atomic_bool flag;
    int data;
};

static void worker(void *arg)
{
    struct shared *s = arg;
    s->data = 42;
    atomic_store_explicit(&s->flag, true, memory_order_release);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_go(worker, s);
    while (!atomic_load_explicit(&s->flag, memory_order_acquire)) {
#ifndef INSTRUMENTED
        hd_yield();
#endif
    }
    hd_assert(s->data == 42);
}

HD_SCENARIO(spin_atomic) = {
    .name = "pass-spin-atomic",
    .title = "a spin loop on an atomic flag that ends",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
