/*
 * bench.c - what an execution and a scheduling point cost, against bare fibers.
 *
 *     heddle-bench[-race|-asan|-tsan] [--batches N] [--batch-us N] [--only ID]
 *
 * One program per flavor; it measures its own flavor and prints a line per
 * measurement, fields separated by tabs:
 *
 *     flavor  id  what  executions/s  points  switches  ns  ratio  aim
 *
 * points and switches are per execution.  ns is the median over the batches, per
 * round trip, point or execution; ratio the median of the ratios to the yardstick
 * in the same round, so that a machine that slows down in the middle slows both.
 * scripts/bench runs the programs and makes one table of it; --only, for profilers,
 * runs one row alone, so without a ratio.
 *
 * A batch is a number of executions with the seeds 1, 2, 3...; the number is
 * doubled until one batch takes --batch-us.  What is run is deterministic,
 * only the clock is not; nothing here judges.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/prng.h"
#include "engine/run.h"
#include "engine/strategy.h"
#include "fibers.h"
#include "two_threads.h"
#include "workloads.h"

/* ---- strategies that always stay, or always switch ---- */

/* Both draw as `random` does, so that they cost what it costs. */
static struct hd_prng prng;

static void draw_begin(const struct hd_options *opt)
{
    prng = hd_prng_at(opt->seed, 0);
}

static uint32_t decide_stay(const struct hd_decision *d)
{
    return hd_prng_below(&prng, d->n) >= d->n;
}

static uint32_t decide_go(const struct hd_decision *d)
{
    return hd_prng_below(&prng, d->n) < d->n && d->kind == HD_CHOICE_SWITCH;
}

static const struct hd_strategy strategy_stay = {.name = "stay",
                                                 .begin = draw_begin,
                                                 .decide = decide_stay,
                                                 .every_point = true};
static const struct hd_strategy strategy_go = {
    .name = "go", .begin = draw_begin, .decide = decide_go, .every_point = true};

/* ---- what is measured ---- */

enum measure {
    ROUND_TRIP, /* two jumps between bare fibers */
    BARE_LOOP,  /* as many jumps as an execution of (a) makes */
    POINT,      /* one scheduling point of a long loop */
    EXECUTION,
};

enum aim {
    NO_AIM,
    LESS_THAN_ROUND_TRIP,
    LESS_THAN_THREE,
    SHARE_OF_LOOP,
    HALF_OF_UNDETECTED, /* of the row before, the same without race detector */
};

/* What the flavor must have: instrumented accesses, heddle's race detector. */
enum needs { NOTHING, ACCESSES, DETECTOR, DETECTOR_OFF };

struct row {
    const char *id, *what;
    enum measure measure;
    hd_fn *fn;
    const char *strategy;
    enum aim aim;
    enum needs needs;
};

#define STAY LESS_THAN_ROUND_TRIP
#define GO LESS_THAN_THREE
static const struct row rows[] = {
    {"round-trip", "bare round trip", ROUND_TRIP, NULL, NULL, NO_AIM, NOTHING},
    {"two-fibers", "bare loop, switches of (a)", BARE_LOOP, NULL, NULL, NO_AIM,
     NOTHING},
    {"a", "(a) 2 tasks x 2 lock/unlock", EXECUTION, bench_locks, "random",
     SHARE_OF_LOOP, NOTHING},
    {"b", "(b) 4 tasks x 5 fetch_add", EXECUTION, bench_atomics, "random", NO_AIM,
     NOTHING},
    {"a-off", "(a), race detector off", EXECUTION, bench_locks, "random", NO_AIM,
     DETECTOR_OFF},
    {"a-on", "(a), race detector on", EXECUTION, bench_locks, "random",
     HALF_OF_UNDETECTED, DETECTOR},
    {"b-off", "(b), race detector off", EXECUTION, bench_atomics, "random", NO_AIM,
     DETECTOR_OFF},
    {"b-on", "(b), race detector on", EXECUTION, bench_atomics, "random",
     HALF_OF_UNDETECTED, DETECTOR},
    {"c", "(c) 3 tasks, racy increment", EXECUTION, bench_increments, "random",
     NO_AIM, NOTHING},
    {"two-threads", "two pthreads, a mutex", EXECUTION, bench_two_threads, "random",
     NO_AIM, NOTHING},
    {"nothing", "an execution of nothing", EXECUTION, bench_nothing, "random",
     NO_AIM, NOTHING},
    {"stay-access-plan", "access stays, empty plan", POINT, bench_access_alone,
     "plan", STAY, ACCESSES},
    {"stay-access", "access stays, asked", POINT, bench_access_watched, "stay",
     STAY, ACCESSES},
    {"switch-access", "access switches", POINT, bench_access_pair, "go", GO,
     ACCESSES},
    {"stay-sync-plan", "sync stays, empty plan", POINT, bench_sync_alone, "plan",
     STAY, NOTHING},
    {"stay-sync", "sync stays, asked", POINT, bench_sync_watched, "stay", STAY,
     NOTHING},
    {"switch-sync", "sync switches", POINT, bench_sync_pair, "go", GO, NOTHING},
};
enum { ROWS = sizeof rows / sizeof rows[0], BATCHES_MAX = 1000, COUNTED = 1000 };

struct column {
    bool used;
    uint64_t n;              /* executions, or round trips, of a batch */
    double points, switches; /* per execution */
    double ns[BATCHES_MAX], ratio[BATCHES_MAX];
};

static struct column columns[ROWS];
static double loop_switches = 2; /* of (a), per execution, once it has run */

static const struct hd_strategy *strategy_of(const struct row *r)
{
    if (strcmp(r->strategy, "stay") == 0)
        return &strategy_stay;
    if (strcmp(r->strategy, "go") == 0)
        return &strategy_go;
    return hd_strategy_find(r->strategy);
}

/* n executions; returns how many scheduling points they passed. */
static uint64_t executions(const struct row *r, uint64_t n)
{
    static const struct hd_plan empty;
    struct hd_options opt = HD_OPTIONS_DEFAULT;
    uint64_t points = 0;
    opt.strategy = strategy_of(r);
    opt.plan = &empty;
    opt.no_race_detector = r->needs == DETECTOR_OFF;
    for (uint64_t seed = 1; seed <= n; seed++) {
        opt.seed = seed;
        points += hd_run(r->fn, NULL, &opt)->steps;
    }
    return points;
}

/* The i-th of n loops makes its share of the sum, rounded: the mean is exact. */
static void bare_loops(uint64_t n)
{
    uint64_t made = 0;
    for (uint64_t i = 1; i <= n; i++) {
        uint64_t all = (uint64_t)(loop_switches * (double)i);
        bench_fibers(all - made);
        made = all;
    }
}

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* Nanoseconds of a batch of n; *units is by what to divide them. */
static double batch(const struct row *r, uint64_t n, uint64_t *units)
{
    double start = now_ns();
    *units = n;
    switch (r->measure) {
    case ROUND_TRIP:
        bench_fibers(2 * n);
        break;
    case BARE_LOOP:
        bare_loops(n);
        break;
    case POINT:
        *units = executions(r, n);
        break;
    case EXECUTION:
        (void)executions(r, n);
        break;
    }
    return now_ns() - start;
}

/* Points and switches per execution, over the first seeds. */
static void count(const struct row *r, struct column *c, uint64_t n)
{
    if (r->fn == NULL)
        return;
    uint64_t before = bench_switches;
    c->points = (double)executions(r, n) / (double)n;
    c->switches = (double)(bench_switches - before) / (double)n;
    if (c->switches < 2) {
        fprintf(stderr,
                "bench: %s: %.1f switches are counted, into and out of it "
                "are 2 already\n",
                r->id, c->switches);
        exit(1);
    }
    if (strcmp(r->id, "a") == 0)
        loop_switches = c->switches;
}

static void calibrate(const struct row *r, struct column *c, double batch_ns)
{
    uint64_t units;
    c->n = 1;
    while (batch(r, c->n, &units) < batch_ns)
        c->n *= 2;
}

static double ratio(const struct row *r, unsigned round)
{
    double ns = columns[r - rows].ns[round];
    switch (r->aim) {
    case LESS_THAN_ROUND_TRIP:
    case LESS_THAN_THREE:
        return ns / columns[ROUND_TRIP].ns[round];
    case SHARE_OF_LOOP:
        return columns[BARE_LOOP].ns[round] / ns;
    case HALF_OF_UNDETECTED:
        return columns[r - rows - 1].ns[round] / ns;
    default:
        return 0;
    }
}

static bool wanted(const struct row *r, const char *only)
{
    if (r->needs != NOTHING && strcmp(hd_flavor(), "none") == 0)
        return false;
    if (r->needs >= DETECTOR && strcmp(hd_flavor(), "tsan") == 0)
        return false;
    return only == NULL || strcmp(r->id, only) == 0;
}

static void measure(unsigned batches, double batch_ns, const char *only)
{
    bool any = false;
    for (unsigned i = 0; i < ROWS; i++) {
        columns[i].used = wanted(&rows[i], only);
        any |= columns[i].used;
        if (columns[i].used)
            count(&rows[i], &columns[i], rows[i].measure == POINT ? 1 : COUNTED);
    }
    if (!any) {
        fprintf(stderr, "bench: flavor %s has no row '%s'\n", hd_flavor(), only);
        exit(2);
    }
    for (unsigned i = 0; i < ROWS; i++)
        if (columns[i].used)
            calibrate(&rows[i], &columns[i], batch_ns);
    for (unsigned round = 0; round < batches; round++)
        for (unsigned i = 0; i < ROWS; i++) {
            struct column *c = &columns[i];
            uint64_t units;
            if (!c->used)
                continue;
            double ns = batch(&rows[i], c->n, &units);
            c->ns[round] = ns / (double)units;
            c->ratio[round] = ratio(&rows[i], round);
        }
}

/* ---- output ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, unsigned n)
{
    qsort(v, n, sizeof *v, by_value);
    return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void field(bool present, const char *format, double v)
{
    putchar('\t');
    if (present)
        printf(format, v);
    else
        putchar('-');
}

static void print(const struct row *r, struct column *c, unsigned batches)
{
    double ns = median(c->ns, batches);
    bool tsan = strcmp(hd_flavor(), "tsan") == 0;
    const char *const aims[] = {
        [NO_AIM] = "-",
        [LESS_THAN_ROUND_TRIP] = "<1",
        [LESS_THAN_THREE] = "<3",
        [SHARE_OF_LOOP] = tsan ? ">=0.1" : ">=0.4",
        [HALF_OF_UNDETECTED] = ">=0.5",
    };
    printf("%s\t%s\t%s", hd_flavor(), r->id, r->what);
    field(r->measure == BARE_LOOP || r->measure == EXECUTION, "%.0f", 1e9 / ns);
    field(r->fn != NULL, "%.1f", c->points);
    if (r->measure == BARE_LOOP)
        field(true, "%.1f", loop_switches);
    else
        field(r->fn != NULL, "%.1f", c->switches);
    field(true, "%.1f", ns);
    field(r->aim != NO_AIM && columns[ROUND_TRIP].used, "%.3f",
          median(c->ratio, batches));
    printf("\t%s\n", aims[r->aim]);
}

static unsigned number(const char *text, unsigned max)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text == '\0' || *end != '\0' || n < 1 || n > max) {
        fprintf(stderr, "bench: '%s' is not a number from 1 to %u\n", text, max);
        exit(2);
    }
    return (unsigned)n;
}

int main(int argc, char **argv)
{
    unsigned batches = 7, batch_us = 30000;
    const char *only = NULL;
    for (int i = 1; i < argc; i++) {
        if (i + 1 < argc && strcmp(argv[i], "--batches") == 0) {
            batches = number(argv[++i], BATCHES_MAX);
        } else if (i + 1 < argc && strcmp(argv[i], "--batch-us") == 0) {
            batch_us = number(argv[++i], 10000000);
        } else if (i + 1 < argc && strcmp(argv[i], "--only") == 0) {
            only = argv[++i];
        } else {
            fprintf(stderr, "usage: %s [--batches N] [--batch-us N] [--only ID]\n",
                    argv[0]);
            return 2;
        }
    }
    measure(batches, batch_us * 1e3, only);
    for (unsigned i = 0; i < ROWS; i++)
        if (columns[i].used)
            print(&rows[i], &columns[i], batches);
    /* TSan's exit() and _exit() would make its reports of (c) the exit status. */
    syscall(SYS_exit_group, fflush(stdout) == 0 ? 0 : 1);
    return 1;
}
