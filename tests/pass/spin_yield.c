/*
 * Looks like a livelock and is none: a loop around hd_yield() that ends as
 * soon as the worker, which takes virtual time, has set the flag.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

static void worker(void *flag)
{
    hd_sleep(HD_SECOND);
    atomic_store((atomic_bool *)flag, true);
}

static void clean(const struct hd_input *in)
{
    atomic_bool *flag = hd_alloc(sizeof(*flag));
    (void)in;
    hd_go(worker, flag);
    while (!atomic_load(flag))
        hd_yield();
}

HD_SCENARIO(spin_yield) = {
    .name = "pass-spin-yield",
    .title = "a spin loop that yields, and ends",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
