/* report_hunt.h - the jobs of a hunt, out of its JSON (schema heddle/hunt/1). */
#ifndef HD_REPORT_REPORT_HUNT_H
#define HD_REPORT_REPORT_HUNT_H

#include "findings.h"

/* Adds the jobs.  False: why says what is wrong, and none was added. */
bool hd_report_hunt_read(struct hd_findings *r, const struct hd_bytes *bytes,
                         char *why, size_t size);

#endif
