/*
 * errgroup.c - golang.org/x/sync/errgroup; rules of use in heddle/errgroup.h.
 *
 * The limit is Go's channel of tokens: a ring of clocks, slot by slot, so that a
 * task's end is ordered before exactly those calls of Go that it makes possible.
 * Callers of Go are served first come, first served, by handing over the slot.
 *
 * As in Go the counter rises only in the caller of Go, once it has its slot.  A
 * Wait by somebody else may therefore return in between.
 *
 *     task that ends            caller of Go           caller of Wait
 *     hands over its slot       (blocked)              (blocked)
 *     counter becomes 0                                returns
 *                               counter becomes 1
 *
 * Operations of a group's task stand where its Go was called.
 */
#include <heddle/errgroup.h>

#include <heddle/panic.h>

#include "../engine/object.h"
#include "../engine/watch.h"
#include "context.h"

/* A task of the group. */
struct job {
    struct hd_group *group;
    hd_group_fn *fn;
    void *arg;
    const char *err;
    const struct hd_task *task; /* NULL until it runs */
    struct job *next, *prev;
};

struct hd_group {
    struct hd_object object; /* blocks those who wait for the end */
    struct hd_object gate;   /* blocks those who wait for a slot */
    struct hd_ctx *ctx;      /* NULL: none */
    const char *err;         /* the first */
    uint32_t running;
    struct job *first, *last; /* that run */

    bool limited;
    uint32_t limit, taken;
    uint32_t head;           /* the slot that was taken first */
    struct hd_vclock *clock; /* of each slot */
};

/* ---- what a blocked task says ---- */

/* "main.1, main.2 and 3 more" */
static const char *runners(const struct hd_group *g)
{
    enum { NAMES_MAX = 8 };
    struct hd_arena *arena = &hd__exec.arena;
    const char *text = "";
    uint32_t named = 0;
    for (const struct job *j = g->first; j != NULL && named < NAMES_MAX;
         j = j->next)
        text = hd_arena_printf(arena, "%s%s%s", text, named++ == 0 ? "" : ", ",
                               hd__task_path(j->task));
    if (named < g->running)
        text = hd_arena_printf(arena, "%s and %u more", text, g->running - named);
    return text;
}

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_group *g = (const struct hd_group *)o;
    (void)t;
    return hd_arena_printf(&hd__exec.arena, "%u of its tasks not ended: %s",
                           g->running, runners(g));
}

static const char *gate_why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_group *g =
        (const void *)((const char *)o - offsetof(struct hd_group, gate));
    (void)t;
    if (g->limit == 0)
        return "the limit is 0";
    return hd_arena_printf(&hd__exec.arena, "%u of %u slots taken, by %s", g->taken,
                           g->limit, runners(g));
}

static const struct hd_object_kind kind = {"errgroup", why, NULL};
static const struct hd_object_kind gate_kind = {"errgroup limit", gate_why, NULL};

/* ---- making ---- */

static struct hd_group *make(const void *pc)
{
    struct hd_group *g = hd_arena_alloc(&hd__exec.arena, sizeof *g);
    hd__object_init(&g->object, &kind, pc);
    return g;
}

hd_group *hd_group_make(void)
{
    hd__self("hd_group_make");
    return make(__builtin_return_address(0));
}

hd_group *hd_group_with_context(hd_ctx *parent, hd_ctx **ctx)
{
    hd__self("hd_group_with_context");
    HD_POINT(CTX_NEW, 0);
    struct hd_group *g = make(__builtin_return_address(0));
    g->ctx = hd__ctx_new(parent);
    *ctx = g->ctx;
    return g;
}

void hd_group_set_limit(hd_group *g, int n)
{
    hd__self("hd_group_set_limit");
    if (g->running > 0 || g->taken > 0)
        hd_panic("errgroup: modify limit while %u goroutines in the group are "
                 "still active",
                 g->running);
    g->limited = n >= 0;
    if (n < 0)
        return;
    if (g->gate.kind == NULL)
        hd__object_init(&g->gate, &gate_kind, __builtin_return_address(0));
    g->limit = (uint32_t)n;
    g->head = 0;
    g->clock = hd_arena_alloc(&hd__exec.arena, ((size_t)n + 1) * sizeof *g->clock);
}

/* ---- slots ---- */

/* A task puts its token into the next slot of the ring, or takes one out. */
static void meet(struct hd_task *t, struct hd_vclock *slot)
{
    hd__acquire_for(t, slot);
    hd__release_for(t, slot);
}

static void slot_take(struct hd_group *g, struct hd_task *t)
{
    HD_CHECK(g->taken < g->limit);
    meet(t, &g->clock[(g->head + g->taken++) % g->limit]);
}

static void slot_give(struct hd_group *g)
{
    if (!g->limited)
        return;
    meet(hd__cur, &g->clock[g->head]);
    g->head = (g->head + 1) % g->limit;
    g->taken--;
    struct hd_task *next = hd__wake_one(&g->gate, false);
    if (next != NULL)
        slot_take(g, next);
}

static void slot_acquire(struct hd_group *g)
{
    if (!g->limited)
        return;
    if (g->taken < g->limit)
        slot_take(g, hd__cur);
    else
        hd__wait(&g->gate); /* who wakes us has taken it for us */
}

/* ---- a task ---- */

static void job_link(struct job *j)
{
    struct hd_group *g = j->group;
    j->prev = g->last;
    if (g->last != NULL)
        g->last->next = j;
    else
        g->first = j;
    g->last = j;
    g->running++;
}

static void job_unlink(struct job *j)
{
    struct hd_group *g = j->group;
    if (j->prev != NULL)
        j->prev->next = j->next;
    else
        g->first = j->next;
    if (j->next != NULL)
        j->next->prev = j->prev;
    else
        g->last = j->prev;
    g->running--;
}

/* The first error is kept and cancels, in one operation. */
static void fail(struct hd_group *g, const char *err)
{
    if (err == NULL || g->err != NULL)
        return;
    g->err = err;
    HD_WATCH("first error: %s", err);
    if (g->ctx != NULL)
        hd__ctx_end(g->ctx);
}

/* Deferred: it also runs when a panic ends the task. */
static void job_done(void *arg)
{
    struct job *j = arg;
    struct hd_group *g = j->group;
    hd__point(HD_OP_GROUP_DONE, g->object.id, (void *)hd__cur->spawn_pc,
              __builtin_frame_address(0));
    fail(g, j->err);
    slot_give(g);
    hd__release(&g->object.clock);
    job_unlink(j);
    j->arg = NULL; /* or what it points to looks reachable to LSan */
    if (g->running == 0)
        hd__wake_all(&g->object);
}

static void job_call(void *arg)
{
    struct job *j = arg;
    j->err = j->fn(j->arg);
}

/* The function has a frame of its own: what it defers runs before its error counts.
 */
static void job_run(void *arg)
{
    struct job *j = arg;
    struct hd_ctx *ctx = j->group->ctx;
    hd_defer(job_done, j);
    hd_call(job_call, j);
    if (j->err == NULL || ctx == NULL)
        return;
    hd__point(HD_OP_CTX_CANCEL, hd__ctx_id(ctx), (void *)hd__cur->spawn_pc,
              __builtin_frame_address(0));
    fail(j->group, j->err);
}

static void job_start(struct hd_group *g, hd_group_fn *fn, void *arg,
                      const void *pc, const void *frame)
{
    struct job *j = hd_arena_alloc(&hd__exec.arena, sizeof *j);
    j->group = g;
    j->fn = fn;
    j->arg = arg;
    j->task = hd__cur;
    job_link(j);
    j->task = hd__go(job_run, j, pc, frame);
}

/* ---- the operations ---- */

void hd_group_go(hd_group *g, hd_group_fn *fn, void *arg)
{
    hd__self("hd_group_go");
    HD_CHECK(fn != NULL);
    HD_POINT(GROUP_GO, g->object.id);
    slot_acquire(g);
    job_start(g, fn, arg, __builtin_return_address(0), __builtin_frame_address(0));
}

bool hd_group_go_try(hd_group *g, hd_group_fn *fn, void *arg)
{
    hd__self("hd_group_go_try");
    HD_CHECK(fn != NULL);
    HD_POINT(GROUP_TRY, g->object.id);
    if (g->limited && g->taken == g->limit)
        return false;
    hd__changed();
    slot_acquire(g);
    job_start(g, fn, arg, __builtin_return_address(0), __builtin_frame_address(0));
    return true;
}

const char *hd_group_wait(hd_group *g)
{
    hd__self("hd_group_wait");
    HD_POINT(GROUP_WAIT, g->object.id);
    if (g->running > 0)
        hd__wait(&g->object);
    hd__acquire(&g->object.clock);
    if (g->ctx != NULL) {
        HD_POINT(CTX_CANCEL, hd__ctx_id(g->ctx));
        hd__ctx_end(g->ctx);
    }
    return g->err;
}
