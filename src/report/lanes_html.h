/*
 * lanes_html.h - lanes as one HTML file that needs nothing else.
 *
 * Only the command links this: the data goes in as JSON, made with jansson
 * (schema heddle/story/1, docs/formats.md).
 */
#ifndef HD_REPORT_LANES_HTML_H
#define HD_REPORT_LANES_HTML_H

#include "../base/bytes.h"
#include "lanes.h"

void hd_lanes_html(struct hd_lanes *l, struct hd_bytes *out);

#endif
