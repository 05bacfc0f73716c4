/*
 * input.c - see input.h.  The formats themselves are engine/plan.c's.
 */
#include "input.h"

#include <string.h>

#include <heddle/fuzz.h>

enum { TRAILER_SIZE = 4 + sizeof HD_TRAILER_MAGIC - 1 };

/* Bytes of a parameter with so many steps: hd_param_size() knows more of it. */
static size_t step_size(uint32_t steps)
{
    size_t size = 0;
    for (uint32_t last = steps - 1; last > 0; last >>= 8)
        size++;
    return size;
}

struct hd_framing hd__framing_of(const struct hd_param *params)
{
    struct hd_framing f = {.params = hd_params_count(params)};
    for (size_t i = 0; i < f.params; i++)
        f.steps[i] = hd_param_steps(&params[i]);
    return f;
}

static size_t param_at(const struct hd_framing *f, size_t i)
{
    size_t at = 0;
    for (size_t k = 0; k < i; k++)
        at += step_size(f->steps[k]);
    return at;
}

size_t hd__framing_size(const struct hd_framing *f)
{
    return param_at(f, f->params);
}

void hd__parts_split(struct hd_parts *p, const struct hd_framing *f,
                     const uint8_t *input, size_t size)
{
    struct hd_framed framed = {0};
    p->head.size = 0;
    if (f->data) {
        framed = hd_frame_split(input, size);
    } else {
        size_t params = hd__framing_size(f);
        framed.data = input;
        framed.data_size = size < params ? size : params;
        framed.plan = input + framed.data_size;
        framed.plan_size = size - framed.data_size;
    }
    hd_bytes_put(&p->head, framed.data, framed.data_size);
    if (!f->data)
        while (p->head.size < hd__framing_size(f))
            hd_bytes_u8(&p->head, 0);
    hd_plan_decode(&p->plan, framed.plan, framed.plan_size);
}

/*
 * Out of random bytes come positions that no execution reaches, and once such a
 * deviation's predecessor is gone its gap may be more than the format can say.
 */
static void unreachable_drop(struct hd_plan *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->count; i++)
        if (p->dev[i].segment <= HD_PLAN_SEGMENT_MAX)
            p->dev[kept++] = p->dev[i];
    p->count = kept;
}

size_t hd__parts_join(struct hd_parts *p, const struct hd_framing *f, uint8_t *out,
                      size_t max)
{
    size_t trailer = f->data ? TRAILER_SIZE : 0;
    size_t head = p->head.size < max ? p->head.size : max;
    size_t room = max - head;
    size_t fit = room < trailer ? 0 : (room - trailer) / HD_DEVIATION_SIZE;
    struct hd_bytes plan = {0}, all = {0};
    unreachable_drop(&p->plan);
    if (p->plan.count > fit)
        p->plan.count = fit;
    hd_plan_encode(&p->plan, &plan);
    if (f->data && p->plan.count > 0) {
        hd_frame_join(&all, p->head.data, head, plan.data, plan.size);
    } else {
        hd_bytes_put(&all, p->head.data, head);
        hd_bytes_put(&all, plan.data, plan.size);
    }
    if (all.size == 0)
        hd_bytes_u8(&all, 0);
    size_t size = all.size;
    memcpy(out, all.data, size);
    hd_bytes_free(&plan);
    hd_bytes_free(&all);
    return size;
}

void hd__parts_free(struct hd_parts *p)
{
    hd_bytes_free(&p->head);
    hd_plan_free(&p->plan);
}

uint32_t hd__param_get(const struct hd_parts *p, const struct hd_framing *f,
                       size_t i)
{
    uint32_t raw = 0;
    size_t at = param_at(f, i), size = step_size(f->steps[i]);
    for (size_t k = 0; k < size; k++)
        raw |= (uint32_t)p->head.data[at + k] << (8 * k);
    return raw % f->steps[i];
}

void hd__param_set(struct hd_parts *p, const struct hd_framing *f, size_t i,
                   uint32_t step)
{
    size_t at = param_at(f, i), size = step_size(f->steps[i]);
    for (size_t k = 0; k < size; k++, step >>= 8)
        p->head.data[at + k] = (uint8_t)step;
}

void hd__plan_insert(struct hd_plan *p, struct hd_deviation d)
{
    size_t at = 0;
    while (at < p->count &&
           !(p->dev[at].task == d.task && p->dev[at].segment > d.segment))
        at++;
    hd_plan_add(p, d);
    for (size_t i = p->count - 1; i > at; i--)
        p->dev[i] = p->dev[i - 1];
    p->dev[at] = d;
}

void hd__plan_remove(struct hd_plan *p, size_t i)
{
    for (; i + 1 < p->count; i++)
        p->dev[i] = p->dev[i + 1];
    p->count--;
}
