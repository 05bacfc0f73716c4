/*
 * lanes_text.h - lanes for a terminal or a pipe.
 */
#ifndef HD_REPORT_LANES_TEXT_H
#define HD_REPORT_LANES_TEXT_H

#include <stdio.h>

#include "lanes.h"

struct hd_lanes_style {
    unsigned width; /* columns */
    bool color;     /* escape sequences */
    bool unicode;   /* lines and marks beyond ASCII; names are UTF-8 anyway */
};

/* The head, the lanes, where the tasks stand in the end, the rule and its fix, and
 * as the last line the command that replays it. */
void hd_lanes_print(FILE *out, const struct hd_lanes *l,
                    const struct hd_lanes_style *style);

#endif
