/*
 * server.c - see server.h.
 *
 * The program's first pthread_create() (or hd_start()) calls start() in the one
 * thread that there is.  There the process becomes the server: it answers the
 * command's requests, and forks for each execution.  The child goes on from that
 * very call, as the first task of an execution, and never comes back: at its end
 * it leaves its account in shared memory and exits.
 *
 * What the forks share and must not: positions in files, which the server sets
 * back; and what was printed, of which it keeps the start-up's.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "server.h"

#include <heddle/program.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/process.h"
#include "../engine/engine.h"
#include "../instrument/ending.h"
#include "../instrument/sanitizer.h"
#include "../posix/clock.h"
#include "../posix/fork.h"
#include "../posix/uncontrolled.h"
#include "../repro/guard.h"
#include "../repro/story.h"

enum {
    RESULT_MAX = 256 << 20,  /* bytes of address space, not of memory */
    OUTPUT_SHOWN = 32 << 10, /* bytes of what was printed that are kept */
    OUTPUT_MAX = 64 << 20,   /* and that may be there before it is cut */
    FILES_MAX = 64,
};

/* What an execution leaves behind. */
struct result {
    uint64_t account, story; /* sizes; account is 0 until all is there */
    uint8_t bytes[];
};

static struct {
    struct hd_worker *worker;
    struct hd_program_options options;
    struct result *result; /* shared */
    int output;            /* standard output and error, in the server */
    off_t output_start;    /* what the start-up had printed */
    const void *main;
    bool started;   /* in an execution's process, also after its end */
    pid_t server;   /* the server's process */
    bool childless; /* it had no children of its own where the start-up was over */
    jmp_buf origin; /* where the executions' processes go on */
    sigset_t mask;
    struct sigaction chld;
    struct {
        int fd;
        off_t at;
    } file[FILES_MAX];
    size_t files;
} server;

void hd__server_open(struct hd_worker *w, const struct hd_program_options *o)
{
    server.worker = w;
    server.options = *o;
    hd__uncontrolled_share();
    hd__uncontrolled_quiet = true;
    server.result = hd_shared_map(RESULT_MAX);
    int fd = memfd_create("heddle-output", MFD_CLOEXEC);
    if (fd < 0)
        hd_die("memfd_create: %s", strerror(errno));
    server.output = fcntl(fd, F_DUPFD_CLOEXEC, HD_PROGRAM_TABLE_FD + 1);
    close(fd);
    fcntl(server.output, F_SETFL, O_APPEND);
    hd__private_fd(HD_PROGRAM_FD);
    hd__private_fd(HD_PROGRAM_TABLE_FD);
    hd__private_fd(server.output);
}

const char *hd__server_output(void)
{
    static char text[OUTPUT_SHOWN + 64];
    struct stat st;
    if (fstat(server.output, &st) != 0 || st.st_size == 0)
        return NULL;
    off_t from = st.st_size > OUTPUT_SHOWN ? st.st_size - OUTPUT_SHOWN : 0;
    int at = from == 0 ? 0
                       : snprintf(text, 64, "[%lld bytes before this]\n",
                                  (long long)from);
    ssize_t n = pread(server.output, text + at, OUTPUT_SHOWN, from);
    for (ssize_t i = 0; i < n; i++)
        if (text[at + i] == 0) /* the text would end here */
            text[at + i] = '.';
    text[at + (n > 0 ? n : 0)] = 0;
    return text;
}

/* A program that prints without end must not fill the memory. */
static void output_trim(void)
{
    struct stat st;
    if (fstat(server.output, &st) == 0 && st.st_size > OUTPUT_MAX &&
        ftruncate(server.output, server.output_start) != 0)
        return;
}

/* ---- the end of an execution, in its process ---- */

static void put(struct hd_bytes *b, uint64_t *size, uint64_t *at)
{
    *size = 0;
    if (sizeof(struct result) + *at + b->size > RESULT_MAX)
        return;
    memcpy(server.result->bytes + *at, b->data, b->size);
    *at += b->size;
    *size = b->size;
}

/* hd_over_fn */
static void over(const struct hd_result *r)
{
    static const struct hd_input none;
    struct hd_account e;
    struct hd_bytes b = {0};
    uint64_t story = 0, at = 0, account;
    if (hd__exec.watched) {
        struct hd_story s;
        hd_story_capture(&s);
        hd_story_write(&s, &b);
        put(&b, &story, &at);
        b.size = 0;
    }
    hd_account_capture(&e, r, &none);
    hd_account_write(&e, &b);
    server.result->story = story;
    put(&b, &account, &at);
    __atomic_store_n(&server.result->account, account, __ATOMIC_RELEASE);
    /* The first thread ended before the others: the last one exits, as in life. */
    if (r->outcome == HD_OUTCOME_DONE && hd__exec.root->state == HD_TASK_ENDED)
        exit(0);
}

/* The program ends on purpose, in the running task. */
static void ends(int status, const void *pc, const void *frame)
{
    struct hd_task *t = hd__cur;
    if (!hd_program_expects(&server.options, status)) {
        t->op = (struct hd_op){.kind = HD_OP_EXIT, .pc = (uintptr_t)pc};
        t->frame = frame;
        hd__emit(&(struct hd_event){
            .kind = HD_EVENT_ASSERT,
            .task = t,
            .text = hd_arena_printf(
                &hd__exec.arena, "the program ended with exit status %d", status)});
    }
    hd_run_exit();
    _exit(status);
}

/* What is still in buffers is to be seen.  A thread that will not come back may
 * hold the lock of one, for which libc does not wait at the end, either. */
static void output_flush(void)
{
    FILE *const f[] = {stdout, stderr};
    for (size_t i = 0; i < sizeof f / sizeof f[0]; i++)
        if (ftrylockfile(f[i]) == 0) {
            fflush_unlocked(f[i]);
            funlockfile(f[i]);
        }
}

/* quick_exit(): the same, without what atexit() has registered. */
static void quick_exit_ends(void)
{
    if (hd__cur != NULL)
        ends(hd__quick_status, hd__exit_caller, __builtin_frame_address(0));
}

/* on_exit(), and the first that was registered: everybody else's come before. */
static void at_exit(int status, void *unused)
{
    (void)unused;
    if (hd__cur != NULL) {
        output_flush();
        const void *pc =
            hd__exit_caller ? hd__exit_caller : (const char *)server.main + 1;
        ends(status, pc, __builtin_frame_address(0));
    }
    if (server.started && hd__program) { /* and not in a child that it forked */
        output_flush();
        _exit(status);
    }
}

/* ---- files that are open where the start-up is over ---- */

static void files_note(void)
{
    DIR *d = opendir("/proc/self/fd");
    server.files = 0;
    if (d == NULL)
        return;
    for (struct dirent *e; (e = readdir(d)) != NULL && server.files < FILES_MAX;) {
        int fd = atoi(e->d_name);
        struct stat st;
        if (e->d_name[0] == '.' || fd == dirfd(d) || fd >= HD_PROGRAM_FD)
            continue;
        if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
            continue;
        off_t at = lseek(fd, 0, SEEK_CUR);
        if (at >= 0) {
            server.file[server.files].fd = fd;
            server.file[server.files++].at = at;
        }
    }
    closedir(d);
}

static void files_reset(void)
{
    for (size_t i = 0; i < server.files; i++)
        lseek(server.file[i].fd, server.file[i].at, SEEK_SET);
    if (ftruncate(server.output, server.output_start) != 0)
        hd_die("ftruncate: %s", strerror(errno));
}

/* ---- executions ---- */

/* The baton goes from thread to thread far faster on one processor. */
static void pin(void)
{
    cpu_set_t one;
    int cpu = sched_getcpu();
    CPU_ZERO(&one);
    CPU_SET(cpu < 0 ? 0 : cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
}

__attribute__((noreturn)) static void execution(const struct hd_options *opt)
{
    struct hd_options o = *opt;
    hd_die_with(server.server);
    pin();
    sigaction(SIGCHLD, &server.chld, NULL);
    sigprocmask(SIG_SETMASK, &server.mask, NULL);
    o.policies |= server.options.policies;
    o.no_race_detector |= server.options.no_races;
    o.fresh_detector = false; /* the process is as fresh as can be */
    hd__leak_check_only_asked();
    server.started = true;
    o.now_ns = hd__clock_before();
    hd_run_here(&o, over);
    longjmp(server.origin, 1);
}

/* The calls that were not controlled so far, a line each: for the command to say.
 */
static void uncontrolled_note(char *to, size_t size)
{
    size_t at = 0;
    to[0] = 0;
    for (int i = 0; i < HD_UNCONTROLLED_COUNT && at < size; i++)
        if (hd__uncontrolled_happened((enum hd_uncontrolled)i))
            at += (size_t)snprintf(to + at, size - at, "%s: %s\n",
                                   hd__uncontrolled_name((enum hd_uncontrolled)i),
                                   hd__uncontrolled_text((enum hd_uncontrolled)i));
    if (at >= size) /* no half line */
        for (at = size - 1; at > 0 && to[at - 1] != '\n';)
            to[--at] = 0;
}

/* It ended past heddle, in a handler or with a bare system call, and rightly. */
static void ended_quietly(struct hd_account *out)
{
    struct hd_account e = {.index = server.worker->note->index,
                           .outcome = HD_OUTCOME_EXIT,
                           .steps = server.worker->note->steps};
    hd_account_copy(&e, out);
}

/* What the execution's process left, or its death. */
static void account_of(const struct hd_death *d, struct hd_account *out,
                       struct hd_bytes *story)
{
    const struct result *r = server.result;
    uint64_t size = __atomic_load_n(&r->account, __ATOMIC_ACQUIRE);
    bool killed = d->hang || d->blocked || WIFSIGNALED(d->status);
    if (size == 0 && !killed && server.worker->note->cls == HD_NO_CLASS &&
        server.worker->note->found == 0 &&
        hd_program_expects(&server.options, WEXITSTATUS(d->status))) {
        ended_quietly(out);
    } else if (size == 0 || killed) {
        hd_guard_account(server.worker->note, d, out);
    } else {
        if (!hd_account_read(out, r->bytes + r->story, size))
            hd_bug("an execution's record cannot be read back");
        hd_bytes_put(story, r->bytes, r->story);
    }
    if (out->outcome == HD_OUTCOME_UNCONTROLLED && out->call == NULL)
        out->call = "a wait for the handler of a signal";
    if (out->findings > 0 || out->outcome >= HD_OUTCOME_CRASH)
        out->output = hd__server_output();
}

extern __typeof__(fork) _Fork __attribute__((weak)); /* glibc 2.34 */

/*
 * What the program registered with pthread_atfork() is for forks of its own: it
 * does not know of ours.  ThreadSanitizer has to, for its background thread.
 */
static pid_t fork_unnoticed(void)
{
    return _Fork && !hd__tsan_present() ? _Fork() : hd__fork_unnoticed();
}

/* What an execution has started and left behind became the server's; it must not be
 * there in the next one, of thousands. */
static void orphans_end(void)
{
    char path[64];
    long pid;
    if (!server.childless || (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD))
        return;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    do {
        FILE *f = fopen(path, "r");
        while (f != NULL && fscanf(f, "%ld", &pid) == 1)
            kill((pid_t)pid, SIGKILL);
        if (f == NULL)
            return;
        fclose(f);
        /* Their children come next. */
    } while (waitpid(-1, NULL, 0) > 0 || errno == EINTR);
}

/* Nothing can be said of the execution, and the next ones would fare alike. */
__attribute__((noreturn)) static void failed(const struct hd_worker *w,
                                             const char *what)
{
    hd_worker_error(w, "%s", what);
    _exit(0); /* told: the warden has nothing to add */
}

/* struct hd_worker's */
static void execute(struct hd_worker *w, const struct hd_options *opt,
                    struct hd_account *out, struct hd_bytes *story)
{
    struct hd_guard guard = {.note = w->note,
                             .beats = &w->shared->beats,
                             .hang_seconds = server.options.hang_seconds,
                             .tick = output_trim};
    uint64_t index = w->note->index;
    hd_guard_note_clear(w->note);
    w->note->index = index;
    server.result->account = server.result->story = 0;
    files_reset();
    pid_t pid = fork_unnoticed();
    if (pid < 0)
        hd_die("fork: %s", strerror(errno));
    if (pid == 0)
        execution(opt);
    struct hd_death d = hd_guard_watch(&guard, pid);
    orphans_end();
    if (w->note->failure[0])
        failed(w, w->note->failure);
    if (hd_guard_was_killed(w->note, &d))
        failed(w, HD_PROGRAM_KILLED);
    const char *call = hd__uncontrolled_now();
    if (d.blocked && call != NULL)
        snprintf(d.call, sizeof d.call, "%s", call);
    uncontrolled_note(w->note->uncontrolled, sizeof w->note->uncontrolled);
    w->note->running = 0;
    account_of(&d, out, story);
}

/* ---- where the start-up is over ---- */

__attribute__((noreturn)) static void serve(void)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    hd_sigchld_block(&server.mask);
    sigaction(SIGCHLD, &plain, &server.chld);
    fflush(NULL); /* or each execution would print it again */
    server.output_start = lseek(server.output, 0, SEEK_END);
    files_note();
    server.server = getpid();
    server.childless = waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    server.worker->note->running = 0;
    server.worker->execute = execute;
    __atomic_store_n(&server.worker->shared->ready, 1, __ATOMIC_RELAXED);
    _exit(hd_worker_child(server.worker));
}

static void start(void)
{
    if (hd__program && !server.started && setjmp(server.origin) == 0)
        serve();
}

void hd_start(void)
{
    if (hd__cur == NULL)
        start();
}

void hd__server_begin(void)
{
    dup2(server.output, STDOUT_FILENO);
    dup2(server.output, STDERR_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0); /* an abort() loses no whole line */
    hd_death_handlers();
    hd_deathnote_set(server.worker->note);
    on_exit(at_exit, NULL);
    hd__program_tid = getpid();
    at_quick_exit(quick_exit_ends);
    hd__program_ends = ends;
    hd__program_starts = start;
}

void hd__server_main(const void *main)
{
    server.main = main;
}
