/*
 * guard.c - see guard.h.
 */
#define _GNU_SOURCE
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../base/error.h"
#include "../base/process.h"
#include "../instrument/sanitizer.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WATCH_MS = 100,
    ASLEEP_MS = 2000, /* for so long, and nothing will wake it... */
    CHILD_MS = 10000, /* ...but a process that it has started: a symbolizer */
};

/* ---- asleep in a system call ---- */

/* The state letter of a thread, or 0. */
static char thread_state(pid_t pid, const char *tid)
{
    char path[64], text[256];
    snprintf(path, sizeof path, "/proc/%d/task/%.20s/stat", (int)pid, tid);
    FILE *f = fopen(path, "r");
    size_t n = f ? fread(text, 1, sizeof text - 1, f) : 0;
    if (f)
        fclose(f);
    text[n] = 0;
    const char *end = strrchr(text, ')'); /* a name may hold anything */
    return end && end[1] ? end[2] : 0;
}

/* Whether every thread waits for something, or was stopped by a signal. */
static bool all_asleep(pid_t pid)
{
    char path[32];
    bool asleep = true;
    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *d = opendir(path);
    if (!d)
        return false;
    for (struct dirent *e; asleep && (e = readdir(d));)
        if (e->d_name[0] != '.') {
            char state = thread_state(pid, e->d_name);
            asleep = state == 'S' || state == 'Z' || state == 'X' || state == 'T';
        }
    closedir(d);
    return asleep;
}

static bool has_children(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *f = fopen(path, "r");
    bool any = f && fgetc(f) != EOF;
    if (f)
        fclose(f);
    return any;
}

#define CALLS(X)                                                                   \
    X(read)                                                                        \
    X(write)                                                                       \
    X(readv)                                                                       \
    X(writev)                                                                      \
    X(recvfrom)                                                                    \
    X(recvmsg)                                                                     \
    X(sendto)                                                                      \
    X(sendmsg)                                                                     \
    X(accept)                                                                      \
    X(accept4)                                                                     \
    X(connect)                                                                     \
    X(ppoll)                                                                       \
    X(pselect6)                                                                    \
    X(epoll_pwait)                                                                 \
    X(wait4)                                                                       \
    X(waitid)                                                                      \
    X(flock)                                                                       \
    X(fcntl)                                                                       \
    X(rt_sigtimedwait)                                                             \
    X(rt_sigsuspend)                                                               \
    X(msgrcv)                                                                      \
    X(msgsnd)                                                                      \
    X(semtimedop)                                                                  \
    X(mq_timedreceive)                                                             \
    X(mq_timedsend)                                                                \
    X(nanosleep)                                                                   \
    X(clock_nanosleep)                                                             \
    X(futex)
#if defined(__x86_64__)
#define OLD_CALLS(X)                                                               \
    X(poll)                                                                        \
    X(select)                                                                      \
    X(epoll_wait)                                                                  \
    X(pause)                                                                       \
    X(semop)
#else
#define OLD_CALLS(X)
#endif

static const char *call_name(long number)
{
    static const struct {
        long number;
        const char *name;
    } known[] = {
#define X(name) {SYS_##name, #name},
        CALLS(X) OLD_CALLS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].number == number)
            return known[i].name;
    return NULL;
}

/* The call that a thread is in: of the task that had control, where it is known. */
static void call_of(pid_t pid, int tid, char *to, size_t size)
{
    char path[64];
    long number = -1;
    snprintf(path, sizeof path, "/proc/%d/task/%d/syscall", (int)pid,
             tid ? tid : (int)pid);
    FILE *f = fopen(path, "r");
    if (f && fscanf(f, "%ld", &number) != 1)
        number = -1;
    if (f)
        fclose(f);
    const char *name = call_name(number);
    if (name)
        snprintf(to, size, "%s", name);
    else if (number >= 0)
        snprintf(to, size, "system call %ld", number);
    else
        snprintf(to, size, "a system call");
}

/* ---- watching ---- */

static double cpu_seconds(pid_t pid)
{
    clockid_t clock;
    struct timespec ts;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
        return 0;
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* What was seen of the process so far. */
struct pulse {
    uint64_t beats;
    double cpu_at_beat, cpu_last;
    int asleep_ms;
};

/* What a process that does nothing uses of the processor in WATCH_MS: TSan has a
 * thread that looks around ten times a second. */
static double idle_seconds(void)
{
    return hd__tsan_present() ? 0.002 : 0;
}

/* Looks at a process that has not ended; true if it never will by itself. */
static bool stuck(const struct hd_guard *g, pid_t pid, struct pulse *p,
                  struct hd_death *d)
{
    uint64_t now = __atomic_load_n(g->beats, __ATOMIC_RELAXED);
    double cpu = cpu_seconds(pid);
    bool runs = g->note->running || g->always;
    if (g->until && __atomic_load_n(g->until, __ATOMIC_RELAXED))
        return false;
    if (now != p->beats || !runs) {
        p->beats = now;
        p->cpu_at_beat = cpu;
        p->asleep_ms = 0;
    }
    bool idle = cpu - p->cpu_last <= idle_seconds();
    p->asleep_ms = runs && idle && all_asleep(pid) ? p->asleep_ms + WATCH_MS : 0;
    p->cpu_last = cpu;
    d->hang = cpu - p->cpu_at_beat > g->hang_seconds;
    d->blocked = !d->hang && p->asleep_ms >= ASLEEP_MS &&
                 (p->asleep_ms >= CHILD_MS || !has_children(pid));
    if (d->blocked)
        call_of(pid, g->note->tid, d->call, sizeof d->call);
    return d->hang || d->blocked;
}

struct hd_death hd_guard_watch(const struct hd_guard *g, pid_t pid)
{
    struct hd_death d = {0};
    struct pulse p = {.beats = ~0ull};
    struct timespec tick = {.tv_nsec = WATCH_MS * 1000000L};
    sigset_t chld;
    hd_sigchld_only(&chld);
    for (;;) {
        pid_t got = waitpid(pid, &d.status, WNOHANG);
        if (got == pid)
            return d;
        if (got < 0 && errno != EINTR)
            hd_die("waitpid: %s", strerror(errno));
        if (sigtimedwait(&chld, NULL, &tick) >= 0)
            continue;
        if (g->tick)
            g->tick();
        if (!d.hang && !d.blocked && stuck(g, pid, &p, &d))
            kill(pid, SIGKILL);
    }
}

bool hd_guard_was_killed(const struct hd_deathnote *note, const struct hd_death *d)
{
    return !d->hang && !d->blocked && !note->kills_itself &&
           WIFSIGNALED(d->status) && WTERMSIG(d->status) == SIGKILL;
}

/* ---- the account of the dead ---- */

void hd_guard_note_clear(struct hd_deathnote *note)
{
    note->running = note->kills_itself = 0;
    note->cls = HD_NO_CLASS;
    note->message[0] = note->signature[0] = note->task[0] = note->op[0] = 0;
    note->detail[0] = note->failure[0] = 0;
    note->stack.count = 0;
    note->tid = 0;
    note->steps = note->deviations = note->found = note->found_size = 0;
}

/* A signal that says that memory or an instruction was wrong, and none that
 * somebody sends. */
static bool is_error(int status)
{
    static const int error[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS};
    for (size_t i = 0; i < sizeof error / sizeof error[0]; i++)
        if (WIFSIGNALED(status) && WTERMSIG(status) == error[i])
            return true;
    return false;
}

static enum hd_class death_class(const struct hd_deathnote *note, int status)
{
    if (note->cls > HD_NO_CLASS && note->cls < HD_CLASS_COUNT)
        return (enum hd_class)note->cls;
    return is_error(status) ? HD_MEMORY_ERROR
                            : HD_ASSERTION; /* abort(), or exit() in a test */
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
        if (note->stack.count || !WIFSIGNALED(status))
            snprintf(text[1], sizeof text[1], "%s: %s %s", hd_class_name(f->cls),
                     where, site->op);
        else
            snprintf(text[1], sizeof text[1], "%s: %s SIG%s", hd_class_name(f->cls),
                     where, sigabbrev_np(WTERMSIG(status)));
        f->signature = text[1];
    }
}

static void plan_of(const struct hd_deathnote *note, struct hd_plan *plan)
{
    size_t n = note->deviations;
    if (n > note->deviations_max)
        n = note->deviations_max;
    for (size_t i = 0; i < n; i++)
        hd_plan_add(plan, note->dev[i]);
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

void hd_guard_account(const struct hd_deathnote *note, const struct hd_death *d,
                      struct hd_account *out)
{
    struct hd_account e = {.index = note->index, .steps = note->steps};
    struct hd_site site;
    char text[2][600];
    memcpy(e.in.param, note->param, sizeof e.in.param);
    plan_of(note, &e.plan);
    e.outcome = d->hang      ? HD_OUTCOME_HANG
                : d->blocked ? HD_OUTCOME_UNCONTROLLED
                             : HD_OUTCOME_CRASH;
    e.call = d->blocked ? d->call : NULL;
    if (e.outcome == HD_OUTCOME_CRASH) {
        death_findings(note, d->status, &e, &site, text);
        hd_account_symbolize(&e);
    }
    hd_account_copy(&e, out);
    for (size_t i = 1; i < e.findings; i++)
        free(e.finding[i].site);
    free(e.finding);
    hd_account_free(&e);
}
