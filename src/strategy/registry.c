/*
 * registry.c - the list of strategies.  Adding one: its file, and a line here.
 */
#include "registry.h"

#include <string.h>

const struct hd_strategy *const hd_strategies[] = {
    &hd_strategy_plan, &hd_strategy_random, &hd_strategy_pct,
    &hd_strategy_pos,  &hd_strategy_dfs,    NULL,
};

const struct hd_strategy *hd_strategy_find(const char *name)
{
    for (const struct hd_strategy *const *s = hd_strategies; *s != NULL; s++)
        if (strcmp((*s)->name, name) == 0)
            return *s;
    return NULL;
}
