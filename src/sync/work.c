/*
 * work.c - the bookkeeping of heddle/work.h: counts, and one event.
 */
#include <heddle/work.h>

#include "../engine/object.h"

struct work {
    struct hd_object object;
    uint32_t submitted, done;
};

static const struct hd_object_kind kind = {"work", NULL, NULL};

static struct work *get(hd_work *w, const void *pc)
{
    return hd__object_of(&w->impl, &w->epoch, sizeof(struct work), &kind, pc);
}

void hd_work_submit(hd_work *w, uint32_t n)
{
    hd__self("hd_work_submit");
    get(w, __builtin_return_address(0))->submitted += n;
}

void hd_work_done(hd_work *w)
{
    hd__self("hd_work_done");
    struct work *k = get(w, __builtin_return_address(0));
    HD_CHECK(k->done < k->submitted);
    k->done++;
}

void hd_work_returned(hd_work *w)
{
    struct hd_task *t = hd__self("hd_work_returned");
    struct work *k = get(w, __builtin_return_address(0));
    t->op = (struct hd_op){.kind = HD_OP_WORK,
                           .object = k->object.id,
                           .pc = (uintptr_t)__builtin_return_address(0)};
    t->frame = __builtin_frame_address(0);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_WORK_RETURN,
                                .task = t,
                                .object = &k->object,
                                .a = (int64_t)k->submitted - k->done,
                                .b = k->submitted});
}
