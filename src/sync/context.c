/*
 * context.c - Go's context tree.
 *
 * A context's done channel is closed once; the error is set before.  Children
 * are cancelled before the call that cancels their parent returns, as in Go.
 */
#include "context.h"

#include "../engine/watch.h"

hd_ctx *hd_ctx_background(void)
{
    hd__self("hd_ctx_background");
    return hd_arena_alloc(&hd__exec.arena, sizeof(struct hd_ctx));
}

static void leave_parent(struct hd_ctx *c)
{
    if (c->parent == NULL || c->parent->done == NULL)
        return;
    if (c->sibling_prev != NULL)
        c->sibling_prev->sibling = c->sibling;
    else if (c->parent->children == c)
        c->parent->children = c->sibling;
    if (c->sibling != NULL)
        c->sibling->sibling_prev = c->sibling_prev;
    c->sibling = c->sibling_prev = NULL;
}

static void end(struct hd_ctx *c, enum hd_ctx_error err)
{
    if (c->err != HD_CTX_OK)
        return;
    c->err = err;
    c->done_ns = hd__exec.now_ns;
    c->done_starved_ns = hd__exec.starved_ns;
    c->cancelled_by = hd__exec.firing ? NULL : hd__cur;
    if (c->cancelled_by != NULL)
        c->cancelled_at = hd__epoch(c->cancelled_by);
    hd__timer_cancel(&c->timer);
    hd__chan_do_close(c->done);
    while (c->children != NULL) {
        struct hd_ctx *child = c->children;
        c->children = child->sibling;
        if (child->sibling != NULL)
            child->sibling->sibling_prev = NULL;
        child->sibling = NULL;
        end(child, err);
    }
    leave_parent(c);
    hd__emit(&(struct hd_event){
        .kind = HD_EVENT_CTX_DONE, .task = c->cancelled_by, .ctx = c});
}

/* The deadline passes: this happens in no task, so it orders nothing. */
static void expire(struct hd_timer *t)
{
    end((struct hd_ctx *)t, HD_CTX_DEADLINE_EXCEEDED);
}

static void join_parent(struct hd_ctx *c, struct hd_ctx *parent)
{
    c->parent = parent;
    if (parent->done == NULL)
        return;
    if (parent->err != HD_CTX_OK) {
        hd__acquire(&parent->done->object.clock);
        end(c, parent->err);
        return;
    }
    c->sibling = parent->children;
    if (c->sibling != NULL)
        c->sibling->sibling_prev = c;
    parent->children = c;
}

struct hd_ctx *hd__ctx_new(struct hd_ctx *parent)
{
    struct hd_task *self = hd__cur;
    HD_CHECK(parent != NULL);
    struct hd_ctx *c = hd_arena_alloc(&hd__exec.arena, sizeof *c);
    c->done = hd__chan_new(0, 0, (void *)self->op.pc);
    c->has_deadline = parent->has_deadline;
    c->deadline_ns = parent->deadline_ns;
    c->timer.fire = expire;
    c->timer.leaks = true;
    c->timer.what = "context deadline";
    c->timer.pc = self->op.pc;
    c->timer.maker = self;
    c->next = hd__exec.contexts;
    hd__exec.contexts = c;
    join_parent(c, parent);
    return c;
}

/* A later deadline than the parent's changes nothing: the parent ends first. */
static struct hd_ctx *make_with_deadline(struct hd_ctx *parent, int64_t deadline_ns)
{
    struct hd_ctx *c = hd__ctx_new(parent);
    if (c->has_deadline && c->deadline_ns <= deadline_ns)
        return c;
    c->has_deadline = true;
    c->deadline_ns = deadline_ns;
    if (c->err != HD_CTX_OK)
        return c;
    if (deadline_ns <= hd__exec.now_ns)
        end(c, HD_CTX_DEADLINE_EXCEEDED);
    else {
        c->done->source = &c->clock;
        hd__release(&c->clock);
        hd__timer_start(&c->timer, deadline_ns);
    }
    return c;
}

hd_ctx *hd_ctx_with_cancel(hd_ctx *parent)
{
    hd__self("hd_ctx_with_cancel");
    HD_POINT(CTX_NEW, 0);
    return hd__ctx_new(parent);
}

hd_ctx *hd_ctx_with_timeout(hd_ctx *parent, hd_duration timeout)
{
    hd__self("hd_ctx_with_timeout");
    HD_POINT(CTX_NEW, 0);
    HD_WATCH("timeout %g ms", (double)timeout / HD_MS);
    return make_with_deadline(parent, hd__deadline(timeout));
}

hd_ctx *hd_ctx_with_deadline(hd_ctx *parent, hd_duration deadline)
{
    hd__self("hd_ctx_with_deadline");
    HD_POINT(CTX_NEW, 0);
    return make_with_deadline(parent, deadline);
}

uint32_t hd__ctx_id(const struct hd_ctx *ctx)
{
    return ctx->done == NULL ? 0 : ctx->done->object.id;
}

void hd__ctx_end(struct hd_ctx *ctx)
{
    if (ctx->done != NULL)
        end(ctx, HD_CTX_CANCELED);
}

void hd_ctx_cancel(hd_ctx *ctx)
{
    hd__self("hd_ctx_cancel");
    HD_POINT(CTX_CANCEL, hd__ctx_id(ctx));
    hd__ctx_end(ctx);
}

void hd_ctx_cancel_deferred(void *ctx)
{
    hd_ctx_cancel(ctx);
}

hd_chan *hd_ctx_done(hd_ctx *ctx)
{
    return ctx->done;
}

enum hd_ctx_error hd_ctx_err(hd_ctx *ctx)
{
    hd__self("hd_ctx_err");
    HD_POINT(CTX_ERR, ctx->done == NULL ? 0 : ctx->done->object.id);
    if (ctx->err != HD_CTX_OK)
        hd__acquire(&ctx->done->object.clock);
    HD_WATCH("%s", ctx->err == HD_CTX_OK         ? "not done"
                   : ctx->err == HD_CTX_CANCELED ? "cancelled"
                                                 : "deadline exceeded");
    return ctx->err;
}
