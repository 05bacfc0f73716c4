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
    uint32_t ready; /* a program's start-up is over: its server serves */
};

struct hd_worker {
    int fd;
    struct hd_worker_shared *shared;
    struct hd_deathnote *note;
    struct hd_interleavings *table; /* NULL: the front end passed none */
    /*
     * NULL: executions are of scenarios, in this process.  Else how one of a
     * program is run, in a process of its own: its account, and its story if
     * opt->watch (to be freed; else left empty).
     */
    void (*execute)(struct hd_worker *w, const struct hd_options *opt,
                    struct hd_account *out, struct hd_bytes *story);
};

/* The zygote's main.  hang_seconds: CPU time until a child is taken to hang. */
int hd_worker_main(unsigned hang_seconds);

/* The child's; returns its exit status. */
int hd_worker_child(struct hd_worker *w);

/* Of main() and of a program's (src/program): what a worker is made of, and the
 * greeting. */
void hd_worker_open(struct hd_worker *w, int fd, int table_fd);
void hd_worker_hello(const struct hd_worker *w);
/* One line to the front end, instead of a reply. */
void hd_worker_error(const struct hd_worker *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
