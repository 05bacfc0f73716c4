/*
 * build.h - from an execution to its schedule file.
 */
#ifndef HD_REPRO_BUILD_H
#define HD_REPRO_BUILD_H

#include "../base/error.h"
#include "account.h"
#include "schedule_file.h"
#include "wire.h"

/* What a schedule file says beside the execution itself. */
struct hd_schedule_about {
    const struct hd_scenario *scenario;
    const char *variant;
    const struct hd_hello *hello; /* of the runner: flavor, compiler, build */
    uint32_t steps_max;
    int64_t starve_max_ns;
};

/* The schedule of e with finding f, or with none; free with hd_schedule_free(). */
void hd_schedule_make(struct hd_schedule *s, const struct hd_account *e,
                      const struct hd_finding *f,
                      const struct hd_schedule_about *about);

/* Makes it and writes it to path. */
enum hd_err hd_schedule_save(const char *path, const struct hd_account *e,
                             const struct hd_finding *f,
                             const struct hd_schedule_about *about);

/* parameters | deviations: what a fuzzer would have as its input. */
void hd_input_make(const struct hd_account *e, const struct hd_scenario *s,
                   struct hd_bytes *out);

#endif
