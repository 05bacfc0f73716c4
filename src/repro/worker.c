/*
 * worker.c - the zygote: forks children, watches them (guard.h), and speaks for
 * the dead.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/process.h"
#include "buildid.h"
#include "guard.h"
#include "interleavings.h"

enum { NOTE_DEVIATIONS = 65536 };

void hd_worker_error(const struct hd_worker *w, const char *format, ...)
{
    struct hd_bytes b = {0};
    char text[400];
    va_list ap;
    va_start(ap, format);
    vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    hd_bytes_str(&b, text);
    hd_wire_send(w->fd, HD_WIRE_ERROR, &b);
    hd_bytes_free(&b);
}

/* Sends what the dead child owed. */
static void death_reply(const struct hd_worker *w, const struct hd_death *d)
{
    struct hd_account e;
    struct hd_bytes b = {0};
    hd_guard_account(w->note, d, &e);
    hd_account_write(&e, &b);
    bool run = w->shared->request == HD_WIRE_RUN;
    hd_wire_send(w->fd, run ? HD_WIRE_EXEC : HD_WIRE_FOUND, &b);
    if (!run) {
        struct hd_done done = {.first = w->shared->first, .next = e.index + 1};
        memcpy(done.outcome, w->shared->outcome, sizeof done.outcome);
        done.outcome[e.outcome]++;
        b.size = 0;
        hd_done_write(&done, &b);
        hd_wire_send(w->fd, HD_WIRE_DONE, &b);
    }
    hd_bytes_free(&b);
    hd_account_free(&e);
}

static void death_handle(const struct hd_worker *w, const struct hd_death *d)
{
    int status = d->status;
    if (w->note->failure[0]) {
        hd_worker_error(w, "%s", w->note->failure);
        return;
    }
    if (hd_guard_was_killed(w->note, d)) /* no finding of the code under test */
        hd_worker_error(
            w, "a worker was killed (signal %d): by hand, or out of memory",
            SIGKILL);
    else if (w->note->running && w->shared->request)
        death_reply(w, d);
    else if (WIFSIGNALED(status))
        hd_worker_error(w, "a worker died between executions, of signal %d",
                        WTERMSIG(status));
    else
        hd_worker_error(w, "a worker ended between executions, with status %d",
                        WEXITSTATUS(status));
}

static pid_t child_fork(struct hd_worker *w, const sigset_t *mask)
{
    pid_t zygote = getpid(), pid = fork();
    if (pid)
        return pid;
    hd_die_with(zygote);
    sigprocmask(SIG_SETMASK, mask, NULL);
    hd_death_handlers();
    hd_deathnote_set(w->note);
    _exit(hd_worker_child(w));
}

void hd_worker_hello(const struct hd_worker *w)
{
    struct hd_hello h;
    struct hd_bytes b = {0};
    snprintf(h.flavor, sizeof h.flavor, "%s", hd_flavor());
    snprintf(h.compiler, sizeof h.compiler, "%s", hd_build_compiler());
    snprintf(h.build, sizeof h.build, "%s", hd_build_id());
    hd_hello_write(&h, &b);
    hd_wire_send(w->fd, HD_WIRE_HELLO, &b);
    hd_bytes_free(&b);
}

void hd_worker_open(struct hd_worker *w, int fd, int table_fd)
{
    size_t note_size =
        sizeof(struct hd_deathnote) + NOTE_DEVIATIONS * sizeof(struct hd_deviation);
    *w = (struct hd_worker){.fd = fd,
                            .shared = hd_shared_map(sizeof *w->shared),
                            .note = hd_shared_map(note_size),
                            .table = hd_interleavings_map(table_fd)};
    w->note->deviations_max = NOTE_DEVIATIONS;
}

int hd_worker_main(unsigned hang_seconds)
{
    struct hd_worker w;
    hd_worker_open(&w, HD_WIRE_FD, HD_WIRE_TABLE_FD);
    sigset_t old;
    hd_sigchld_block(&old);
    hd_signal_set(SIGINT, SIG_IGN); /* the front end decides when to stop */
    hd_worker_hello(&w);
    for (;;) {
        hd_guard_note_clear(w.note);
        w.shared->request = 0;
        pid_t pid = child_fork(&w, &old);
        if (pid < 0)
            hd_die("fork: %s", strerror(errno));
        struct hd_guard guard = {.note = w.note,
                                 .beats = &w.shared->beats,
                                 .hang_seconds = hang_seconds};
        struct hd_death d = hd_guard_watch(&guard, pid);
        if (WIFEXITED(d.status) && WEXITSTATUS(d.status) == 0 && !w.note->running)
            return 0;
        if (WIFEXITED(d.status) && WEXITSTATUS(d.status) == HD_WORKER_RECYCLE &&
            !w.shared->request)
            continue;
        death_handle(&w, &d);
    }
}
