/*
 * account.h - the record of one execution, as it crosses process boundaries.
 *
 * The engine's hd_result dies with the next execution and with its process.
 * A hd_account holds what the command needs of it: outcome, counts, parameters,
 * the recorded plan with the evidence for each deviation, the findings, and
 * the functions of all their frames (only the process that ran the code knows
 * its own symbol table without a tool).
 *
 * Two ways to get one: hd_account_capture() in the worker borrows the engine's
 * strings; hd_account_read() in the front end owns a copy of the bytes.  Both are
 * freed with hd_account_free().
 */
#ifndef HD_REPRO_ACCOUNT_H
#define HD_REPRO_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/bytes.h"
#include "../base/elfsym.h"
#include "../engine/finding.h"
#include "../engine/plan.h"
#include "../engine/run.h"

/* Where a deviation of the plan applied; see struct hd_anchor. */
struct hd_account_anchor {
    const char *task, *op, *choice_task; /* op, choice_task may be NULL */
    const char *function;                /* of the operation's pc, or NULL */
    uint64_t function_offset;
    uint32_t occurrence; /* 0: unknown */
};

/* The function that holds a relative pc, and the shared library that holds the
 * function; NULL: the program. */
struct hd_account_symbol {
    uint64_t pc, offset;
    const char *function, *library;
};

/* What this process knows of a return address. */
struct hd_account_symbol hd_account_symbol_of(uint64_t pc);
void hd_account_symbol_write(const struct hd_account_symbol *s,
                             struct hd_bytes *out);
void hd_account_symbol_read(struct hd_account_symbol *s, struct hd_reader *in);

struct hd_account {
    uint64_t index; /* in its job */
    enum hd_outcome outcome;
    uint32_t steps, tasks, tasks_dropped, preemptions;
    int64_t now_ns, starvation_ns;
    uint64_t trace_hash; /* of a crash: of what came before it; 0: unknown */
    struct hd_input in;
    struct hd_plan plan;              /* as recorded */
    struct hd_account_anchor *anchor; /* one per deviation, or NULL if unknown */
    struct hd_finding *finding;
    size_t findings;
    const char *call;   /* outcome `uncontrolled`: in which it blocked; or NULL */
    const char *output; /* what a program printed, or NULL */
    struct hd_account_symbol *symbol; /* of all frames of all findings */
    size_t symbols;
    uint8_t *bytes;     /* what the strings point into, if owned */
    bool owns_findings; /* the finding array and its sites are ours */
};

/* Takes over what the last hd_run() left, valid until the next one. */
void hd_account_capture(struct hd_account *e, const struct hd_result *r,
                        const struct hd_input *in);

/* Fills symbol[] from this process's own symbol table. */
void hd_account_symbolize(struct hd_account *e);

void hd_account_write(const struct hd_account *e, struct hd_bytes *out);
bool hd_account_read(struct hd_account *e, const uint8_t *bytes, size_t size);
/* A copy that owns all that it holds. */
void hd_account_copy(const struct hd_account *e, struct hd_account *out);
void hd_account_free(struct hd_account *e);

/* The finding of that signature, or NULL. */
const struct hd_finding *hd_account_find(const struct hd_account *e,
                                         const char *signature);

/* Deviations with their evidence, as exec and request frames both hold them. */
void hd_account_plan_write(const struct hd_plan *p,
                           const struct hd_account_anchor *a, struct hd_bytes *out);
bool hd_account_plan_read(struct hd_plan *p, struct hd_account_anchor **a,
                          struct hd_reader *in);

#endif
