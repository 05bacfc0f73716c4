/*
 * races.c - every race that this flavor's detector reports, as lines to compare.
 *
 *   races RUNS [PREFIX...]     over every scenario and variant that is linked in
 * (whose name begins with a PREFIX, if there are any), RUNS executions of random
 *
 * Prints `NAME/VARIANT EXECUTION TRACE MEMORY / SIDE / SIDE` for each, sorted sides
 * and duplicates included, where TRACE is a hash of who did what in which order,
 * and a SIDE is kind, function and offset (TSan cuts ranges into words).  Nothing
 * in it depends on the program's layout, so the lines of two flavors that share
 * their instrumented objects can be compared; tests/promise/races.sh does.
 *
 * An execution without a race is a line with `-` for the memory.
 *
 * The linker puts a listener in front of hd__emit(): findings fold the pairs of one
 * signature, and here each pair counts.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/elfsym.h"
#include "engine/engine.h"
#include "engine/run.h"
#include "race/memory.h"
#include "race/race.h"
#include "repro/draw.h"

enum { SEED = 11, PAIRS_MAX = 512, LINE = 600 };

static char pair[PAIRS_MAX][LINE];
static unsigned pairs;

void __real_hd__emit(const struct hd_event *e);
/* strcmp() would be an access of the task that happens to run. */
static int greater(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (unsigned char)*a > (unsigned char)*b;
}

void __wrap_hd__emit(const struct hd_event *e);

/* Programs that may die, and what is not deterministic on purpose. */
static bool left_out(const struct hd_scenario *s)
{
    for (int v = 0; v < HD_VARIANTS_MAX && s->variants[v].name != NULL; v++)
        for (int e = 0; e < HD_EXPECT_MAX; e++)
            if (s->variants[v].expect[e] == HD_MEMORY_ERROR ||
                s->variants[v].expect[e] == HD_NONDETERMINISM)
                return true;
    return false;
}

static void side_text(const struct hd_race_side *s, char *out, size_t size)
{
    uint64_t offset = 0;
    const char *function = "?";
    for (uint32_t i = 0; i < s->stack.count && function[0] == '?'; i++)
        function = hd_function_at(s->stack.pc[i] - 1, &offset);
    snprintf(out, size, "%s in %s+%" PRIu64, hd__access_name(s->kind), function,
             offset);
}

void __wrap_hd__emit(const struct hd_event *e)
{
    __real_hd__emit(e);
    if (e->kind != HD_EVENT_RACE || pairs == PAIRS_MAX)
        return;
    char side[2][LINE / 3];
    uintptr_t a = e->race->side[0].addr, b = e->race->side[1].addr;
    side_text(&e->race->side[0], side[0], sizeof side[0]);
    side_text(&e->race->side[1], side[1], sizeof side[1]);
    int first = greater(side[0], side[1]);
    snprintf(pair[pairs++], LINE, "%s / %s / %s", hd__memory_of(a > b ? a : b).name,
             side[first], side[!first]);
}

/* FNV-1a over operation and task of each step. */
static uint64_t order_hash(void)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const struct hd_record *r = hd__trace.first; r < hd__trace.next; r++)
        h = (h ^ (hd__record_kind(r) + 256 * hd__record_task(r))) * 0x100000001b3u;
    return h;
}

static void run_one(const struct hd_scenario *s, const struct hd_variant *v,
                    uint64_t i)
{
    struct hd_options o = HD_OPTIONS_DEFAULT;
    struct hd_input in;
    o.strategy = hd_strategy_find("random");
    o.fresh_detector = true;
    hd_draw(s, o.strategy, SEED, i, &in, &o.seed);
    pairs = 0;
    hd_run_scenario(s, v, &in, &o);
    uint64_t order = order_hash();
    if (pairs == 0)
        printf("%s/%s %" PRIu64 " %016" PRIx64 " -\n", s->name, v->name, i, order);
    for (unsigned k = 0; k < pairs; k++)
        printf("%s/%s %" PRIu64 " %016" PRIx64 " %s\n", s->name, v->name, i, order,
               pair[k]);
}

static bool wanted(const char *name, char **prefix, int n)
{
    for (int i = 0; i < n; i++)
        if (strncmp(name, prefix[i], strlen(prefix[i])) == 0)
            return true;
    return n == 0;
}

int main(int argc, char **argv)
{
    uint64_t runs = argc >= 2 ? strtoull(argv[1], NULL, 10) : 0;
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    if (runs == 0) {
        fprintf(stderr, "usage: races RUNS [PREFIX...]\n");
        return 2;
    }
    for (size_t s = 0; s < n; s++)
        for (int v = 0; v < HD_VARIANTS_MAX && list[s]->variants[v].name; v++)
            for (uint64_t i = 1; i <= runs && !left_out(list[s]); i++)
                if (wanted(list[s]->name, argv + 2, argc - 2))
                    run_one(list[s], &list[s]->variants[v], i);
    return fflush(stdout) == 0 ? 0 : 1;
}
