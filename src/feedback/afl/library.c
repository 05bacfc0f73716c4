/*
 * library.c - the mutator as AFL++'s custom mutator library.
 *
 *     AFL_CUSTOM_MUTATOR_LIBRARY=build/fuzz/libheddle_afl_mutator.so
 *     HEDDLE_PARAMS=5,9,300      the steps of the scenario's parameters, "" if
 * none; not set: inputs are data with a trailer
 *
 * The code runs in another process, which leaves in shared memory what it knows of
 * its last execution (shared.h).  When AFL++ adds an input to its queue that
 * execution was the input's, and so is known here; an input of which nothing is
 * known is given back as it is, once, and AFL++ executes it.
 *
 * Trimming takes deviations out, halves first, which bytes cannot do without
 * moving what follows.
 *
 * AFL++ loads one library per process and calls it from one thread, so what is
 * per library may be static.  It frees nothing that we hand to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../mutator.h"
#include "../shared.h"

#define EXPORT __attribute__((visibility("default")))

typedef struct hd_afl hd_afl;
EXPORT void *afl_custom_init(void *afl, unsigned int seed);
EXPORT void afl_custom_deinit(void *data);
EXPORT size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size, uint8_t **out,
                              uint8_t *add, size_t add_size, size_t max);
EXPORT uint32_t afl_custom_fuzz_count(void *data, const uint8_t *buf, size_t size);
EXPORT uint8_t afl_custom_queue_new_entry(void *data, const uint8_t *name,
                                          const uint8_t *parent);
EXPORT const char *afl_custom_describe(void *data, size_t max);
EXPORT size_t afl_custom_post_process(void *data, uint8_t *buf, size_t size,
                                      uint8_t **out);
EXPORT int32_t afl_custom_init_trim(void *data, uint8_t *buf, size_t size);
EXPORT size_t afl_custom_trim(void *data, uint8_t **out);
EXPORT int32_t afl_custom_post_trim(void *data, unsigned char success);

enum { KNOWN = 1024, FUZZ_COUNT = 8 };

/* An execution, as long as its input may come up again. */
struct known {
    uint64_t input; /* 0: none */
    struct hd_spots spots;
    struct hd_spot *spot; /* malloc'd */
    struct hd_plan made;
    bool has_made;
};

struct hd_afl {
    struct hd_mutator m;
    struct hd_shared *shared; /* or NULL */
    struct known
        known[KNOWN]; /* by hash; a new one takes the place of an old one */
    uint64_t asked;   /* the input given back last, to learn of it */
    unsigned mutations;
    struct hd_bytes out;
    uint64_t base;  /* the input that `out` was made from */
    size_t outcome; /* the size of what is in `out`; 0: nothing to go on with */
    struct known latest; /* the execution of that */
    const char *did;     /* for the names of the files that AFL++ saves */

    /* Trimming: the plan is tried without [at, at + length). */
    struct hd_parts trim;
    struct hd_bytes trimmed;
    size_t at, length;
    int32_t step, step_end;
};

/* Changes one to eight bytes; the engine's own mutations come from the engine. */
static struct hd_afl *current;
static size_t bytes_change(uint8_t *data, size_t size, size_t max)
{
    (void)max;
    for (uint32_t n = 1 + hd_prng_below(&current->m.prng, 8); size > 0 && n > 0;
         n--)
        data[hd_prng_below(&current->m.prng, (uint32_t)size)] =
            (uint8_t)hd_prng_below(&current->m.prng, 256);
    return size;
}

static struct hd_framing framing(void)
{
    struct hd_framing f = {0};
    const char *text = getenv("HEDDLE_PARAMS");
    f.data = text == NULL;
    while (text != NULL && *text != 0 && f.params < HD_PARAMS_MAX) {
        char *end;
        unsigned long steps = strtoul(text, &end, 10);
        if (end == text || steps == 0 || steps > UINT32_MAX ||
            (*end != 0 && *end != ',')) {
            fprintf(stderr, "heddle: HEDDLE_PARAMS: not a number of steps: %s\n",
                    text);
            exit(2);
        }
        f.steps[f.params++] = (uint32_t)steps;
        text = *end == ',' ? end + 1 : end;
    }
    return f;
}

void *afl_custom_init(void *afl, unsigned int seed)
{
    (void)afl;
    struct hd_afl *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->m = (struct hd_mutator){
        .framing = framing(),
        .prng = hd_prng_at(seed, 0),
        .bytes = bytes_change,
    };
    a->shared = hd__shared_create();
    return a;
}

static void known_free(struct known *k)
{
    free(k->spot);
    hd_plan_free(&k->made);
}

void afl_custom_deinit(void *data)
{
    struct hd_afl *a = data;
    hd_bytes_free(&a->out);
    hd_bytes_free(&a->trimmed);
    hd__parts_free(&a->trim);
    hd__shared_drop(a->shared);
    for (size_t i = 0; i < KNOWN; i++)
        known_free(&a->known[i]);
    known_free(&a->latest);
    free(a);
}

static struct known *known_at(struct hd_afl *a, uint64_t input)
{
    return &a->known[(input >> 1) % KNOWN];
}

/* Whether a plan can say that. */
static bool exists(uint32_t task, uint32_t segment, uint32_t offset)
{
    return task <= HD_PLAN_TASK_MAX && segment <= HD_PLAN_SEGMENT_MAX &&
           offset <= HD_PLAN_SEGMENT_MAX;
}

/* Keeps the last execution.  It is told by a process in which anything may have
 * gone wrong, so what cannot be is left out. */
static void last_keep(const struct hd_shared *s, struct known *k)
{
    uint32_t spots = s->spots < HD_SHARED_SPOTS ? s->spots : HD_SHARED_SPOTS;
    struct hd_spot *spot = realloc(k->spot, (spots + 1) * sizeof *spot);
    if (spot == NULL)
        return;
    k->spot = spot;
    k->input = s->input;
    k->spots =
        (struct hd_spots){.spot = spot,
                          .late = s->late,
                          .tasks = s->tasks <= HD_PLAN_TASK_MAX ? s->tasks : 0};
    for (const struct hd_spot *i = s->spot; i < s->spot + spots; i++)
        if (exists(i->task, i->segment, i->offset))
            spot[k->spots.count++] = *i;
    k->has_made = s->made <= HD_SHARED_DEVIATIONS;
    hd_plan_clear(&k->made);
    for (uint32_t i = 0; k->has_made && i < s->made; i++) {
        const struct hd_deviation *d = &s->dev[i];
        if (exists(d->task, d->segment, d->offset) && d->kind < HD_CHOICE_COUNT)
            hd__plan_insert(&k->made, *d);
    }
}

uint8_t afl_custom_queue_new_entry(void *data, const uint8_t *name,
                                   const uint8_t *parent)
{
    struct hd_afl *a = data;
    (void)name, (void)parent;
    if (a->shared != NULL && a->shared->input != 0)
        last_keep(a->shared, known_at(a, a->shared->input));
    return 0; /* the file is as it was */
}

/* Aims at the spots of an execution of that input, kept or to be kept in k; false:
 * there was none. */
static bool aim(struct hd_afl *a, struct known *k, uint64_t input)
{
    if (k->input != input && a->shared != NULL && a->shared->input == input)
        last_keep(a->shared, k);
    bool known = k->input == input;
    a->m.spots = known ? k->spots : (struct hd_spots){.count = 0};
    a->m.made = known && k->has_made ? &k->made : NULL;
    return known;
}

/*
 * Walks take no notice of what the input says, so they aim at the last execution,
 * whichever that was.
 */
static bool aim_at_last(struct hd_afl *a)
{
    uint64_t input = a->shared == NULL ? 0 : a->shared->input;
    return input != 0 && aim(a, known_at(a, input), input);
}

/* AFL++ asks for a megabyte each time, which is not to be filled each time. */
static uint8_t *room(struct hd_bytes *b, size_t size)
{
    while (b->size < size)
        hd_bytes_u8(b, 0);
    return b->data;
}

/* AFL++ executes what post_process() makes of an input. */
static uint64_t executed_hash(struct hd_afl *a, uint8_t *buf, size_t size)
{
    uint8_t *processed;
    size = afl_custom_post_process(a, buf, size, &processed);
    return hd__input_hash(processed, size);
}

/*
 * Whether to change the last outcome further rather than the input again.  Most
 * of the time, as libFuzzer does it: a deviation that shows nothing new and the
 * one that it prepares would not come together otherwise.  The outcome must have
 * been executed last, so that its spots are known.
 */
static bool goes_on(struct hd_afl *a, uint64_t input, size_t max)
{
    if (a->m.explore || a->shared == NULL || input != a->base || a->outcome == 0 ||
        a->outcome > max || hd_prng_below(&a->m.prng, 8) == 0)
        return false;
    uint64_t executed = executed_hash(a, a->out.data, a->outcome);
    return a->shared->input == executed && aim(a, &a->latest, executed);
}

static size_t change(struct hd_afl *a, size_t size, size_t max)
{
    a->mutations++;
    a->outcome = hd__mutate(&a->m, a->out.data, size, max);
    a->did = hd__mutation_name(a->m.last);
    return a->outcome;
}

size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t size, uint8_t **out,
                       uint8_t *add, size_t add_size, size_t max)
{
    struct hd_afl *a = data;
    uint64_t input = executed_hash(a, buf, size);
    current = a;
    *out = room(&a->out, max);
    a->m.explore = a->mutations < HD_EXPLORE;
    if (goes_on(a, input, max))
        return change(a, a->outcome, max);
    a->base = input;
    a->outcome = 0;
    size = size < max ? size : max;
    memcpy(*out, buf, size);
    bool known = a->m.explore ? aim_at_last(a) : aim(a, known_at(a, input), input);
    if (!known && a->shared != NULL && a->asked != input) {
        a->asked = input;
        a->did = "again";
        return size;
    }
    if (!a->m.explore && add != NULL && hd_prng_below(&a->m.prng, 8) == 0) {
        a->mutations++;
        a->did = "splice";
        return hd__splice(&a->m, buf, size, add, add_size, *out, max);
    }
    return change(a, size, max);
}

/*
 * How often an input of the queue is mutated before the next one's turn.  AFL++
 * takes 1,024 and doubles it with each find, up to 64 times; with new interleavings
 * all the time that is 30,000 mutations of the first input before any other.  The
 * walks at the beginning all start from the first one, which spares trimming
 * others.
 */
uint32_t afl_custom_fuzz_count(void *data, const uint8_t *buf, size_t size)
{
    const struct hd_afl *a = data;
    (void)buf, (void)size;
    return a->mutations < HD_EXPLORE ? HD_EXPLORE - a->mutations : FUZZ_COUNT;
}

const char *afl_custom_describe(void *data, size_t max)
{
    const struct hd_afl *a = data;
    return a->did != NULL && strlen(a->did) < max ? a->did : "plan";
}

/* A tail too short for a deviation says nothing: AFL++ need not keep it. */
size_t afl_custom_post_process(void *data, uint8_t *buf, size_t size, uint8_t **out)
{
    const struct hd_afl *a = data;
    size_t params = hd__framing_size(&a->m.framing);
    *out = buf;
    if (a->m.framing.data || size <= params)
        return size;
    size_t rest = size - (size - params) % HD_DEVIATION_SIZE;
    return rest == 0 ? size : rest;
}

/* ---- trimming ---- */

/* AFL++ goes on until post_trim() gives what init_trim() gave; 0: nothing to do. */
int32_t afl_custom_init_trim(void *data, uint8_t *buf, size_t size)
{
    struct hd_afl *a = data;
    hd__parts_split(&a->trim, &a->m.framing, buf, size);
    a->at = 0;
    a->length = (a->trim.plan.count + 1) / 2;
    a->step = 0;
    a->step_end = a->trim.plan.count == 0 ? 0 : INT32_MAX;
    room(&a->trimmed, size);
    return a->step_end;
}

static void without(struct hd_plan *to, const struct hd_plan *p, size_t at,
                    size_t length)
{
    hd_plan_clear(to);
    for (size_t i = 0; i < p->count; i++)
        if (i < at || i >= at + length)
            hd_plan_add(to, p->dev[i]);
}

size_t afl_custom_trim(void *data, uint8_t **out)
{
    struct hd_afl *a = data;
    static struct hd_parts less;
    less.head.size = 0;
    hd_bytes_put(&less.head, a->trim.head.data, a->trim.head.size);
    without(&less.plan, &a->trim.plan, a->at, a->length);
    *out = a->trimmed.data;
    return hd__parts_join(&less, &a->m.framing, a->trimmed.data, a->trimmed.size);
}

int32_t afl_custom_post_trim(void *data, unsigned char success)
{
    struct hd_afl *a = data;
    struct hd_plan less = {0};
    if (success) {
        without(&less, &a->trim.plan, a->at, a->length);
        hd_plan_free(&a->trim.plan);
        a->trim.plan = less;
    } else {
        a->at += a->length;
    }
    if (a->at >= a->trim.plan.count) {
        a->at = 0;
        a->length /= 2;
    }
    bool done = a->length == 0 || a->trim.plan.count == 0;
    return done ? a->step_end : ++a->step;
}
