/*
 * program.c - the first process of a program under heddle.
 *
 *     command --exec-- warden (forks at once, before constructors)
 *                        | fork
 *                      server: the program's own start-up, then, where it makes
 *                        |     its first thread, requests (server.c)
 *                        | fork, for each execution
 *                      execution: goes on from there, on the thread carrier
 *
 * The warden is what is left if the start-up crashes, hangs, or ends without ever
 * making a thread.  It then answers for it: there is one execution, and it has
 * happened.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/libc.h"
#include "../base/process.h"
#include "../engine/engine.h"
#include "../repro/guard.h"
#include "../repro/program.h"
#include "server.h"
#include "single.h"

static struct hd_worker worker;
static struct hd_program_options options;

/* The account of a start-up that ended: of the only execution there is. */
static void obituary_make(const struct hd_death *d, struct hd_account *out)
{
    struct hd_account e = {.outcome = HD_OUTCOME_DONE};
    struct hd_finding f = {.cls = HD_ASSERTION};
    struct hd_site site = {.task = "main", .role = "ended", .op = "exit"};
    char message[100], signature[120];
    bool ended = !d->hang && !d->blocked && WIFEXITED(d->status) &&
                 worker.note->cls == HD_NO_CLASS;
    if (!ended) {
        hd_guard_account(worker.note, d, out);
        return;
    }
    int status = WEXITSTATUS(d->status);
    if (!hd_program_expects(&options, status)) {
        snprintf(message, sizeof message, "the program ended with exit status %d",
                 status);
        snprintf(signature, sizeof signature, "assertion: main %s", message);
        f.message = message;
        f.signature = signature;
        f.site = &site;
        f.sites = 1;
        e.finding = &f;
        e.findings = 1;
    }
    hd_account_copy(&e, out);
}

static void answer(enum hd_wire_type type, const struct hd_request *q,
                   struct hd_account *e)
{
    struct hd_bytes b = {0};
    e->index = type == HD_WIRE_RUN ? 0 : q->first;
    hd_account_write(e, &b);
    if (type == HD_WIRE_RUN) {
        hd_wire_send(worker.fd, HD_WIRE_EXEC, &b);
    } else {
        struct hd_done done = {.first = q->first,
                               .next = q->first + 1,
                               .complete = true,
                               .last = true};
        done.outcome[e->outcome] = 1;
        if (e->findings || e->outcome != HD_OUTCOME_DONE)
            hd_wire_send(worker.fd, HD_WIRE_FOUND, &b);
        b.size = 0;
        hd_done_write(&done, &b);
        hd_wire_send(worker.fd, HD_WIRE_DONE, &b);
    }
    hd_bytes_free(&b);
}

static void obituary_serve(const struct hd_death *d)
{
    struct hd_account e;
    struct hd_bytes payload = {0};
    enum hd_wire_type type;
    obituary_make(d, &e);
    e.output = hd__server_output();
    while (hd_wire_receive(worker.fd, &type, &payload) == HD_E_OK) {
        struct hd_reader in = {.data = payload.data, .size = payload.size};
        struct hd_request q;
        if (!hd_request_read(&q, type, &in))
            hd_bug("a request of type %d cannot be read", (int)type);
        answer(type, &q, &e);
        hd_request_free(&q);
    }
}

__attribute__((noreturn)) static void warden_main(pid_t server)
{
    struct hd_guard guard = {.note = worker.note,
                             .beats = &worker.shared->beats,
                             .hang_seconds = options.hang_seconds,
                             .always = true,
                             .until = &worker.shared->ready};
    struct hd_death d = hd_guard_watch(&guard, server);
    if (worker.note->failure[0]) {
        if (d.status != 0) /* or the server has told it itself */
            hd_worker_error(&worker, "%s", worker.note->failure);
    } else if (!worker.shared->ready && hd_guard_was_killed(worker.note, &d)) {
        hd_worker_error(&worker, "%s", HD_PROGRAM_KILLED);
    } else if (!worker.shared->ready) {
        obituary_serve(&d);
    } else if (WIFSIGNALED(d.status)) {
        hd_worker_error(&worker, "the program's server died of signal %d",
                        WTERMSIG(d.status));
    } else if (WEXITSTATUS(d.status) != 0) {
        hd_worker_error(&worker, "the program's server ended with status %d",
                        WEXITSTATUS(d.status));
    }
    _exit(0);
}

void hd__program_begin(void)
{
    const char *said = getenv(HD_PROGRAM_ENV);
    if (said == NULL)
        return;
    if (!hd_program_options_read(&options, said))
        hd_die("%s is set to something that this heddle does not understand; is "
               "the command of another version?",
               HD_PROGRAM_ENV);
    hd_libc_find();
    unsetenv(HD_PROGRAM_ENV);
    unsetenv("LD_PRELOAD"); /* what it starts is not under heddle */
    hd__program = true;
    if (hd__single_begin(&options))
        return;
    hd_worker_open(&worker, HD_PROGRAM_FD, HD_PROGRAM_TABLE_FD);
    fcntl(HD_PROGRAM_FD, F_SETFD, FD_CLOEXEC);
    fcntl(HD_PROGRAM_TABLE_FD, F_SETFD, FD_CLOEXEC);
    hd__server_open(&worker, &options);
    sigset_t old;
    hd_sigchld_block(&old);
    hd_worker_hello(&worker);
    hd_guard_note_clear(worker.note);
    worker.note->running = 1; /* what kills the start-up is to be told, too */
    pid_t warden = getpid(), pid = fork();
    if (pid < 0)
        hd_die("fork: %s", strerror(errno));
    if (pid > 0) {
        hd_signal_set(SIGINT, SIG_IGN); /* the command decides when to stop */
        warden_main(pid);
    }
    hd_die_with(warden);
    sigprocmask(SIG_SETMASK, &old, NULL);
    hd__server_begin();
}

int hd__program_main(int (*main)(int, char **, char **), int argc, char **argv,
                     char **envp)
{
    hd__server_main((const void *)main);
    return main(argc, argv, envp);
}
