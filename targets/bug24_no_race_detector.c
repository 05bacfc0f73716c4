/*
 * Bug 24: no race detector in CI.
 *
 * Symptom: every job of the CI is green; users find the data race.
 * Rule 9: CI runs the tests with a race detector as well.
 * Look for: a CI whose only job is the plain one.  Here the jobs of the matrix
 * are the flavors: the code is the same, built twice.
 *
 *   flavor          job            what it says of `buggy`      of `fixed`
 *   none            plain tests    passes, in every schedule    passes
 *   race, asan      heddle's race detector (asan: and AddressSanitizer)
 *                                  data-race                    passes
 *   tsan            ThreadSanitizer
 *                                  data-race                    passes
 *
 * Shows with: jobs >= 2 (one task alone is benign), in any schedule, in a job
 * that has a detector; nowhere else.
 * Fix: run both jobs side by side; then the race is found, and a mutex fixes it.
 *
 * The test asserts what it can know to be true: that something was counted, and
 * not more than there was.  An update that is lost between the load and the
 * store of hits++ (one preemption, in builds that are instrumented) passes it,
 * as it does in production: the count is only a little off.
 */
#include <heddle/heddle.h>

enum { JOBS };

struct stats {
    int64_t hits;
    hd_mutex mu; /* fixed: guards hits */
    hd_wg wg;
};

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void job_buggy(void *arg)
{
    struct stats *s = arg;
    hd_defer(wg_done, &s->wg);
    s->hits++; /* BUG: one of many tasks. */
}

static void job_fixed(void *arg)
{
    struct stats *s = arg;
    hd_defer(wg_done, &s->wg);
    hd_mutex_lock(&s->mu);
    s->hits++;
    hd_mutex_unlock(&s->mu);
}

/* Runs n jobs at the same time and says how many were counted. */
static int64_t run_jobs(hd_fn *job, int64_t n)
{
    struct stats *s = hd_alloc(sizeof(*s));
    for (int64_t i = 0; i < n; i++) {
        hd_wg_add(&s->wg, 1);
        hd_go(job, s);
    }
    hd_wg_wait(&s->wg);
    hd_log("%d hits", (int)s->hits);
    return s->hits;
}

/* The test that CI runs. */
static void buggy(const struct hd_input *in)
{
    int64_t hits = run_jobs(job_buggy, in->param[JOBS]);
    hd_assert(hits >= 1 && hits <= in->param[JOBS]);
}

static void fixed(const struct hd_input *in)
{
    int64_t hits = run_jobs(job_fixed, in->param[JOBS]);
    hd_assert(hits == in->param[JOBS]);
}

HD_SCENARIO(no_race_detector) = {
    .name = "24-no-race-detector",
    .number = 24,
    .title = "a data race that only the CI job with a race detector can see",
    .fix = "run the tests with a race detector too, in a job of its own",
    .rules = {9},
    .params =
        {
            [JOBS] = {"jobs", 1, 4, HD_LINEAR, 1, "jobs that run at the same time"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE},
             .help = "tasks count without a lock"},
            {.name = "fixed", .run = fixed, .help = "a mutex guards the count"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
