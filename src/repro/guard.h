/*
 * guard.h - watching a process that runs code under test, and speaking for it
 * when it is dead.
 */
#ifndef HD_REPRO_GUARD_H
#define HD_REPRO_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

#include "../engine/run.h"
#include "account.h"

/* How a process ended. */
struct hd_death {
    int status;    /* of waitpid() */
    bool hang;     /* killed: it burned CPU time without a beat */
    bool blocked;  /* killed: it slept in a system call */
    char call[48]; /* which one */
};

struct hd_guard {
    struct hd_deathnote *note;
    const uint64_t *beats; /* executions started: the pulse */
    unsigned hang_seconds; /* CPU time without a beat, while one runs */
    bool always;           /* also while note->running is 0 */
    const uint32_t *until; /* nothing is watched once this is set; may be NULL */
    void (*tick)(void);    /* called now and then meanwhile; may be NULL */
};

/*
 * Waits for the process's end.  SIGCHLD must be blocked.  The hang is measured in
 * CPU time, so that a busy machine is never taken for one.  Blocked is who was
 * seen asleep, all threads of it, for seconds on end.
 */
struct hd_death hd_guard_watch(const struct hd_guard *g, pid_t pid);

/* Whether somebody outside killed it, or the system, for its memory: neither the
 * guard nor the process itself sent the SIGKILL that it died of. */
bool hd_guard_was_killed(const struct hd_deathnote *note, const struct hd_death *d);

/* An empty note: nothing of an old death may end up in the next report. */
void hd_guard_note_clear(struct hd_deathnote *note);

/*
 * The account of an execution that ended its process: what it died of, and what
 * was found before.  Strings are copies; free with hd_account_free().
 */
void hd_guard_account(const struct hd_deathnote *note, const struct hd_death *d,
                      struct hd_account *out);

#endif
