/*
 * symbolize.c - a pipe to llvm-symbolizer; see the header.
 *
 * Frames hold return addresses, which may already belong to the next line (or,
 * after a call that does not return, to the next function): one is subtracted
 * before each look-up.
 */
#define _GNU_SOURCE
#include "symbolize.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/elfsym.h"

static bool tool_in_path(const char *name, char *path, size_t size)
{
    const char *p = getenv("PATH");
    while (p && *p) {
        size_t n = strcspn(p, ":");
        snprintf(path, size, "%.*s/%s", (int)n, p, name);
        if (!access(path, X_OK))
            return true;
        p += n + (p[n] == ':');
    }
    return false;
}

const char *hd_symbolizer_tool(void)
{
    static char path[4200];
    if (path[0] || tool_in_path("llvm-symbolizer-19", path, sizeof path) ||
        tool_in_path("llvm-symbolizer", path, sizeof path))
        return path;
    path[0] = 0;
    return NULL;
}

void hd_symbolizer_init(struct hd_symbolizer *s, const char *binary)
{
    *s = (struct hd_symbolizer){.own = !binary};
    snprintf(s->binary, sizeof s->binary, "%s", binary ? binary : "");
}

void hd_symbolizer_close(struct hd_symbolizer *s)
{
    if (s->pid > 0) {
        void (*old)(int) = signal(SIGPIPE, SIG_IGN); /* fclose may still write */
        fclose(s->to);
        signal(SIGPIPE, old);
        fclose(s->from);
        while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    s->pid = 0;
}

static void tool_exec(const char *tool, int in, int out)
{
    setpgid(0, 0); /* a Ctrl-C is for heddle, which still has to print */
    dup2(in, 0);
    dup2(out, 1);
    int null = open("/dev/null", O_WRONLY);
    dup2(null, 2);
    close_range(3, ~0u, 0);
    execl(tool, tool, "--output-style=LLVM", "--functions=short", "--no-inlines",
          (char *)NULL);
    _exit(127);
}

static bool tool_start(struct hd_symbolizer *s)
{
    int in[2], out[2];
    char self[4200] = "";
    const char *tool = hd_symbolizer_tool();
    if (!tool || pipe2(in, O_CLOEXEC)) {
        fprintf(stderr,
                "heddle: no llvm-symbolizer: frames have no file and line\n");
        return false;
    }
    if (pipe2(out, O_CLOEXEC)) {
        close(in[0]);
        close(in[1]);
        return false;
    }
    if (s->own && readlink("/proc/self/exe", self, sizeof self - 1) > 0)
        snprintf(s->binary, sizeof s->binary, "%s", self);
    s->pid = fork();
    if (s->pid == 0)
        tool_exec(tool, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    if (s->pid < 0) {
        close(in[1]);
        close(out[0]);
        return false;
    }
    s->to = fdopen(in[1], "w");
    s->from = fdopen(out[0], "r");
    return s->to && s->from;
}

/* A file below the working directory is named from there. */
static const char *from_here(const char *place)
{
    char here[4096];
    size_t n = getcwd(here, sizeof here) ? strlen(here) : 0;
    bool below = n > 1 && !strncmp(place, here, n) && place[n] == '/';
    return below ? place + n + 1 : place;
}

/* A question: what is at an address of the program, or of a library.  False if the
 * tool could not read the file's name. */
static bool tool_send(struct hd_symbolizer *s, const char *what,
                      const char *library, uint64_t pc)
{
    const char *file = library ? library : s->binary;
    char quote = strchr(file, '"') ? '\'' : '"';
    if (strchr(file, quote) || strchr(file, '\n'))
        return false;
    fprintf(s->to, "%s %c%s%c 0x%" PRIx64 "\n", what, quote, file, quote,
            pc & (((uint64_t)1 << HD_OBJECT_BIT) - 1));
    return true;
}

/* The answer is a function line, a file:line:column line, an empty line. */
static bool tool_ask(struct hd_symbolizer *s, const char *library, uint64_t pc,
                     char *text, size_t size)
{
    char function[512], place[4096], empty[512];
    if (!tool_send(s, "CODE", library, pc))
        return false;
    if (fflush(s->to) || !fgets(function, sizeof function, s->from) ||
        !fgets(place, sizeof place, s->from))
        return false;
    while (fgets(empty, sizeof empty, s->from) && empty[0] != '\n')
        ;
    function[strcspn(function, "\n")] = place[strcspn(place, "\n")] = 0;
    if (!strncmp(place, "??", 2) || !strcmp(function, "??"))
        return false;
    char *column = strrchr(place, ':');
    if (column)
        *column = 0;
    snprintf(text, size, "%s %s", function, from_here(place));
    return true;
}

void hd_symbolize(struct hd_symbolizer *s, uint64_t pc,
                  const struct hd_account_symbol *known, size_t n, char *text,
                  size_t size)
{
    uint64_t call = pc ? pc - 1 : 0;
    struct hd_account_symbol symbol = {.pc = pc};
    for (size_t i = 0; i < n; i++)
        if (known[i].pc == pc)
            symbol = known[i];
    if (!symbol.function && s->own)
        symbol = hd_account_symbol_of(pc);
    /* A tool that dies costs file and line, not the whole report. */
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    if (s->pid == 0 && !tool_start(s))
        s->pid = -1;
    bool somewhere = symbol.library || call >> HD_OBJECT_BIT == 0;
    bool answered =
        s->pid > 0 && somewhere && tool_ask(s, symbol.library, call, text, size);
    signal(SIGPIPE, old);
    if (answered)
        return;
    const char *function = symbol.function;
    uint64_t offset = symbol.offset;
    if (!function || !strcmp(function, "?"))
        snprintf(text, size, "0x%" PRIx64, call);
    else
        snprintf(text, size, "%s+0x%" PRIx64, function, offset);
}

/* One variable of a FRAME answer: function, name, declaration, "offset size tag".
 */
static bool local_match(const char *name, const char *numbers, int64_t at,
                        char *text, size_t size)
{
    char *end;
    int64_t offset = strtoll(numbers, &end, 10);
    if (end == numbers || *end != ' ')
        return false;
    int64_t length = strtoll(end, &end, 10);
    if (at < offset || at >= offset + length)
        return false;
    if (at == offset)
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "%s+%" PRId64, name, at - offset);
    return true;
}

static bool local_ask(struct hd_symbolizer *s, uint64_t pc, int64_t offset,
                      char *text, size_t size)
{
    char line[4][4096];
    bool found = false;
    if (pc >> HD_OBJECT_BIT || !tool_send(s, "FRAME", NULL, pc) || fflush(s->to))
        return false;
    for (int i = 0; fgets(line[i], sizeof line[i], s->from) && line[i][0] != '\n';
         i = (i + 1) % 4) {
        line[i][strcspn(line[i], "\n")] = 0;
        if (i == 3 && !found)
            found = local_match(line[1], line[3], offset, text, size);
    }
    return found;
}

bool hd_symbolize_local(struct hd_symbolizer *s, uint64_t pc, int64_t offset,
                        char *text, size_t size)
{
    void (*old)(int) = signal(SIGPIPE, SIG_IGN);
    if (s->pid == 0 && !tool_start(s))
        s->pid = -1;
    bool found = pc && s->pid > 0 && local_ask(s, pc - 1, offset, text, size);
    signal(SIGPIPE, old);
    return found;
}
