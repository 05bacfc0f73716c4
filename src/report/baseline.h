/*
 * baseline.h - a list of signatures that are known, one per line, `#` comments.
 *
 * A signature holds no line numbers and no addresses, so a baseline outlives edits
 * of the code around a finding.
 */
#ifndef HD_REPORT_BASELINE_H
#define HD_REPORT_BASELINE_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/bytes.h"

struct hd_baseline {
    char **signature; /* sorted by strcmp() */
    size_t count;
};

/* Parses a file's bytes.  False: *line is the first that is no signature. */
bool hd_baseline_parse(struct hd_baseline *b, const struct hd_bytes *bytes,
                       size_t *line);
bool hd_baseline_has(const struct hd_baseline *b, const char *signature);
/* Signatures in any order and more than once. */
void hd_baseline_print(const char *const *signature, size_t count,
                       struct hd_bytes *out);
void hd_baseline_free(struct hd_baseline *b);

#endif
