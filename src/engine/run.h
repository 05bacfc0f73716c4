/*
 * run.h - the engine from outside: run one execution and look at what it did.
 *
 *     struct hd_options opt = HD_OPTIONS_DEFAULT;
 *     opt.strategy = hd_strategy_find("random");
 *     opt.seed = 7;
 *     const struct hd_result *r = hd_run(main_task, arg, &opt);
 *     for (size_t i = 0; i < r->findings; i++) ...
 *
 * One execution at a time per process.  The result belongs to the engine and
 * is valid until the next hd_run().
 */
#ifndef HD_ENGINE_RUN_H
#define HD_ENGINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <heddle/class.h>
#include <heddle/scenario.h>
#include <heddle/task.h>

#include "../base/elfsym.h"
#include "../base/error.h"
#include "finding.h"
#include "plan.h"

struct hd_strategy;

struct hd_options {
    const struct hd_strategy *strategy;
    const struct hd_plan *plan; /* what strategy `plan` follows */
    uint64_t seed;              /* of this execution */
    uint32_t steps_max;         /* scheduling points until outcome `budget` */
    int64_t starve_max_ns;      /* how early a timer may fire; < 0: unbounded */
    unsigned policies;          /* policy classes that are on */
    size_t stack_size;          /* of a task, bytes */
    bool
        fresh_detector; /* TSan's history is forgotten first, as in a new process */
    bool no_race_detector; /* heddle's own (flavors race, asan) is off, and TSan's
                            * reports are ignored */
    bool pair_second;      /* pct: second of a pair with the same parameters */
    bool watch;            /* collect the story, see watch.h */
    int64_t now_ns;        /* virtual time at the beginning */
};

#define HD_OPTIONS_DEFAULT                                                         \
    {.steps_max = 200000, .starve_max_ns = -1, .stack_size = 256 * 1024}

/* X(ENUM, "name", "what it means") */
#define HD_OUTCOMES(X)                                                             \
    X(DONE, "done", "every task ended")                                            \
    X(STUCK, "stuck", "some tasks are blocked for ever")                           \
    X(STOPPED, "stopped", "a finding ended the execution")                         \
    X(BUDGET, "budget", "ran out of its step budget")                              \
    X(CRASH, "crash", "the process died")                                          \
    X(HANG, "hang", "a loop without a scheduling point")                           \
    X(EXIT, "exit", "the program ended while some of its threads lived")           \
    X(UNCONTROLLED, "uncontrolled",                                                \
      "blocked in a call that heddle does not control")

enum hd_outcome {
#define X(id, name, text) HD_OUTCOME_##id,
    HD_OUTCOMES(X)
#undef X
};
const char *hd_outcome_name(enum hd_outcome o);

struct hd_result {
    enum hd_outcome outcome;
    uint32_t steps;         /* scheduling points passed */
    uint32_t tasks;         /* tasks that existed */
    uint32_t tasks_dropped; /* that had not ended */
    bool dirty;             /* use a fresh process for the next execution */
    uint32_t preemptions;   /* switches away from a task that could go on */
    int64_t now_ns;
    int64_t starvation_ns; /* the furthest that a timer was early */
    uint64_t trace_hash;
    const struct hd_finding *finding; /* in the order in which they came */
    size_t findings;
    const struct hd_plan *plan; /* every deviation that was made */
};

const struct hd_result *hd_run(hd_fn *main_task, void *arg,
                               const struct hd_options *opt);

/*
 * The same on the thread carrier, in a process that has one thread: the caller
 * goes on as the first task, and the process does not outlive the execution.
 * over() is called at its end, by whichever thread; if it returns, that thread is
 * to end the process.
 */
typedef void hd_over_fn(const struct hd_result *r);
void hd_run_here(const struct hd_options *opt, hd_over_fn *over);

/* The first task ends the process, as main() does when it returns: over() is
 * called, and what is left of the other tasks is left where it is. */
void hd_run_exit(void);

/* The same for a scenario's variant, with its policies.  in is copied. */
const struct hd_result *hd_run_scenario(const struct hd_scenario *s,
                                        const struct hd_variant *v,
                                        const struct hd_input *in,
                                        const struct hd_options *opt);

/*
 * Index of the primary finding: the first in the order of expect[] whose class
 * is there, else the first that no class of expect[] covers.  -1 if none.
 */
int hd_primary(const struct hd_finding *f, size_t n, const enum hd_class *expect);

/* The class that must be primary in this process's flavor, or HD_NO_CLASS. */
enum hd_class hd_expected_class(const struct hd_variant *v, bool sees_races);

/*
 * The pending operation that a recorded deviation applied to, for files and
 * tests: operation name, code location, how many such operations the task had
 * passed (its occurrence).
 */
struct hd_anchor {
    const char *task;        /* path of the task */
    const char *op;          /* "chan-send" */
    uint64_t pc;             /* relative */
    uint32_t occurrence;     /* 1 for the first operation of that kind */
    const char *choice_task; /* path of the task chosen, or NULL */
    bool hit;                /* strategy plan: it was reached and applied */
};
/* Anchor of deviation i of the last execution's recorded plan. */
struct hd_anchor hd_anchor_of(size_t i);
/* How many deviations of the given (not the recorded) plan were applied. */

/* Registered scenarios, sorted by name. */
size_t hd_scenarios(const struct hd_scenario *const **list);
const struct hd_scenario *hd_scenario_find(const char *name);
const struct hd_variant *hd_variant_find(const struct hd_scenario *s,
                                         const char *name);

/* The flavor of this process: "race", "asan", "tsan" or "none". */
const char *hd_flavor(void);
bool hd_flavor_sees_races(const char *flavor);

/*
 * A note in shared memory about the execution under way, so that whoever
 * forked this process knows what it did when it died.  NULL: keep none.
 */
struct hd_deathnote {
    uint64_t index; /* of the execution; set by the caller */
    int64_t param[HD_PARAMS_MAX];
    uint32_t running; /* 1 while an execution is under way */
    int32_t tid;      /* thread carrier: of the thread that has control; else 0 */
    uint32_t cls;     /* hd_class of the death, if known */
    uint32_t kills_itself;           /* 1: it has sent itself a SIGKILL */
    char failure[HD_LAST_WORDS_MAX]; /* heddle's own error, not the code's: of
                                        hd_die(), or "" */
    char message[256];
    char signature[512];
    char task[128];
    char op[64];
    struct hd_stack stack;
    char detail[32768]; /* the sanitizer's report */
    /* What was found before it died: hd_finding_write(), one after the other. */
    uint32_t found, found_size;
    uint8_t found_bytes[32768];
    /* Thread carrier: so many blocks may be left over, LSan has been asked. */
    int64_t leak_free;
    char uncontrolled[2048]; /* calls that were passed through, a line each */
    uint32_t steps;
    uint32_t deviations; /* made so far (may exceed what is kept) */
    uint32_t deviations_max;
    struct hd_deviation dev[]; /* deviations_max of them */
};
void hd_deathnote_set(struct hd_deathnote *note);
/* Installs handlers for fatal signals and the sanitizers' death callbacks. */
void hd_death_handlers(void);

#endif
