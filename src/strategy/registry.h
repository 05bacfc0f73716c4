/* registry.h - the strategies, one file each. */
#ifndef HD_STRATEGY_REGISTRY_H
#define HD_STRATEGY_REGISTRY_H

#include "../engine/strategy.h"

extern const struct hd_strategy hd_strategy_plan, hd_strategy_random,
    hd_strategy_pct, hd_strategy_pos, hd_strategy_dfs;

#endif
