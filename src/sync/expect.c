/*
 * expect.c - what a scenario promises (heddle/expect.h): each call makes one
 * event, and the policy oracles decide.
 *
 * None of the calls is a scheduling point or orders anything.  They do publish
 * where the task stands, so that a report shows the place of the promise.
 */
#include <heddle/expect.h>

#include "context.h"

/* The calling task, which from now on stands at the promise. */
static struct hd_task *at(const char *function, uint32_t object, const void *pc,
                          const void *frame)
{
    struct hd_task *t = hd__self(function);
    t->op =
        (struct hd_op){.kind = HD_OP_WORK, .object = object, .pc = (uintptr_t)pc};
    t->frame = frame;
    return t;
}

#define AT(function, object)                                                       \
    at((function), (object), __builtin_return_address(0),                          \
       __builtin_frame_address(0))

/* ---- unbounded-tasks ---- */

void hd_expect_tasks_max(uint32_t n)
{
    struct hd_task *t = AT("hd_expect_tasks_max", 0);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_TASKS_MAX, .task = t, .a = n});
}

uint32_t hd_tasks_alive(void)
{
    hd__self("hd_tasks_alive");
    return hd__exec.tasks_live - 1;
}

/* ---- ignored-cancel ---- */

hd_deadline_watch hd_expect_return(hd_ctx *ctx, hd_duration bound)
{
    hd__self("hd_expect_return");
    HD_CHECK(ctx != NULL && bound >= 0);
    return (hd_deadline_watch){.ctx = ctx,
                               .bound = bound,
                               .since = hd__exec.now_ns,
                               .starved = hd__exec.starved_ns};
}

/*
 * The time that counts starts with the region if the context was done before,
 * and does not include jumps over the heads of tasks that could run.
 */
void hd_expect_returned(const hd_deadline_watch *w)
{
    struct hd_task *t = AT("hd_expect_returned", 0);
    const struct hd_ctx *c = w->ctx;
    if (c->err == HD_CTX_OK)
        return;
    bool before = c->done_ns < w->since;
    int64_t since = before ? w->since : c->done_ns;
    int64_t starved = before ? w->starved : c->done_starved_ns;
    hd__emit(&(struct hd_event){
        .kind = HD_EVENT_REGION_END,
        .task = t,
        .ctx = w->ctx,
        .a = hd__exec.now_ns - since - (hd__exec.starved_ns - starved),
        .b = w->bound,
    });
}

/* ---- late-work ---- */

static const struct hd_object_kind stop_kind = {.name = "stop"};

static struct hd_object *stop_of(hd_stop *s, const void *pc)
{
    return hd__object_of(&s->impl, &s->epoch, sizeof(struct hd_object), &stop_kind,
                         pc);
}

void hd_stop_wanted(hd_stop *s, hd_ctx *ctx)
{
    hd__self("hd_stop_wanted");
    HD_CHECK(ctx != NULL);
    struct hd_object *o = stop_of(s, __builtin_return_address(0));
    struct hd_task *t = AT("hd_stop_wanted", o->id);
    hd__emit(&(struct hd_event){
        .kind = HD_EVENT_STOP, .task = t, .object = o, .ctx = ctx});
}

void hd_item_started(hd_stop *s)
{
    hd__self("hd_item_started");
    struct hd_object *o = stop_of(s, __builtin_return_address(0));
    struct hd_task *t = AT("hd_item_started", o->id);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_ITEM, .task = t, .object = o});
}

/* ---- flaky-verdict ---- */

void hd_verdict(bool passed)
{
    struct hd_task *t = AT("hd_verdict", 0);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_VERDICT, .task = t, .a = passed});
}
