/* slot.c - start, talk to and end one worker process; see the header. */
#define _GNU_SOURCE
#include "slot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buildid.h"
#include "program.h"

volatile int hd_interrupted;

/* A worker that takes longer in the middle of a message has stopped for good. */
enum { FRAME_MAX_SECONDS = 5 };

__attribute__((format(printf, 3, 4))) static enum hd_err slot_error(
    struct hd_slot *s, enum hd_err e, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(s->error, sizeof s->error, format, ap);
    va_end(ap);
    return e;
}

/* What is started: this command's own runner, or the program it was given. */
struct start {
    const char *path;
    char **argv, **env;
    int sock, table_fd, log_fd;
    char in[32];           /* what it gets to read */
    int sock_to, table_to; /* the numbers that it expects */
    bool fixed_addresses;
};

/* Between fork and exec: only calls that are safe there. */
static void runner_exec(const struct start *s)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* A group of its own: what a terminal or timeout(1) sends to the whole group
     * is for the front end, and must not look like the death of code under test. */
    setpgid(0, 0);
    /* Above the numbers that are about to be taken, so that none is lost. */
    int sock = fcntl(s->sock, F_DUPFD, s->table_to + 1);
    int table_fd =
        s->table_fd >= 0 ? fcntl(s->table_fd, F_DUPFD, s->table_to + 1) : -1;
    /* Opened anew: workers that shared it would share the position in it. */
    int in = open(s->in, O_RDONLY);
    dup2(in < 0 ? open("/dev/null", O_RDONLY) : in, 0);
    dup2(s->log_fd, 1);
    dup2(s->log_fd, 2);
    close_range(3, ~0u, CLOSE_RANGE_CLOEXEC);
    dup2(sock, s->sock_to);
    if (table_fd >= 0)
        dup2(table_fd, s->table_to);
    if (s->fixed_addresses)
        personality(ADDR_NO_RANDOMIZE); /* where that is forbidden they vary */
    execve(s->path, s->argv, s->env);
    _exit(127);
}

/* The environment with one or two variables more; free() the array, not them. */
static char **environment(char *one, char *two)
{
    size_t n = 0, at = 0;
    while (environ[n])
        n++;
    char **env = calloc(n + 3, sizeof *env);
    if (!env)
        hd_die("out of memory");
    for (size_t i = 0; i < n; i++)
        if (!two || strncmp(environ[i], "LD_PRELOAD=", 11))
            env[at++] = environ[i];
    env[at++] = one;
    env[at] = two;
    return env;
}

/* Between fork and exec nothing is allocated, so all is laid out here. */
static pid_t program_start(const struct hd_program *p, struct start *s,
                           unsigned hang_seconds)
{
    char options[128], var[200], preload[4200];
    struct hd_program_options o = p->options;
    o.hang_seconds = hang_seconds;
    hd_program_options_write(&o, options, sizeof options);
    snprintf(var, sizeof var, "%s=%s", HD_PROGRAM_ENV, options);
    if (p->preload)
        snprintf(preload, sizeof preload, "LD_PRELOAD=%s", p->preload);
    s->argv = p->argv;
    s->env = environment(var, p->preload ? preload : NULL);
    s->sock_to = HD_PROGRAM_FD;
    s->table_to = HD_PROGRAM_TABLE_FD;
    if (p->stdin_fd >= 0)
        snprintf(s->in, sizeof s->in, "/proc/self/fd/%d", p->stdin_fd);
    else
        snprintf(s->in, sizeof s->in, "/dev/null");
    s->fixed_addresses = !p->randomize;
    pid_t pid = fork();
    if (pid == 0)
        runner_exec(s);
    free(s->env);
    return pid;
}

static pid_t runner_start(struct start *s, unsigned hang_seconds)
{
    char hang[16], word[] = "__worker";
    char *argv[] = {(char *)(uintptr_t)s->path, word, hang, NULL};
    snprintf(hang, sizeof hang, "%u", hang_seconds);
    s->argv = argv;
    s->env = environ;
    s->sock_to = HD_WIRE_FD;
    s->table_to = HD_WIRE_TABLE_FD;
    snprintf(s->in, sizeof s->in, "/dev/null");
    pid_t pid = fork();
    if (pid == 0)
        runner_exec(s);
    return pid;
}

/* False: the user wants to end, and nothing came for some seconds more. */
static bool hello_wait(const struct hd_slot *s)
{
    enum { POLL_MS = 100, GRACE_POLLS = 50 };
    struct pollfd fd = {.fd = s->fd, .events = POLLIN};
    int polls = 0; /* since the interrupt */
    while (poll(&fd, 1, POLL_MS) <= 0)
        if (hd_interrupted && ++polls > GRACE_POLLS)
            return false;
    return true;
}

static enum hd_err hello_receive(struct hd_slot *s, const char *path,
                                 const char *flavor)
{
    enum hd_wire_type type;
    if (!hello_wait(s))
        return slot_error(s, HD_E_STOPPED, "%s", hd_err_text(HD_E_STOPPED));
    enum hd_err e = hd_slot_receive(s, &type);
    if (e)
        return e;
    struct hd_reader in = {.data = s->payload.data, .size = s->payload.size};
    if (type != HD_WIRE_HELLO || !hd_hello_read(&s->hello, &in))
        return slot_error(s, HD_E_PROTOCOL, "%s does not speak heddle's protocol",
                          path);
    if (s->hello.version != HD_WIRE_VERSION)
        return slot_error(s, HD_E_PROTOCOL,
                          "%s was built with another version of heddle: build it "
                          "again",
                          path);
    if (flavor && strcmp(s->hello.flavor, flavor))
        return slot_error(s, HD_E_WORKER, "%s says that it is of flavor %s, not %s",
                          path, s->hello.flavor, flavor);
    return HD_E_OK;
}

enum hd_err hd_slot_start(struct hd_slot *s, const char *flavor, int table_fd,
                          unsigned hang_seconds)
{
    char path[4200];
    int sv[2];
    hd_build_runner(flavor, path, sizeof path);
    if (access(path, X_OK))
        return slot_error(s, HD_E_NOENT, "cannot run %s: %s", path,
                          strerror(errno));
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sv))
        return slot_error(s, HD_E_SYSTEM, "socketpair: %s", strerror(errno));
    s->log_fd = memfd_create("heddle-worker-log", MFD_CLOEXEC);
    if (s->log_fd >= 0)
        fcntl(s->log_fd, F_SETFL, O_APPEND);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* see hd_slot_stop() */
    struct start start = {
        .path = path, .sock = sv[1], .table_fd = table_fd, .log_fd = s->log_fd};
    s->pid = hd_program_given
                 ? program_start(hd_program_given, &start, hang_seconds)
                 : runner_start(&start, hang_seconds);
    close(sv[1]);
    s->fd = sv[0];
    struct timeval frame_max = {.tv_sec = FRAME_MAX_SECONDS};
    setsockopt(s->fd, SOL_SOCKET, SO_RCVTIMEO, &frame_max, sizeof frame_max);
    if (s->pid < 0) {
        s->pid = 0;
        return slot_error(s, HD_E_SYSTEM, "fork: %s", strerror(errno));
    }
    enum hd_err e = hello_receive(s, path, flavor);
    if (e)
        hd_slot_stop(s);
    return e;
}

void hd_slot_stop(struct hd_slot *s)
{
    if (s->fd >= 0)
        close(s->fd);
    if (s->pid > 0) {
        /* The zygote, then its child, which has become ours: no zombie is left to
         * an init that, as in many containers, does not reap. */
        kill(-s->pid, SIGKILL);
        kill(s->pid, SIGKILL);
        while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
            ;
        while (waitpid(-s->pid, NULL, 0) > 0 || errno == EINTR)
            ;
    }
    if (s->log_fd >= 0)
        close(s->log_fd);
    hd_bytes_free(&s->payload);
    s->payload = (struct hd_bytes){0};
    s->pid = 0;
    s->fd = s->log_fd = -1;
    s->busy = false;
}

enum hd_err hd_slot_send(struct hd_slot *s, const struct hd_request *q)
{
    struct hd_bytes b = {0};
    hd_request_write(q, &b);
    bool sent = hd_wire_send(s->fd, q->type, &b);
    hd_bytes_free(&b);
    s->busy = sent;
    return sent ? HD_E_OK : slot_error(s, HD_E_WORKER, "a worker is gone");
}

/* The last line that the worker printed, for an error message. */
static void log_tail(const struct hd_slot *s, char *to, size_t size)
{
    off_t end = lseek(s->log_fd, 0, SEEK_END);
    off_t from = end > (off_t)size - 1 ? end - (off_t)size + 1 : 0;
    ssize_t n = end > 0 ? pread(s->log_fd, to, size - 1, from) : 0;
    to[n > 0 ? n : 0] = 0;
    size_t len = strlen(to);
    while (len && to[len - 1] == '\n')
        to[--len] = 0;
    char *line = strrchr(to, '\n');
    if (line)
        memmove(to, line + 1, strlen(line));
}

/* False: somebody asked to stop before anything came. */
static bool wait_readable(const struct hd_slot *s)
{
    enum { POLL_MS = 100 };
    struct pollfd fd = {.fd = s->fd, .events = POLLIN};
    while (s->stop && !*s->stop && poll(&fd, 1, POLL_MS) <= 0)
        ;
    return !s->stop || !*s->stop;
}

enum hd_err hd_slot_receive(struct hd_slot *s, enum hd_wire_type *type)
{
    char tail[200];
    if (!wait_readable(s))
        return slot_error(s, HD_E_STOPPED, "%s", hd_err_text(HD_E_STOPPED));
    enum hd_err e = hd_wire_receive(s->fd, type, &s->payload);
    if (e == HD_E_OK && *type != HD_WIRE_ERROR)
        return HD_E_OK;
    log_tail(s, tail, sizeof tail);
    if (e == HD_E_OK) {
        struct hd_reader in = {.data = s->payload.data, .size = s->payload.size};
        const char *text = hd_read_str(&in);
        if (text && strstr(tail, text)) /* its own last line says the same */
            tail[0] = 0;
        return slot_error(s, HD_E_WORKER, "%s%s%s", text ? text : "?",
                          tail[0] ? "; it said: " : "", tail);
    }
    return slot_error(s, e, "%s%s%s", hd_err_text(e), tail[0] ? "; it said: " : "",
                      tail);
}

/* story: NULL, or empty; stays so if the process died before it could tell. */
static enum hd_err run_once(struct hd_slot *s, const struct hd_request *q,
                            struct hd_account *e, struct hd_story *story)
{
    enum hd_wire_type type;
    enum hd_err err = hd_slot_send(s, q);
    bool sound = true;
    if (!err)
        err = hd_slot_receive(s, &type);
    if (!err && type == HD_WIRE_STORY && story) {
        sound = hd_story_read(story, s->payload.data, s->payload.size);
        err = hd_slot_receive(s, &type);
    }
    s->busy = false;
    if (err)
        return err;
    if (!sound || type != HD_WIRE_EXEC ||
        !hd_account_read(e, s->payload.data, s->payload.size))
        return slot_error(s, HD_E_PROTOCOL, "%s", hd_err_text(HD_E_PROTOCOL));
    return HD_E_OK;
}

/* Whether the plans say the same, so that one's evidence is the other's. */
static bool plans_equal(const struct hd_plan *a, const struct hd_plan *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (a->dev[i].task != b->dev[i].task || a->dev[i].kind != b->dev[i].kind ||
            a->dev[i].segment != b->dev[i].segment ||
            a->dev[i].offset != b->dev[i].offset ||
            a->dev[i].choice != b->dev[i].choice)
            return false;
    return true;
}

enum { BACK_MAX = 8 };

static enum hd_err run_twice(struct hd_slot *s, const struct hd_request *q,
                             struct hd_account *e, struct hd_story *story)
{
    enum hd_err err = run_once(s, q, e, story);
    if (err || e->outcome != HD_OUTCOME_CRASH || e->steps < 2)
        return err;
    struct hd_request shorter = *q;
    struct hd_account before;
    shorter.steps_max = e->steps - 1;
    err = run_once(s, &shorter, &before, story);
    /* Records that are no scheduling points do not end at the budget, and a death
     * may follow one: for a story it is worth to look further back. */
    for (int more = 0; story && !err && more < BACK_MAX; more++) {
        if (before.outcome != HD_OUTCOME_CRASH || shorter.steps_max < 2)
            break;
        hd_account_free(&before);
        shorter.steps_max--;
        err = run_once(s, &shorter, &before, story);
    }
    if (err)
        return err;
    if (story)
        story->cut = true;
    if (before.outcome == HD_OUTCOME_BUDGET && before.anchor) {
        e->trace_hash = before.trace_hash;
        if (plans_equal(&e->plan, &before.plan)) {
            /* The evidence's strings live in `before`: keep its bytes. */
            struct hd_account merged = before;
            merged.outcome = e->outcome;
            merged.steps = e->steps;
            merged.finding = e->finding;
            merged.findings = e->findings;
            merged.symbol = e->symbol;
            merged.symbols = e->symbols;
            struct hd_account copy;
            hd_account_copy(&merged, &copy);
            hd_account_free(e);
            *e = copy;
        }
    }
    hd_account_free(&before);
    return HD_E_OK;
}

enum hd_err hd_slot_run_once(struct hd_slot *s, const struct hd_request *q,
                             struct hd_account *e)
{
    return run_once(s, q, e, NULL);
}

enum hd_err hd_slot_run(struct hd_slot *s, const struct hd_request *q,
                        struct hd_account *e)
{
    return run_twice(s, q, e, NULL);
}

enum hd_err hd_slot_story(struct hd_slot *s, const struct hd_request *q,
                          struct hd_account *e, struct hd_story *story)
{
    *story = (struct hd_story){.steps_total = 0};
    enum hd_err err = run_twice(s, q, e, story);
    if (err)
        hd_story_free(story);
    return err;
}
