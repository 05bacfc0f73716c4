/*
 * trace.h - what happened, in order: one 16-byte record per operation.
 *
 * The records live in one mapping that is reserved once and reused by every
 * execution; its hash is taken at the end, over everything but addresses:
 * operation, task, code location relative to the load base, object ids and
 * results.
 */
#ifndef HD_ENGINE_TRACE_H
#define HD_ENGINE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "op.h"

struct hd_record {
    uint64_t where; /* pc (48 bits) | kind << 48 | size_log << 56 */
    uint64_t what;  /* address, object id or value (48 bits) | task << 48 */
};

struct hd_trace {
    struct hd_record *first, *next, *end; /* end: the step budget */
    struct hd_record *limit;              /* of the mapping */
};

extern struct hd_trace hd__trace;

/* Room for steps_max records (a few more may follow the budget's end). */
void hd__trace_begin(uint32_t steps_max);
uint64_t hd__trace_hash(void);

static inline uint32_t hd__trace_len(void)
{
    return (uint32_t)(hd__trace.next - hd__trace.first);
}

/*
 * Appends a record.  The room is always there: offset_limit of the running
 * task never lets the fast path run past the end.
 */
static inline void hd__trace_put(unsigned kind, unsigned size_log, uint32_t task,
                                 uintptr_t pc, uint64_t what)
{
    struct hd_record *r = hd__trace.next++;
    r->where = (uint64_t)pc | (uint64_t)kind << 48 | (uint64_t)size_log << 56;
    r->what = (what & 0xffffffffffffu) | (uint64_t)task << 48;
}

static inline enum hd_op_kind hd__record_kind(const struct hd_record *r)
{
    return (enum hd_op_kind)((r->where >> 48) & 0xff);
}
static inline unsigned hd__record_size_log(const struct hd_record *r)
{
    return (unsigned)(r->where >> 56);
}
static inline uint32_t hd__record_task(const struct hd_record *r)
{
    return (uint32_t)(r->what >> 48);
}
static inline uintptr_t hd__record_pc(const struct hd_record *r)
{
    return r->where & 0xffffffffffffu;
}
static inline uint64_t hd__record_what(const struct hd_record *r)
{
    return r->what & 0xffffffffffffu;
}

#endif
