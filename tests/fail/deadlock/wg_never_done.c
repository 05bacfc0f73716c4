/*
 * The group counts one task more than there are: Wait never returns, in every
 * schedule.  The twin counts right.
 */
#include <heddle/heddle.h>

static void worker(void *wg)
{
    hd_wg_done(wg);
}

static void run_two(int count)
{
    hd_wg *wg = hd_alloc(sizeof(*wg));
    hd_wg_add(wg, count);
    hd_go(worker, wg);
    hd_go(worker, wg);
    hd_wg_wait(wg);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run_two(3);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run_two(2);
}

HD_SCENARIO(wg_never_done) = {
    .name = "fail-deadlock-wg-never-done",
    .title = "a WaitGroup counts a task that does not exist",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
