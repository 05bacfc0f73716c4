/* verdict.c - wanted, unexpected, or recorded; see the header. */
#include "verdict.h"

#include <heddle/scenario.h>

#include "../engine/run.h"

bool hd_verdict_listed(const struct hd_variant *v, enum hd_class c)
{
    for (int i = 0; i < HD_EXPECT_MAX && v->expect[i] != HD_NO_CLASS; i++)
        if (v->expect[i] == c)
            return true;
    return false;
}

struct hd_verdict hd_verdict_of(const struct hd_finding *f, size_t n,
                                const struct hd_variant *v, bool sees_races)
{
    struct hd_verdict r = {.primary = hd_primary(f, n, v->expect),
                           .unexpected = -1};
    for (size_t i = 0; i < n && r.unexpected < 0; i++)
        if (!hd_verdict_listed(v, f[i].cls))
            r.unexpected = (int)i;
    enum hd_class want = hd_expected_class(v, sees_races);
    r.wanted = r.primary >= 0 && want != HD_NO_CLASS && f[r.primary].cls == want;
    r.stops = r.wanted || r.unexpected >= 0;
    return r;
}
