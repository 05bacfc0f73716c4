/*
 * suppression_list.h - the text of a suppressions file (suppress.h has the format),
 * and what its patterns match.  Knows nothing of races.
 */
#ifndef HD_REPORT_SUPPRESSION_LIST_H
#define HD_REPORT_SUPPRESSION_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/error.h"

struct hd_suppression {
    char *pattern;
    bool top; /* innermost frames only */
};

struct hd_suppression_list {
    struct hd_suppression *item;
    size_t count;
};

/*
 * Adds what the text says.  HD_E_OK, or HD_E_SYNTAX with the number of the line
 * and what is wrong with it; what stood before that line has been added.
 */
enum hd_err hd_suppressions_parse(struct hd_suppression_list *l, const char *text,
                                  size_t size, int *line, const char **wrong);
void hd_suppressions_free(struct hd_suppression_list *l);

/* Whether a pattern matches a name, in time proportional to both lengths. */
bool hd_suppression_matches(const char *pattern, const char *name);

#endif
