/*
 * worker.c - the zygote: forks children, watches them, and speaks for the dead.
 *
 * The watchdog measures the child's CPU time, not the clock on the wall, so a
 * busy machine is never taken for a hang.  A child that sleeps for ever in a
 * system call is therefore not noticed; code under test has none.
 */
#define _GNU_SOURCE
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "buildid.h"
#include "interleavings.h"

enum { NOTE_DEVIATIONS = 65536, WATCH_MS = 100 };

struct death {
    int status;
    bool hang;
};

static void *shared_map(size_t size)
{
    void *p =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        hd_die("cannot map shared memory: %s", strerror(errno));
    return p;
}

static double cpu_seconds(pid_t pid)
{
    clockid_t clock;
    struct timespec ts;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
        return 0;
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Waits for the child's end; kills it if it burns CPU without a beat. */
static struct death child_watch(const struct hd_worker *w, pid_t pid,
                                unsigned hang_s)
{
    struct death d = {0};
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    struct timespec tick = {.tv_nsec = WATCH_MS * 1000000L};
    uint64_t beats = 0;
    double since = 0;
    for (;;) {
        pid_t got = waitpid(pid, &d.status, WNOHANG);
        if (got == pid)
            return d;
        if (got < 0 && errno != EINTR)
            hd_die("waitpid: %s", strerror(errno));
        uint64_t now = __atomic_load_n(&w->shared->beats, __ATOMIC_RELAXED);
        double cpu = cpu_seconds(pid);
        if (now != beats || !w->note->running) {
            beats = now;
            since = cpu;
        } else if (!d.hang && cpu - since > hang_s) {
            d.hang = true;
            kill(pid, SIGKILL);
        }
        sigtimedwait(&chld, NULL, &tick);
    }
}

static enum hd_class death_class(const struct hd_deathnote *note, int status)
{
    if (note->cls > HD_NO_CLASS && note->cls < HD_CLASS_COUNT)
        return (enum hd_class)note->cls;
    if (WIFSIGNALED(status) && WTERMSIG(status) != SIGABRT)
        return HD_MEMORY_ERROR;
    return HD_ASSERTION; /* abort(), or exit() in the middle of a test */
}

static void death_message(int status, char *to, size_t size)
{
    if (WIFSIGNALED(status))
        snprintf(to, size, "the process died of signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(to, size, "the code under test ended the process with status %d",
                 WEXITSTATUS(status));
}

/* The finding that a death is; its strings live in the note or in text. */
static void death_finding(const struct hd_deathnote *note, int status,
                          struct hd_finding *f, struct hd_site *site,
                          char text[2][600])
{
    *site = (struct hd_site){.task = note->task[0] ? note->task : "main",
                             .role = "running",
                             .op = note->op[0] ? note->op : "code",
                             .stack = note->stack};
    *f = (struct hd_finding){.cls = death_class(note, status),
                             .message = note->message,
                             .signature = note->signature,
                             .detail = note->detail[0] ? note->detail : NULL,
                             .site = site,
                             .sites = 1};
    if (!note->message[0]) {
        death_message(status, text[0], sizeof text[0]);
        f->message = text[0];
    }
    if (!note->signature[0]) {
        uint64_t offset;
        const char *where =
            note->stack.count ? hd_function_at(note->stack.pc[0], &offset) : "?";
        snprintf(text[1], sizeof text[1], "%s: %s %s", hd_class_name(f->cls), where,
                 site->op);
        f->signature = text[1];
    }
}

static void death_exec(const struct hd_deathnote *note, struct death d,
                       struct hd_account *e)
{
    *e = (struct hd_account){.index = note->index,
                             .outcome = d.hang ? HD_OUTCOME_HANG : HD_OUTCOME_CRASH,
                             .steps = note->steps};
    memcpy(e->in.param, note->param, sizeof e->in.param);
    size_t n = note->deviations;
    if (n > note->deviations_max)
        n = note->deviations_max;
    for (size_t i = 0; i < n; i++)
        hd_plan_add(&e->plan, note->dev[i]);
}

static void error_send(const struct hd_worker *w, const char *format, int number)
{
    struct hd_bytes b = {0};
    char text[200];
    snprintf(text, sizeof text, format, number);
    hd_bytes_str(&b, text);
    hd_wire_send(w->fd, HD_WIRE_ERROR, &b);
    hd_bytes_free(&b);
}

/* What it died of, and what was found before: a race and what came of it. */
static void death_findings(const struct hd_deathnote *note, int status,
                           struct hd_account *e, struct hd_site *site,
                           char text[2][600])
{
    struct hd_reader in = {.data = note->found_bytes, .size = note->found_size};
    e->finding = calloc((size_t)note->found + 1, sizeof *e->finding);
    if (!e->finding)
        hd_die("out of memory");
    death_finding(note, status, &e->finding[0], site, text);
    for (e->findings = 1; e->findings <= note->found; e->findings++)
        if (!hd_finding_read(&e->finding[e->findings], &in))
            break;
}

/* Sends what the dead child owed. */
static void death_reply(const struct hd_worker *w, struct death d)
{
    struct hd_account e;
    struct hd_site site;
    char text[2][600];
    death_exec(w->note, d, &e);
    if (!d.hang) {
        death_findings(w->note, d.status, &e, &site, text);
        hd_account_symbolize(&e);
    }
    struct hd_bytes b = {0};
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
    for (size_t i = 1; i < e.findings; i++)
        free(e.finding[i].site);
    free(e.finding);
    hd_account_free(&e);
}

static void death_handle(const struct hd_worker *w, struct death d)
{
    /* Only somebody outside sends it: no finding of the code under test. */
    if (!d.hang && WIFSIGNALED(d.status) && WTERMSIG(d.status) == SIGKILL)
        error_send(w, "a worker was killed (signal %d): by hand, or out of memory",
                   SIGKILL);
    else if (w->note->running && w->shared->request)
        death_reply(w, d);
    else if (WIFSIGNALED(d.status))
        error_send(w, "a worker died between executions, of signal %d",
                   WTERMSIG(d.status));
    else
        error_send(w, "a worker ended between executions, with status %d",
                   WEXITSTATUS(d.status));
}

/* Nothing of an old death may end up in the report of the next one. */
static void note_clear(struct hd_deathnote *note)
{
    note->running = 0;
    note->cls = HD_NO_CLASS;
    note->message[0] = note->signature[0] = note->task[0] = note->op[0] = 0;
    note->detail[0] = 0;
    note->stack.count = 0;
    note->steps = note->deviations = note->found = note->found_size = 0;
}

static pid_t child_fork(struct hd_worker *w, const sigset_t *mask)
{
    pid_t zygote = getpid(), pid = fork();
    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != zygote)
        _exit(0);
    sigprocmask(SIG_SETMASK, mask, NULL);
    hd_death_handlers();
    hd_deathnote_set(w->note);
    _exit(hd_worker_child(w));
}

static void hello_send(const struct hd_worker *w)
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

int hd_worker_main(unsigned hang_seconds)
{
    size_t note_size =
        sizeof(struct hd_deathnote) + NOTE_DEVIATIONS * sizeof(struct hd_deviation);
    struct hd_worker w = {.fd = HD_WIRE_FD,
                          .shared = shared_map(sizeof *w.shared),
                          .note = shared_map(note_size),
                          .table = hd_interleavings_map(HD_WIRE_TABLE_FD)};
    w.note->deviations_max = NOTE_DEVIATIONS;
    sigset_t chld, old;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, &old);
    signal(SIGINT, SIG_IGN); /* the front end decides when to stop */
    hello_send(&w);
    for (;;) {
        note_clear(w.note);
        w.shared->request = 0;
        pid_t pid = child_fork(&w, &old);
        if (pid < 0)
            hd_die("fork: %s", strerror(errno));
        struct death d = child_watch(&w, pid, hang_seconds);
        if (WIFEXITED(d.status) && WEXITSTATUS(d.status) == 0 && !w.note->running)
            return 0;
        if (WIFEXITED(d.status) && WEXITSTATUS(d.status) == HD_WORKER_RECYCLE &&
            !w.shared->request)
            continue;
        death_handle(&w, d);
    }
}
