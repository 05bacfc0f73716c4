/*
 * finding.h - what an oracle found, as plain data.
 *
 * All strings and arrays belong to the execution's arena (or to whoever
 * decoded the finding from bytes) and are valid until the next execution.
 */
#ifndef HD_ENGINE_FINDING_H
#define HD_ENGINE_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include <heddle/class.h>

#include "../base/bytes.h"

enum { HD_FRAMES_MAX = 24 };

/* A stack: return addresses relative to the load base, innermost first. */
struct hd_stack {
    uint32_t count;
    uint64_t pc[HD_FRAMES_MAX];
};

/* Where one task stands, or stood when it made an access. */
struct hd_site {
    const char *task;   /* spawn path: "main", "main.1"... */
    const char *role;   /* "blocked", "running", "read of 4 bytes"... */
    const char *op;     /* operation: "chan-send" */
    const char *object; /* "channel #2", "mutex #1", "global result"; or NULL */
    const char *why;    /* "held by main.2", "no live task can send"; or NULL */
    struct hd_stack stack;
};

struct hd_finding {
    enum hd_class cls;
    const char *message;   /* one sentence, no addresses */
    const char *signature; /* "class: function op object; ..." sorted */
    const char *detail;    /* a sanitizer's own text, or NULL */
    struct hd_site *site;
    uint32_t sites;
};

/* To bytes and back (strings then point into the reader's bytes; the sites
 * are malloc'd and owned by the caller). */
void hd_finding_write(const struct hd_finding *f, struct hd_bytes *out);
bool hd_finding_read(struct hd_finding *f, struct hd_reader *in);
void hd_site_write(const struct hd_site *s, struct hd_bytes *out);
void hd_site_read(struct hd_site *s, struct hd_reader *in);

#endif
