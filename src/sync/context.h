/*
 * context.h - the inside of contexts, for the oracles that judge how code deals
 * with a cancel, and for errgroup.c.
 */
#ifndef HD_SYNC_CONTEXT_H
#define HD_SYNC_CONTEXT_H

#include <heddle/context.h>

#include "../engine/clock.h"
#include "chan.h"

struct hd_ctx {
    struct hd_timer timer; /* must come first; pending: it has a deadline */
    struct hd_ctx *parent;
    struct hd_ctx *children, *sibling, *sibling_prev;
    struct hd_chan *done; /* NULL: the background context */
    enum hd_ctx_error err;
    bool has_deadline;
    int64_t deadline_ns;
    struct hd_vclock clock; /* what was done before its timer was started */

    /* Once err is set: when, and how far time had been jumped ahead of tasks
     * that could run. */
    int64_t done_ns, done_starved_ns;
    struct hd_task *cancelled_by; /* NULL: its deadline passed, in no task */
    struct hd_epoch cancelled_at; /* in that task */

    struct hd_ctx *next; /* made before it: hd__exec.contexts */
};

/* What hd_ctx_with_cancel() and hd_ctx_cancel() do after their points. */
struct hd_ctx *hd__ctx_new(struct hd_ctx *parent);
void hd__ctx_end(struct hd_ctx *ctx);

/* The object that stands for it in operations; 0 for the background context. */
uint32_t hd__ctx_id(const struct hd_ctx *ctx);

#endif
