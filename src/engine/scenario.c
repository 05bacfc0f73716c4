/*
 * scenario.c - the scenarios that are linked into this program, from the linker
 * section that HD_SCENARIO() fills, sorted by name so that link order does not
 * matter.
 */
#include <stdlib.h>
#include <string.h>

#include "run.h"

#include "../base/error.h"

extern const struct hd_scenario *const __start_hd_scenarios[] __attribute__((weak));
extern const struct hd_scenario *const __stop_hd_scenarios[] __attribute__((weak));

static int by_name(const void *a, const void *b)
{
    const struct hd_scenario *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

size_t hd_scenarios(const struct hd_scenario *const **list)
{
    static const struct hd_scenario **sorted;
    size_t n = (size_t)(__stop_hd_scenarios - __start_hd_scenarios);
    if (sorted == NULL && n > 0) {
        sorted = malloc(n * sizeof *sorted);
        if (sorted == NULL)
            hd_die("no memory for %zu scenarios", n);
        memcpy(sorted, __start_hd_scenarios, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_name);
    }
    *list = sorted;
    return n;
}

const struct hd_scenario *hd_scenario_find(const char *name)
{
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i]->name, name) == 0)
            return list[i];
    return NULL;
}

const struct hd_variant *hd_variant_find(const struct hd_scenario *s,
                                         const char *name)
{
    for (int i = 0; i < HD_VARIANTS_MAX && s->variants[i].name != NULL; i++)
        if (strcmp(s->variants[i].name, name) == 0)
            return &s->variants[i];
    return NULL;
}
