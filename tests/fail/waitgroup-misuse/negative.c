/*
 * One task, counted once, says Done twice (at its end and deferred): the
 * counter goes below 0 in every schedule, which also panics.  The twin says it
 * once.
 */
#include <heddle/heddle.h>

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void done_twice(void *wg)
{
    hd_defer(wg_done, wg);
    hd_wg_done(wg);
}

static void done_once(void *wg)
{
    hd_defer(wg_done, wg);
}

static void run(hd_fn *worker)
{
    hd_wg *wg = hd_alloc(sizeof(*wg));
    hd_wg_add(wg, 1);
    hd_go(worker, wg);
    hd_wg_wait(wg);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(done_twice);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(done_once);
}

HD_SCENARIO(wg_negative) = {
    .name = "fail-waitgroup-misuse-negative",
    .title = "Done is called more often than Add",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_WAITGROUP_MISUSE, HD_PANIC}},
            {.name = "fixed", .run = fixed},
        },
};
