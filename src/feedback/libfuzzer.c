/*
 * libfuzzer.c - the mutator and the feedback in the process that runs the code,
 * under libFuzzer and what speaks its language.
 *
 * libFuzzer calls LLVMFuzzerCustomMutator() instead of its own mutations and
 * lends it those as LLVMFuzzerMutate().  It mutates the same input several times
 * in a row, each time what the last mutation made; then the last trace is that
 * of the very input to mutate, and its spots are exact.  Else they are those of
 * a relative, and mostly still there.
 *
 * All are weak: a target that brings its own wins.  libFuzzer starts with inputs
 * of at most four bytes and lets them grow slowly; a deviation has fifteen.  So
 * -len_control=0 is added to its options, unless an option of that name is there.
 */
#include <stdlib.h>
#include <string.h>

#include "../engine/engine.h"
#include "engine.h"
#include "interleaving.h"
#include "mutator.h"
#include "shared.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max)
    __attribute__((weak));
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max,
                               unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b,
                                 size_t b_size, uint8_t *out, size_t max,
                                 unsigned seed);
int LLVMFuzzerInitialize(int *argc, char ***argv);
/* Only libFuzzer itself has it. */
void __libfuzzer_is_present(void) __attribute__((weak));

static struct {
    struct hd_framing framing;
    const struct hd_param *params; /* whose framing it is */
    uint64_t input;                /* hash of the last one executed */
    bool executed;
    struct hd_shared *shared; /* where a mutator elsewhere looks; or NULL */
} last;

static bool is_off(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && strcmp(value, "0") == 0;
}

static bool feedback_is_on(void)
{
    static int on = -1;
    if (on < 0)
        on = !is_off("HEDDLE_FEEDBACK");
    return on;
}

static bool mutator_is_on(void)
{
    static int on = -1;
    if (on < 0)
        on = !is_off("HEDDLE_MUTATOR");
    return on && last.executed;
}

void hd_feedback_executed(const struct hd_param *params, const uint8_t *input,
                          size_t size)
{
    if (!last.executed)
        last.shared = hd__shared_of_environment();
    if (!last.executed || params != last.params)
        last.framing = params == NULL ? (struct hd_framing){.data = true}
                                      : hd__framing_of(params);
    last.params = params;
    last.executed = true;
    last.input = hd__input_hash(input, size);
    if (feedback_is_on())
        hd__interleaving_count();
    if (last.shared != NULL) {
        struct hd_spots spots = hd__spots_of_trace();
        hd__shared_put(last.shared, last.input, &spots, &hd__exec.record);
    }
}

static struct hd_mutator mutator_of(unsigned seed)
{
    static unsigned mutations;
    return (struct hd_mutator){
        .framing = last.framing,
        .prng = hd_prng_at(seed, 0),
        .spots = hd__spots_of_trace(),
        .explore = mutations++ < HD_EXPLORE,
        .bytes = LLVMFuzzerMutate,
    };
}

static size_t mutate(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    struct hd_mutator m = mutator_of(seed);
    if (hd__input_hash(data, size) == last.input)
        m.made = &hd__exec.record;
    else
        m.spots.late = 0;
    return hd__mutate(&m, data, size, max);
}

__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                                     size_t max, unsigned seed)
{
    if (!mutator_is_on())
        return LLVMFuzzerMutate(data, size, max);
    return mutate(data, size, max, seed);
}

/*
 * libFuzzer asks for a crossover as often as for a mutation.  Most of the time it
 * gets a mutation: two schedules mixed are rarely better than either.
 */
__attribute__((weak)) size_t LLVMFuzzerCustomCrossOver(const uint8_t *a,
                                                       size_t a_size,
                                                       const uint8_t *b,
                                                       size_t b_size, uint8_t *out,
                                                       size_t max, unsigned seed)
{
    enum { SPLICE_ONE_IN = 8 };
    if (mutator_is_on() && seed % SPLICE_ONE_IN == 0) {
        struct hd_mutator m = mutator_of(seed);
        return hd__splice(&m, a, a_size, b, b_size, out, max);
    }
    size_t size = a_size < max ? a_size : max;
    memcpy(out, a, size);
    return LLVMFuzzerCustomMutator(out, size, max, seed);
}

__attribute__((weak)) int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static char option[] = "-len_control=0";
    if (__libfuzzer_is_present == NULL)
        return 0;
    for (int i = 1; i < *argc; i++)
        if (strncmp((*argv)[i], option, sizeof option - 2) == 0)
            return 0;
    char **more = calloc((size_t)*argc + 2, sizeof *more);
    if (more == NULL)
        hd_die("out of memory");
    memcpy(more, *argv, (size_t)*argc * sizeof *more);
    more[(*argc)++] = option;
    *argv = more;
    return 0;
}
