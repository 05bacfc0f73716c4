/*
 * heddle/context.h - Go's context: cancellation that flows down a tree.
 *
 * A context is done when it is cancelled, when its deadline passes, or when
 * its parent is done.  A context with a cancel or a deadline holds on to its
 * timer and its place under its parent until then: one that is never
 * cancelled is alive (`timer-leak`) although nobody uses it any more.
 *
 *     hd_ctx *ctx = hd_ctx_with_timeout(parent, HD_SECOND);
 *     hd_defer(hd_ctx_cancel_deferred, ctx);
 *     struct hd_case c[] = {HD_RECV(ch, &v), HD_RECV(hd_ctx_done(ctx), NULL)};
 *     if (hd_select(c, 2) == 1)
 *         return hd_ctx_err(ctx);
 *
 * Contexts belong to the execution; there is no free.  Calls may be made by
 * any task at any time; hd_ctx_cancel(), hd_ctx_err() and the constructors
 * with a cancel or deadline are scheduling points.  A cancel is ordered before
 * every observation of it.
 */
#ifndef HEDDLE_CONTEXT_H
#define HEDDLE_CONTEXT_H

#include <heddle/chan.h>
#include <heddle/time.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_ctx hd_ctx;

enum hd_ctx_error {
    HD_CTX_OK = 0,
    HD_CTX_CANCELED,          /* context.Canceled */
    HD_CTX_DEADLINE_EXCEEDED, /* context.DeadlineExceeded */
};

/* The root: never done, no deadline. */
hd_ctx *hd_ctx_background(void);

/* A child that hd_ctx_cancel() ends.  parent must not be NULL. */
hd_ctx *hd_ctx_with_cancel(hd_ctx *parent);

/* The same, and it ends by itself when the deadline (or the parent's) passes. */
hd_ctx *hd_ctx_with_timeout(hd_ctx *parent, hd_duration timeout);
hd_ctx *hd_ctx_with_deadline(hd_ctx *parent, hd_duration deadline);

/* Ends ctx and all below it.  Again, or after the deadline: does nothing. */
void hd_ctx_cancel(hd_ctx *ctx);

/* The same with the type of a deferred function, for hd_defer(). */
void hd_ctx_cancel_deferred(void *ctx);

/* Closed when ctx is done; NULL (never ready) for the background context. */
hd_chan *hd_ctx_done(hd_ctx *ctx);

/* Why it is done, or HD_CTX_OK. */
enum hd_ctx_error hd_ctx_err(hd_ctx *ctx);

#ifdef __cplusplus
}
#endif
#endif
