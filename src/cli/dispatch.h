/*
 * dispatch.h - hands the executions of one job to the worker processes and
 * gathers what they found.
 *
 * A job's executions are numbered; workers get chunks of consecutive numbers.
 * The result does not depend on how many workers there are: the stopping
 * finding with the smallest number wins, everything before it is completed,
 * and what ran beyond it is forgotten.  (A time limit is the exception.)
 */
#ifndef HD_CLI_DISPATCH_H
#define HD_CLI_DISPATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "../repro/interleavings.h"
#include "../repro/slot.h"

struct hd_strategy;

struct sigaction;

/* From here on SIGINT, SIGTERM and SIGHUP set hd_interrupted (repro/slot.h); the
 * last one is what a terminal sends that is closed, and stays ignored if it was. */
void hd_interrupt_install(void);
/* The same, with a handler of the caller's. */
void hd_interrupt_handle(const struct sigaction *sa);

struct hd_slots {
    struct hd_slot *slot;
    unsigned slots;
    const char *flavor; /* of the running slots, NULL: none runs */
    struct hd_interleavings *table;
    int table_fd;
    unsigned hang_seconds;
};

/* False: no shared memory; errno says why. */
bool hd_slots_open(struct hd_slots *p, unsigned slots, unsigned hang_seconds);
void hd_slots_close(struct hd_slots *p);

struct hd_job {
    const struct hd_scenario *scenario;
    const struct hd_variant *variant;
    const struct hd_strategy *strategy;
    const char *flavor;
    uint64_t seed;
    uint64_t runs;  /* executions at most; 0: no limit */
    double seconds; /* 0: no limit */
    bool keep_going;
    uint32_t steps_max;
    int64_t starve_max_ns;
};

/* The first execution that had a signature. */
struct hd_found {
    uint64_t index;
    uint64_t signature_hash;
    uint64_t count; /* executions that had it */
    double seconds; /* until it was there */
    size_t which;   /* of the account's findings */
    struct hd_account account;
};

struct hd_gathered {
    uint64_t executions, stop_at; /* UINT64_MAX: nothing stopped it */
    double seconds;
    uint64_t distinct;
    bool saturated, interrupted;
    uint64_t outcome[HD_OUTCOME_COUNT];
    struct hd_found *found; /* ordered by (index, which) */
    size_t founds;
    bool alone;              /* a program without threads: one execution is all */
    char uncontrolled[2048]; /* calls that passed through, a line each */
    bool hung; /* some execution hung or blocked; the first of them: */
    struct hd_account hang;
    char error[600]; /* if hd_dispatch() failed */
};

/* Progress, called some ten times a second. */
struct hd_progress {
    const struct hd_job *job;
    uint64_t executions, distinct;
    size_t findings;
    double seconds;
};
typedef void hd_progress_fn(const struct hd_progress *p);

enum hd_err hd_dispatch(struct hd_slots *pool, const struct hd_job *job,
                        hd_progress_fn *progress, struct hd_gathered *out);
void hd_gathered_free(struct hd_gathered *g);

double hd_now_seconds(void);

#endif
