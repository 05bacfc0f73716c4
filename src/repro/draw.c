/* draw.c - the inputs of a job's executions; see the header. */
#include "draw.h"

#include <string.h>

#include "../base/prng.h"
#include "../engine/plan.h"
#include "../engine/strategy.h"

bool hd_draw_pairs(const struct hd_strategy *strategy)
{
    return !strcmp(strategy->name, "pct");
}

bool hd_draw_boundary(const struct hd_strategy *strategy, uint64_t index)
{
    return !hd_draw_pairs(strategy) || index % 2 == 1 || index == 0;
}

void hd_draw(const struct hd_scenario *s, const struct hd_strategy *strategy,
             uint64_t seed, uint64_t index, struct hd_input *in, uint64_t *run_seed)
{
    uint64_t at = hd_draw_pairs(strategy) ? (index + 1) / 2 : index;
    struct hd_prng r = hd_prng_at(seed, at);
    size_t n = hd_params_count(s->params);
    *in = (struct hd_input){{0}};
    for (size_t i = 0; i < n; i++) {
        const struct hd_param *p = &s->params[i];
        uint32_t step = index ? hd_prng_below(&r, hd_param_steps(p)) : 0;
        in->param[i] = hd_param_value(p, step);
    }
    *run_seed = hd_prng_next(&r);
}
