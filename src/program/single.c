/*
 * single.c - one execution in this very process, with no fork and no handlers, so
 * that a debugger sees the program stop where it goes wrong.
 *
 * The command has left the request in a file and its name in the environment.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "single.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/io.h"
#include "../engine/engine.h"
#include "../engine/strategy.h"
#include "../instrument/ending.h"
#include "../posix/clock.h"
#include "../report/text.h"
#include "../repro/wire.h"

enum { REQUEST_MAX = 1 << 28 };

static struct {
    struct hd_program_options options;
    struct hd_bytes bytes;
    struct hd_request request; /* its strings are in bytes */
} single;

/* hd_over_fn */
static void over(const struct hd_result *r)
{
    hd_report_result(stderr, r, NULL, NULL, NULL);
}

static void start(void)
{
    static bool done;
    struct hd_options o = HD_OPTIONS_DEFAULT;
    if (done)
        return;
    done = true;
    o.strategy = hd_strategy_find("plan");
    o.plan = &single.request.plan;
    o.steps_max = single.request.steps_max;
    o.starve_max_ns = single.request.starve_max_ns;
    o.policies = single.options.policies;
    o.no_race_detector = single.options.no_races;
    o.now_ns = hd__clock_before();
    hd_run_here(&o, over);
}

static void ends(int status, const void *pc, const void *frame)
{
    (void)pc, (void)frame;
    hd_run_exit();
    _exit(status);
}

static void at_exit(int status, void *unused)
{
    (void)unused;
    if (hd__cur != NULL)
        ends(status, NULL, NULL);
}

bool hd__single_begin(const struct hd_program_options *o)
{
    const char *path = getenv(HD_PROGRAM_SINGLE_ENV);
    if (path == NULL)
        return false;
    single.options = *o;
    if (hd_file_read(path, REQUEST_MAX, &single.bytes) != HD_E_OK)
        hd_die("cannot read %s", path);
    struct hd_reader in = {.data = single.bytes.data, .size = single.bytes.size};
    if (!hd_request_read(&single.request, HD_WIRE_RUN, &in))
        hd_die("%s holds no request", path);
    unlink(path);
    unsetenv(HD_PROGRAM_SINGLE_ENV);
    on_exit(at_exit, NULL);
    hd__program_tid = getpid();
    hd__program_ends = ends;
    hd__program_starts = start;
    return true;
}
