/*
 * once.c - Go's sync.Once.
 *
 * That the function is done is noted by a deferred call in a frame around it, so
 * that a panic counts, too.  Noting it is an operation of its own: until then
 * others wait.
 */
#include <heddle/once.h>

#include <heddle/panic.h>

#include "../engine/object.h"

struct once {
    struct hd_object object;
    struct hd_task *runner; /* runs the function, or has; NULL: not yet */
    bool done;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_task *runner = ((const struct once *)o)->runner;
    if (runner == t)
        return "called by its own function";
    return hd_arena_printf(&hd__exec.arena, "%s is still in its function",
                           hd__task_path(runner));
}

static struct hd_task *owner_of(const struct hd_object *o)
{
    return ((const struct once *)o)->runner;
}

static const struct hd_object_kind kind = {"once", why, owner_of};

/* The first call, and where it stands. */
struct run {
    struct once *once;
    hd_fn *fn;
    void *arg;
    const void *pc, *frame;
};

static void done(void *arg)
{
    const struct run *r = arg;
    struct once *o = r->once;
    hd__point(HD_OP_ONCE_DONE, o->object.id, r->pc, r->frame);
    o->done = true;
    hd__release(&o->object.clock);
    hd__wake_all(&o->object);
}

static void run(void *arg)
{
    struct run *r = arg;
    hd_defer(done, r);
    r->fn(r->arg);
}

void hd_once_do(hd_once *handle, hd_fn *fn, void *arg)
{
    hd__self("hd_once_do");
    HD_CHECK(fn != NULL);
    struct once *o =
        hd__object_of(&handle->impl, &handle->epoch, sizeof(struct once), &kind,
                      __builtin_return_address(0));
    HD_POINT(ONCE, o->object.id);
    if (o->runner == NULL) {
        hd__changed();
        o->runner = hd__cur;
        struct run r = {o, fn, arg, __builtin_return_address(0),
                        __builtin_frame_address(0)};
        hd_call(run, &r);
        return;
    }
    if (!o->done)
        hd__wait(&o->object);
    hd__acquire(&o->object.clock);
}
