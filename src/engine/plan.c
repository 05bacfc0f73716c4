/*
 * plan.c - the plan codec, parameters, and the two framings.
 *
 * One deviation in bytes, all fields of fixed size:
 *
 *     kind    1        one of 256 values, shared out by the weights
 *     task    1 + 2    magnitude/fine
 *     gap     1 + 3    segments since the previous deviation of that task
 *     offset  1 + 3
 *     choice  1 + 2
 *
 * A parameter is the number of its step, little endian, modulo its steps.
 *
 * The sum of gaps saturates instead of wrapping, so that an anchor that is too
 * far away to be reached never comes back near.
 */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include <heddle/fuzz.h>

#include "../base/error.h"

enum {
    AT_KIND = 0,
    AT_TASK = 1,
    AT_GAP = 4,
    AT_OFFSET = 8,
    AT_CHOICE = 12,
    TRAILER_SIZE = 4 + sizeof HD_TRAILER_MAGIC - 1,
};

_Static_assert(AT_CHOICE + 3 == HD_DEVIATION_SIZE, "the fields fill a deviation");

#define X(id, name, weight) +weight
_Static_assert(0 HD_CHOICES(X) == 256, "the weights share out one byte");
#undef X

static const struct {
    const char *name;
    unsigned weight;
} choices[] = {
#define X(id, name, weight) {name, weight},
    HD_CHOICES(X)
#undef X
};

const char *hd_choice_name(enum hd_choice_kind k)
{
    return (unsigned)k < HD_CHOICE_COUNT ? choices[k].name : "?";
}

int hd_choice_parse(const char *name)
{
    for (int k = 0; k < HD_CHOICE_COUNT; k++)
        if (strcmp(name, choices[k].name) == 0)
            return k;
    return -1;
}

static enum hd_choice_kind kind_of_byte(unsigned byte)
{
    unsigned k = 0;
    while (byte >= choices[k].weight)
        byte -= choices[k++].weight;
    return (enum hd_choice_kind)k;
}

/* The first of the values that mean k. */
static uint8_t byte_of_kind(enum hd_choice_kind k)
{
    HD_CHECK((unsigned)k < HD_CHOICE_COUNT);
    unsigned byte = 0;
    for (unsigned i = 0; i < (unsigned)k; i++)
        byte += choices[i].weight;
    return (uint8_t)byte;
}

void hd_plan_add(struct hd_plan *p, struct hd_deviation d)
{
    if (p->count == p->capacity) {
        size_t capacity = p->capacity ? p->capacity * 2 : 16;
        struct hd_deviation *dev = reallocarray(p->dev, capacity, sizeof *dev);
        if (!dev)
            hd_die("out of memory (%zu deviations)", capacity);
        p->dev = dev;
        p->capacity = capacity;
    }
    p->dev[p->count++] = d;
}

void hd_plan_clear(struct hd_plan *p)
{
    p->count = 0;
}

void hd_plan_free(struct hd_plan *p)
{
    free(p->dev);
    *p = (struct hd_plan){0};
}

void hd_plan_copy(struct hd_plan *to, const struct hd_plan *from)
{
    if (to == from)
        return;
    hd_plan_clear(to);
    for (size_t i = 0; i < from->count; i++)
        hd_plan_add(to, from->dev[i]);
}

/*
 * Segment of the latest deviation of each task, while a plan is gone through.
 * All 0 in between: whoever is done takes back what it wrote, which costs no
 * more than the plan is long.  Static because decoding is on the way of every
 * execution, and one process does one of them at a time.
 */
static uint32_t segment_before[HD_PLAN_TASK_MAX + 1];

static void segments_forget(const struct hd_plan *p)
{
    for (size_t i = 0; i < p->count; i++)
        segment_before[p->dev[i].task] = 0;
}

void hd_plan_decode(struct hd_plan *p, const uint8_t *bytes, size_t size)
{
    hd_plan_clear(p);
    for (; size >= HD_DEVIATION_SIZE; size -= HD_DEVIATION_SIZE) {
        struct hd_deviation d = {
            .task = hd_magfine_get(bytes + AT_TASK, 2),
            .segment = hd_magfine_get(bytes + AT_GAP, 3),
            .offset = hd_magfine_get(bytes + AT_OFFSET, 3),
            .choice = hd_magfine_get(bytes + AT_CHOICE, 2),
            .kind = kind_of_byte(bytes[AT_KIND]),
        };
        uint32_t *before = &segment_before[d.task];
        if (__builtin_add_overflow(d.segment, *before, &d.segment))
            d.segment = UINT32_MAX;
        *before = d.segment;
        hd_plan_add(p, d);
        bytes += HD_DEVIATION_SIZE;
    }
    segments_forget(p);
}

void hd_plan_gaps(const struct hd_plan *p, uint32_t *gap)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct hd_deviation *d = &p->dev[i];
        HD_CHECK(d->task <= HD_PLAN_TASK_MAX);
        HD_CHECK(d->segment >= segment_before[d->task]);
        gap[i] = d->segment - segment_before[d->task];
        segment_before[d->task] = d->segment;
    }
    segments_forget(p);
}

void hd_plan_encode(const struct hd_plan *p, struct hd_bytes *out)
{
    if (p->count == 0)
        return;
    uint32_t *gap = reallocarray(NULL, p->count, sizeof *gap);
    if (!gap)
        hd_die("out of memory (%zu deviations)", p->count);
    hd_plan_gaps(p, gap);
    for (size_t i = 0; i < p->count; i++) {
        const struct hd_deviation *d = &p->dev[i];
        uint8_t bytes[HD_DEVIATION_SIZE];
        bytes[AT_KIND] = byte_of_kind(d->kind);
        hd_magfine_put(bytes + AT_TASK, 2, d->task);
        hd_magfine_put(bytes + AT_GAP, 3, gap[i]);
        hd_magfine_put(bytes + AT_OFFSET, 3, d->offset);
        hd_magfine_put(bytes + AT_CHOICE, 2, d->choice);
        hd_bytes_put(out, bytes, sizeof bytes);
    }
    free(gap);
}

/* From min to max in units, rounded up: the last step may be a shorter one. */
static uint64_t param_range(const struct hd_param *p)
{
    HD_CHECK(p->min <= p->max && p->unit > 0);
    uint64_t width = (uint64_t)p->max - (uint64_t)p->min, unit = (uint64_t)p->unit;
    uint64_t range = width / unit + (width % unit != 0);
    HD_CHECK(range <= (uint64_t)1 << 31);
    return range;
}

/*
 * Units from the minimum at a log-scaled step: 0, 1, ... 15, 16, 18, ... 30,
 * 32, 36 - a number with three bits after its leading one, so that everything
 * is exact and there is no floating point.
 */
static uint64_t log_units(uint32_t step)
{
    return step < 8 ? step : (uint64_t)(8 + step % 8) << (step / 8 - 1);
}

uint32_t hd_param_steps(const struct hd_param *p)
{
    uint64_t range = param_range(p);
    if (p->scale == HD_LINEAR)
        return (uint32_t)range + 1;
    uint32_t last = 0;
    while (log_units(last) < range)
        last++;
    return last + 1;
}

size_t hd_param_size(const struct hd_param *p)
{
    uint32_t last = hd_param_steps(p) - 1;
    size_t size = 0;
    for (; last > 0; last >>= 8)
        size++;
    return size;
}

int64_t hd_param_value(const struct hd_param *p, uint32_t step)
{
    uint64_t units = p->scale == HD_LINEAR ? step : log_units(step);
    HD_CHECK(step < hd_param_steps(p));
    if (units >= param_range(p))
        return p->max;
    return (int64_t)((uint64_t)p->min + units * (uint64_t)p->unit);
}

bool hd_param_step(const struct hd_param *p, int64_t value, uint32_t *step)
{
    uint32_t low = 0, high = hd_param_steps(p) - 1;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (hd_param_value(p, middle) < value)
            low = middle + 1;
        else
            high = middle;
    }
    if (hd_param_value(p, low) != value)
        return false;
    *step = low;
    return true;
}

size_t hd_params_count(const struct hd_param *params)
{
    size_t n = 0;
    while (n < HD_PARAMS_MAX && params[n].name)
        n++;
    return n;
}

size_t hd_params_size(const struct hd_param *params)
{
    size_t size = 0;
    for (size_t i = 0; i < hd_params_count(params); i++)
        size += hd_param_size(&params[i]);
    return size;
}

void hd_params_decode(const struct hd_param *params, const uint8_t *bytes,
                      size_t size, struct hd_input *in)
{
    *in = (struct hd_input){{0}};
    size_t at = 0;
    for (size_t i = 0; i < hd_params_count(params); i++) {
        size_t end = at + hd_param_size(&params[i]);
        uint32_t raw = 0;
        for (unsigned shift = 0; at < end; at++, shift += 8)
            if (at < size)
                raw |= (uint32_t)bytes[at] << shift;
        in->param[i] = hd_param_value(&params[i], raw % hd_param_steps(&params[i]));
    }
}

void hd_params_encode(const struct hd_param *params, const struct hd_input *in,
                      struct hd_bytes *out)
{
    for (size_t i = 0; i < hd_params_count(params); i++) {
        uint32_t step = 0;
        HD_CHECK(hd_param_step(&params[i], in->param[i], &step));
        for (size_t n = hd_param_size(&params[i]); n > 0; n--, step >>= 8)
            hd_bytes_u8(out, (uint8_t)step);
    }
}

struct hd_framed hd_frame_split(const uint8_t *input, size_t size)
{
    struct hd_framed f = {.data = input, .data_size = size};
    if (size < TRAILER_SIZE)
        return f;
    size_t body = size - TRAILER_SIZE;
    const uint8_t *magic = input + size - (sizeof HD_TRAILER_MAGIC - 1);
    if (memcmp(magic, HD_TRAILER_MAGIC, sizeof HD_TRAILER_MAGIC - 1) != 0)
        return f;
    struct hd_reader r = {.data = input + body, .size = 4};
    uint32_t plan_size = hd_read_u32(&r);
    if (plan_size > body)
        return f;
    f.data_size = body - plan_size;
    f.plan = input + f.data_size;
    f.plan_size = plan_size;
    return f;
}

void hd_frame_join(struct hd_bytes *out, const uint8_t *data, size_t data_size,
                   const uint8_t *plan, size_t plan_size)
{
    HD_CHECK(plan_size <= UINT32_MAX);
    hd_bytes_put(out, data, data_size);
    hd_bytes_put(out, plan, plan_size);
    hd_bytes_u32(out, (uint32_t)plan_size);
    hd_bytes_put(out, HD_TRAILER_MAGIC, sizeof HD_TRAILER_MAGIC - 1);
}
