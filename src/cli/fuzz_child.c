/*
 * fuzz_child.c - one process of an engine; see fuzz.h.
 *
 * It gets a process group of its own, so that Ctrl-C reaches only the front end,
 * which then ends it in order.  What it prints goes to a file, which is read as it
 * grows: a pipe that nobody empties would stop the engine.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/io.h"
#include "dispatch.h"
#include "fuzz.h"

enum {
    POLL_MS = 20,
    GRACE_SECONDS = 5, /* for an engine to write down its state */
    LOG_MAX = 1 << 28,
};

void hd_fuzz_child_arg(struct hd_fuzz_child *c, const char *format, ...)
{
    va_list ap;
    c->argv = realloc(c->argv, (c->args + 2) * sizeof *c->argv);
    if (!c->argv)
        hd_die("out of memory");
    va_start(ap, format);
    if (vasprintf(&c->argv[c->args++], format, ap) < 0)
        hd_die("out of memory");
    va_end(ap);
    c->argv[c->args] = NULL;
}

bool hd_fuzz_child_start(struct hd_fuzz_child *c, const char *const *env)
{
    fflush(NULL);
    c->read = 0;
    c->status = 0;
    c->pid = fork();
    if (c->pid == 0) {
        /* The front end has one thread, so that setenv() is safe here. */
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        setpgid(0, 0);
        for (; env && *env; env++)
            putenv((char *)(uintptr_t)*env);
        int null = open("/dev/null", O_RDONLY);
        int log = open(c->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
        dup2(null, 0);
        dup2(log, 1);
        dup2(log, 2);
        close_range(3, ~0u, 0);
        execvp(c->argv[0], c->argv);
        _exit(127);
    }
    if (c->pid > 0)
        setpgid(c->pid, c->pid);
    bool ok = c->pid > 0;
    if (!ok)
        c->pid = 0;
    return ok;
}

bool hd_fuzz_child_runs(struct hd_fuzz_child *c)
{
    if (c->pid && waitpid(c->pid, &c->status, WNOHANG) != 0)
        c->pid = 0;
    return c->pid != 0;
}

void hd_fuzz_pause(void)
{
    nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000}, NULL);
}

void hd_fuzz_child_end(struct hd_fuzz_child *c)
{
    if (!hd_fuzz_child_runs(c))
        return;
    pid_t pid = c->pid;
    kill(-pid, SIGINT);
    double end = hd_now_seconds() + GRACE_SECONDS;
    while ((hd_fuzz_child_runs(c) || (c->with_group && !kill(-pid, 0))) &&
           hd_now_seconds() < end)
        hd_fuzz_pause();
    kill(-pid, SIGKILL);
    while (c->pid && waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
        ;
    c->pid = 0;
}

bool hd_fuzz_child_run(struct hd_fuzz_child *c, const char *const *env)
{
    if (!hd_fuzz_child_start(c, env))
        return false;
    while (hd_fuzz_child_runs(c) && !hd_interrupted)
        hd_fuzz_pause();
    hd_fuzz_child_end(c);
    return true;
}

/* Drops terminal escapes: ESC [ digits letter, and AFL++'s character sets. */
static void colours_strip(char *s)
{
    char *to = s;
    while (*s) {
        if (*s == '\033') {
            s++;
            size_t n = strspn(s, "[()?;0123456789");
            s += n + (s[n] != 0);
        } else if (*s == '\r' || *s == '\016' || *s == '\017') {
            s++;
        } else {
            *to++ = *s++;
        }
    }
    *to = 0;
}

void hd_fuzz_child_read(struct hd_fuzz_child *c,
                        void (*line)(void *to, const char *text), void *to)
{
    char part[65536];
    int fd = open(c->log, O_RDONLY | O_CLOEXEC);
    for (;;) {
        ssize_t n = fd < 0 ? -1 : pread(fd, part, sizeof part - 1, c->read);
        if (n <= 0)
            break;
        part[n] = 0;
        /* A NUL would end the text early. */
        for (ssize_t i = 0; i < n; i++)
            if (!part[i])
                part[i] = '?';
        char *from = part, *end;
        while ((end = strchr(from, '\n')) != NULL) {
            *end = 0;
            c->read += end + 1 - from;
            colours_strip(from);
            line(to, from);
            from = end + 1;
        }
        if (from == part && n == (ssize_t)sizeof part - 1)
            c->read += n; /* no line is that long */
        else if (from == part)
            break;
    }
    if (fd >= 0)
        close(fd);
}

char *hd_fuzz_child_tail(const struct hd_fuzz_child *c, const char *word)
{
    struct hd_bytes log = {0};
    char *best = NULL, *last = NULL;
    if (!hd_file_read(c->log, LOG_MAX, &log)) {
        hd_bytes_u8(&log, 0);
        char *save = NULL, *line = strtok_r((char *)log.data, "\n", &save);
        for (; line; line = strtok_r(NULL, "\n", &save)) {
            colours_strip(line);
            if (strstr(line, word))
                best = line;
            if (line[strspn(line, " \t")])
                last = line;
        }
    }
    best = best ? best : last;
    char *copy =
        hd_fuzz_path("%s", best ? best + strspn(best, " \t") : "it said nothing");
    hd_bytes_free(&log);
    return copy;
}

int hd_fuzz_child_wait(const struct hd_fuzz *f, struct hd_fuzz_child *c,
                       const char *const *env, const char *word)
{
    if (!hd_fuzz_child_run(c, env))
        return hd_harness_error(f->command, "fork: %s", strerror(errno));
    if (hd_interrupted || !c->status)
        return HD_EXIT_OK;
    char *said = hd_fuzz_child_tail(c, word);
    int status = hd_harness_error(f->command, "%s failed: %s", c->argv[0], said);
    free(said);
    return status;
}

void hd_fuzz_child_free(struct hd_fuzz_child *c)
{
    for (size_t i = 0; i < c->args; i++)
        free(c->argv[i]);
    free(c->argv);
    free(c->log);
    *c = (struct hd_fuzz_child){.pid = 0};
}
