/*
 * The deferred call recovers and then panics itself, with nobody above: the
 * second panic replaces the first and the program dies, in every schedule.
 * The twin runs the same in a frame below one that recovers.
 */
#include <heddle/heddle.h>

static void recover_badly(void *arg)
{
    struct hd_panic_value v;
    (void)arg;
    if (hd_recover(&v))
        hd_panic("while recovering from: %s", v.text);
}

static void risky(void *arg)
{
    (void)arg;
    hd_defer(recover_badly, NULL);
    hd_panic("first");
}

static void recover_second(void *arg)
{
    struct hd_panic_value v;
    (void)arg;
    hd_assert(hd_recover(&v));
    hd_log("recovered: %s", v.text);
}

static void guarded(void *arg)
{
    hd_defer(recover_second, NULL);
    hd_call(risky, arg);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    hd_join(hd_go(risky, NULL));
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    hd_join(hd_go(guarded, NULL));
}

HD_SCENARIO(panic_deferred) = {
    .name = "fail-panic-deferred",
    .title = "a deferred call panics while it recovers",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_PANIC}},
            {.name = "fixed", .run = fixed},
        },
};
