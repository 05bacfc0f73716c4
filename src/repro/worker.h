/*
 * worker.h - the far side of a hunt: `heddle-FLAVOR __worker`.
 *
 * The exec'd process is a zygote.  It owns shared memory, forks a child, and
 * waits.  The child serves requests from the socket and runs the executions.
 * When the code under test kills the child, the zygote turns the death note
 * into the reply that is due and forks the next child; the front end only sees
 * one more finding.  A child that has collected too much (dropped tasks) ends
 * with a status of its own and is replaced in the same way.
 *
 *     front end --socketpair-- zygote (idle in waitpid)
 *          \                      | fork
 *           `------ fd 3 ------ child: request -> executions -> reply
 */
#ifndef HD_REPRO_WORKER_H
#define HD_REPRO_WORKER_H

#include <stdint.h>

#include "../engine/run.h"
#include "wire.h"

/* Exit status of a child that wants to be replaced. */
enum { HD_WORKER_RECYCLE = 99 };

/* What the zygote must know of its child's work; shared memory. */
struct hd_worker_shared {
    uint32_t request; /* type of the request being served, 0: none */
    uint64_t first;   /* its first execution */
    uint64_t outcome[HD_OUTCOME_COUNT];
    uint64_t beats; /* executions started: the watchdog's pulse */
};

struct hd_worker {
    int fd;
    struct hd_worker_shared *shared;
    struct hd_deathnote *note;
    struct hd_interleavings *table; /* NULL: the front end passed none */
};

/* The zygote's main.  hang_seconds: CPU time until a child is taken to hang. */
int hd_worker_main(unsigned hang_seconds);

/* The child's; returns its exit status. */
int hd_worker_child(struct hd_worker *w);

#endif
