/*
 * wire.h - what the front end and its workers say to each other.
 *
 * A frame on the socket is {u32 type, u32 length, payload}, little endian as
 * the machine (both ends are one machine and one build).
 *
 *     front end -> worker       worker -> front end
 *                               HELLO          once, after each exec
 *     CHUNK   request           FOUND* DONE
 *     RUN     request           STORY? EXEC
 *     VERIFY  request           PROGRESS* FOUND? DONE
 *                               ERROR          text; instead of the last reply
 *
 * A FOUND or EXEC payload is a hd_account, a STORY one a hd_story.  DONE tells how
 * far a chunk came: a worker may end one early (time slice, finding, crash,
 * recycling), and the front end asks again for what is left of it.
 */
#ifndef HD_REPRO_WIRE_H
#define HD_REPRO_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/bytes.h"
#include "../base/error.h"
#include "account.h"

enum hd_wire_type {
    HD_WIRE_HELLO = 1,
    HD_WIRE_CHUNK,
    HD_WIRE_RUN,
    HD_WIRE_VERIFY,
    HD_WIRE_FOUND,
    HD_WIRE_EXEC,
    HD_WIRE_STORY,
    HD_WIRE_PROGRESS,
    HD_WIRE_DONE,
    HD_WIRE_ERROR,
};

/* File descriptors that a worker is started with. */
enum { HD_WIRE_FD = 3, HD_WIRE_TABLE_FD = 4 };

enum { HD_OUTCOME_COUNT = HD_OUTCOME_UNCONTROLLED + 1 };

/* CHUNK, RUN and VERIFY: all of them say what to run; each uses its part. */
struct hd_request {
    enum hd_wire_type type;
    const char *scenario, *variant, *strategy;
    uint32_t steps_max;
    int64_t starve_max_ns;
    /* CHUNK: executions [first, first + count) of the job with that seed.
     * VERIFY: at most count executions. */
    uint64_t seed, first, count;
    bool keep_going;
    bool story; /* RUN: collect the story as well */
    uint32_t preemptions, early_timers, deviations; /* VERIFY */
    /* VERIFY: what ends the search.  want_pass: an execution without a finding of
     * that class, nor of any other but data races; else a finding, of that class
     * and signature if these are set. */
    bool want_pass;
    uint32_t want_class;
    const char *want_signature;
    struct hd_input in;               /* RUN, VERIFY */
    struct hd_plan plan;              /* RUN */
    struct hd_account_anchor *anchor; /* RUN by re-anchoring, else NULL */
    uint32_t *order; /* RUN by strategy `order`: see order.h; malloc'd */
    uint32_t orders;
};

/* How often a signature was seen, by a hash of it. */
struct hd_tally {
    uint64_t signature_hash, count;
};

struct hd_done {
    uint64_t first, next; /* executions [first, next) were run */
    uint64_t outcome[HD_OUTCOME_COUNT];
    bool complete; /* VERIFY: nothing is left within the bounds */
    bool last;     /* CHUNK: the program has no more than one execution */
    const char
        *uncontrolled;      /* calls passed through so far, a line each, or NULL */
    struct hd_tally *tally; /* malloc'd */
    size_t tallies;
};

/* Changes whenever a frame does: a program carries a libheddle of its own. */
enum { HD_WIRE_VERSION = 1 };

struct hd_hello {
    uint32_t version;
    char flavor[16];
    char compiler[128];
    char build[80];
};

uint64_t hd_wire_hash(const char *signature);

/* Sends a frame; false if the other end is gone. */
bool hd_wire_send(int fd, enum hd_wire_type type, const struct hd_bytes *payload);

/* Receives one; payload is overwritten.  HD_E_OK, HD_E_WORKER at the end of
 * the stream, HD_E_PROTOCOL for nonsense. */
enum hd_err hd_wire_receive(int fd, enum hd_wire_type *type,
                            struct hd_bytes *payload);

void hd_request_write(const struct hd_request *q, struct hd_bytes *out);
/* Strings point into the reader's bytes; free plan and anchor. */
bool hd_request_read(struct hd_request *q, enum hd_wire_type type,
                     struct hd_reader *in);
void hd_request_free(struct hd_request *q);

void hd_done_write(const struct hd_done *d, struct hd_bytes *out);
bool hd_done_read(struct hd_done *d, struct hd_reader *in);

void hd_hello_write(const struct hd_hello *h, struct hd_bytes *out);
bool hd_hello_read(struct hd_hello *h, struct hd_reader *in);

#endif
