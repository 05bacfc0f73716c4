/*
 * slot.h - the front end's handle on one worker process.
 *
 *     struct hd_slot slot = HD_SLOT_EMPTY;
 *     if (hd_slot_start(&slot, "asan", -1, 10)) ...
 *     if (hd_slot_run(&slot, &request, &exec)) ...
 *     hd_slot_stop(&slot);
 *
 * Errors leave one line in slot->error.  Not thread-safe.
 */
#ifndef HD_REPRO_SLOT_H
#define HD_REPRO_SLOT_H

#include <stdbool.h>
#include <sys/types.h>

#include "story.h"
#include "wire.h"

struct hd_slot {
    pid_t pid;  /* of the zygote; 0: none */
    int fd;     /* our end of the socket */
    int log_fd; /* what the worker prints */
    bool busy;  /* a request is under way */
    struct hd_hello hello;
    struct hd_bytes payload;  /* of the frame received last */
    const volatile int *stop; /* may be NULL: receiving ends once it is not 0 */
    char error[512];
};

/*
 * Not 0 once the user wants the command to end; the command's handlers set it.
 * A worker that has not said hello has a few seconds then: what was found may still
 * have to be confirmed, and who was stopped never answers.
 */
extern volatile int hd_interrupted;

#define HD_SLOT_EMPTY {.fd = -1, .log_fd = -1}

/* Starts the runner of that flavor, or hd_program_given (of any flavor, if that is
 * NULL), and waits for its hello.  table_fd: the
 * interleavings table or -1.  HD_E_STOPPED: see hd_interrupted. */
enum hd_err hd_slot_start(struct hd_slot *s, const char *flavor, int table_fd,
                          unsigned hang_seconds);
/* Ends it at once. */
void hd_slot_stop(struct hd_slot *s);

enum hd_err hd_slot_send(struct hd_slot *s, const struct hd_request *q);
/* Waits for a frame.  An ERROR frame becomes HD_E_WORKER.  HD_E_STOPPED: see
 * `stop`; the slot is then still at it, and of no use. */
enum hd_err hd_slot_receive(struct hd_slot *s, enum hd_wire_type *type);

/* Sends a RUN and waits for its hd_account. */
enum hd_err hd_slot_run_once(struct hd_slot *s, const struct hd_request *q,
                             struct hd_account *e);

/*
 * The same.  If the execution killed its process,
 * runs it once more with a step budget that ends just before: this gives the
 * evidence of its deviations and a trace hash of all that came before.
 */
enum hd_err hd_slot_run(struct hd_slot *s, const struct hd_request *q,
                        struct hd_account *e);

/* The same with q->story, for the story too.  That of an execution that killed its
 * process comes from the second run (story->cut); a hang has none (no tasks). */
enum hd_err hd_slot_story(struct hd_slot *s, const struct hd_request *q,
                          struct hd_account *e, struct hd_story *story);

#endif
