/* parting.c - two stories side by side; see the header. */
#include "parting.h"

#include "../engine/op.h"

static uint64_t pc_of(const struct hd_story *s, const struct hd_story_step *t)
{
    if (t->stack == HD_STORY_NONE || !s->stack[t->stack].count)
        return 0;
    return s->stack[t->stack].pc[0];
}

/* As the trace's hash sees them (engine/trace.c): what is accessed does not count.
 */
static bool same(const struct hd_story *s, const struct hd_story_step *a,
                 const struct hd_story *t, const struct hd_story_step *b)
{
    return a->task == b->task && a->kind == b->kind && a->size_log == b->size_log &&
           a->object == b->object && a->what == b->what &&
           pc_of(s, a) == pc_of(t, b);
}

bool hd_parting_value(const struct hd_story_step *s, uint64_t *value)
{
    uint8_t flags = hd_op_flags[s->kind];
    bool writes = (flags & HD_OPF_W) && (s->known & HD_STEP_AFTER);
    uint8_t known = writes ? HD_STEP_AFTER : HD_STEP_BEFORE;
    uint8_t pointer = writes ? HD_STEP_AFTER_POINTER : HD_STEP_BEFORE_POINTER;
    if (!(s->known & known) || (s->known & pointer))
        return false;
    *value = writes ? s->after : s->before;
    return true;
}

static bool values_differ(const struct hd_story_step *a,
                          const struct hd_story_step *b)
{
    uint64_t x, y;
    return hd_parting_value(a, &x) && hd_parting_value(b, &y) && x != y;
}

bool hd_parting_find(struct hd_parting *p, const struct hd_story *one,
                     const struct hd_story *other)
{
    uint32_t i = 0, k = 0;
    *p = (struct hd_parting){.value_one = HD_STORY_NONE,
                             .value_other = HD_STORY_NONE};
    while (i < one->steps && k < other->steps) {
        const struct hd_story_step *a = &one->step[i], *b = &other->step[k];
        if (a->index != b->index) { /* the other story was shipped without it */
            i += a->index < b->index;
            k += b->index < a->index;
            continue;
        }
        if (!same(one, a, other, b))
            break;
        if (p->value_one == HD_STORY_NONE && values_differ(a, b)) {
            p->value_one = i;
            p->value_other = k;
        }
        i++;
        k++;
    }
    bool one_over = i == one->steps, other_over = k == other->steps;
    p->one = one_over ? HD_STORY_NONE : i;
    p->other = other_over ? HD_STORY_NONE : k;
    p->moment = !one_over     ? one->step[i].index
                : !other_over ? other->step[k].index
                              : one->steps_total;
    return !one_over || !other_over || one->steps_total != other->steps_total;
}

const struct hd_story_event *hd_parting_call(const struct hd_story *s,
                                             uint32_t moment, uint32_t task)
{
    const struct hd_story_event *last = NULL;
    for (uint32_t i = 0; i < s->events && s->event[i].step <= moment; i++) {
        const struct hd_story_event *e = &s->event[i];
        if (e->kind == HD_STORY_CALL &&
            (!last || e->task == task || last->task != task))
            last = e;
    }
    return last;
}
