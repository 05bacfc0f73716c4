/* program.c - see program.h. */
#define _GNU_SOURCE
#include "program.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../report/text.h"
#include "../repro/slot.h"

enum { STDIN_MAX = 64 << 20 };

/* ---- the file ---- */

/* As a shell does it; false: there is none. */
static bool path_find(const char *word, char *path, size_t size)
{
    if (strchr(word, '/')) {
        snprintf(path, size, "%s", word);
        return access(path, X_OK) == 0;
    }
    const char *p = getenv("PATH");
    for (; p && *p; p += strcspn(p, ":"), p += *p == ':') {
        int n = (int)strcspn(p, ":");
        snprintf(path, size, "%.*s/%s", n, n ? p : ".", word);
        if (n && access(path, X_OK) == 0)
            return true;
    }
    return false;
}

/* Whether an ELF file has a section of that name. */
static bool has_section(const uint8_t *at, size_t size, const char *name)
{
    const Elf64_Ehdr *h = (const Elf64_Ehdr *)at;
    if (h->e_shentsize != sizeof(Elf64_Shdr) || h->e_shoff > size ||
        h->e_shnum > (size - h->e_shoff) / sizeof(Elf64_Shdr) ||
        h->e_shstrndx >= h->e_shnum)
        return false;
    const Elf64_Shdr *s = (const Elf64_Shdr *)(at + h->e_shoff);
    const Elf64_Shdr *names = &s[h->e_shstrndx];
    if (names->sh_offset > size || names->sh_size > size - names->sh_offset)
        return false;
    for (unsigned i = 0; i < h->e_shnum; i++) {
        size_t left =
            s[i].sh_name < names->sh_size ? names->sh_size - s[i].sh_name : 0;
        const char *got = (const char *)at + names->sh_offset + s[i].sh_name;
        if (left > strlen(name) && !strcmp(got, name))
            return true;
    }
    return false;
}

/* Whether the dynamic linker starts it. */
static bool is_dynamic(const uint8_t *at, size_t size)
{
    const Elf64_Ehdr *h = (const Elf64_Ehdr *)at;
    if (h->e_phentsize != sizeof(Elf64_Phdr) || h->e_phoff > size ||
        h->e_phnum > (size - h->e_phoff) / sizeof(Elf64_Phdr))
        return false;
    const Elf64_Phdr *p = (const Elf64_Phdr *)(at + h->e_phoff);
    for (unsigned i = 0; i < h->e_phnum; i++)
        if (p[i].p_type == PT_INTERP)
            return true;
    return false;
}

enum kind { NO_FILE, SCRIPT, OTHER, STATIC, PLAIN, BUILT };

static enum kind file_kind(const char *path)
{
    struct stat st;
    enum kind kind = NO_FILE;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return kind;
    if (!fstat(fd, &st) && S_ISREG(st.st_mode) && st.st_size > 4) {
        size_t size = (size_t)st.st_size;
        uint8_t *at = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (at != MAP_FAILED) {
            kind = !memcmp(at, "#!", 2) ? SCRIPT
                   : size < sizeof(Elf64_Ehdr) || memcmp(at, ELFMAG, SELFMAG) ||
                           at[EI_CLASS] != ELFCLASS64
                       ? OTHER
                   : has_section(at, size, "hd_text") ? BUILT
                   : is_dynamic(at, size)             ? PLAIN
                                                      : STATIC;
            munmap(at, size);
        }
    }
    close(fd);
    return kind;
}

/* The library for programs that heddle-cc did not build: beside the command, in a
 * build tree or an installation. */
static char *preload_find(void)
{
    static const char *const places[] = {HD_LIBRARY_FOLDER, "../lib"};
    char self[3000], path[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        return NULL;
    self[n] = 0;
    *strrchr(self, '/') = 0;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, sizeof path, "%s/%s/heddle/libheddle_preload.so", self,
                 places[i]);
        char *real = realpath(path, NULL);
        if (real)
            return real;
    }
    return NULL;
}

static int file_check(const struct hd_command *c, struct hd_program *p)
{
    switch (file_kind(p->path)) {
    case NO_FILE:
        return hd_usage_error(c, "cannot read %s: %s", p->path, strerror(errno));
    case SCRIPT:
        return hd_usage_error(c,
                              "%s is a script: name the program that it runs "
                              "(libtool's are in .libs)",
                              p->path);
    case OTHER:
        return hd_usage_error(c, "%s is no 64-bit ELF program", p->path);
    case STATIC:
        return hd_usage_error(
            c, "%s is linked statically: heddle cannot be loaded into it", p->path);
    case PLAIN:
        p->preload = preload_find();
        if (!p->preload)
            return hd_usage_error(c, "%s was not built with heddle-cc", p->path);
        return HD_EXIT_OK;
    case BUILT:
        break;
    }
    return HD_EXIT_OK;
}

/* ---- what it reads ---- */

/*
 * Each execution reads all of it from the beginning, so what is not a file is
 * kept in one.  -1: nothing, and so does a terminal, at which nobody would know
 * how often to type.
 */
static int stdin_keep(void)
{
    struct stat st;
    char buffer[65536];
    ssize_t n;
    size_t all = 0;
    if (fstat(0, &st) || isatty(0) || S_ISCHR(st.st_mode))
        return -1;
    if (S_ISREG(st.st_mode))
        return fcntl(0, F_DUPFD_CLOEXEC, 10);
    int fd = memfd_create("heddle-stdin", MFD_CLOEXEC);
    while (fd >= 0 && all < STDIN_MAX && (n = read(0, buffer, sizeof buffer)) > 0) {
        all += (size_t)n;
        if (write(fd, buffer, (size_t)n) != n)
            break;
    }
    return fd;
}

/* ---- the options ---- */

static int expect_exit(const struct hd_command *c, const char *word, int *to)
{
    char *end;
    *to = 0;
    if (!word)
        return HD_EXIT_OK;
    if (!strcmp(word, "any")) {
        *to = HD_EXIT_ANY;
        return HD_EXIT_OK;
    }
    long n = strtol(word, &end, 10);
    if (!*word || *end || n < 0 || n > 255)
        return hd_usage_error(c, "--expect-exit takes 0 to 255 or any, not '%s'",
                              word);
    *to = (int)n;
    return HD_EXIT_OK;
}

static int policies(const struct hd_command *c, const struct hd_words *check,
                    unsigned *to)
{
    static const enum hd_class can[] = {HD_TASK_LEAK, HD_LOCK_ACROSS_BLOCK,
                                        HD_UNBOUNDED_TASKS, HD_TIMER_LEAK};
    for (size_t i = 0; i < check->count; i++) {
        size_t k = 0;
        while (k < sizeof can / sizeof can[0] &&
               strcmp(hd_class_name(can[k]), check->word[i]))
            k++;
        if (k == sizeof can / sizeof can[0])
            return hd_usage_error(c, "--check does not take '%s'", check->word[i]);
        *to |= HD_CLASS_BIT(can[k]);
    }
    return HD_EXIT_OK;
}

/* A scenario's name may hold [a-z0-9-]. */
static void name_make(const char *path, char *to, size_t size)
{
    const char *slash = strrchr(path, '/');
    size_t n = 0;
    for (const char *p = slash ? slash + 1 : path; *p && n + 1 < size; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        to[n++] = plain ? c : '-';
    }
    to[n] = 0;
}

/* What it says of itself: its flavor. */
static int hello(const struct hd_command *c, struct hd_program *p)
{
    struct hd_slot slot = HD_SLOT_EMPTY;
    if (hd_slot_start(&slot, NULL, -1, 10))
        return hd_harness_error(c, "%s: %s", p->path, slot.error);
    snprintf(p->flavor, sizeof p->flavor, "%s", slot.hello.flavor);
    hd_slot_stop(&slot);
    return HD_EXIT_OK;
}

int hd_cli_program(const struct hd_command *c, struct hd_words *rest,
                   struct hd_cli_program *cp)
{
    struct hd_program *p = &cp->program;
    if (!rest->dashed) {
        if (cp->expect_exit || cp->no_races || cp->check.count)
            return hd_usage_error(c,
                                  "--expect-exit, --no-races and --check are for "
                                  "a program: -- PROG");
        return HD_EXIT_OK;
    }
    size_t n = rest->count - rest->before;
    if (!n)
        return hd_usage_error(c, "no program behind --");
    if (expect_exit(c, cp->expect_exit, &p->options.expect_exit) ||
        policies(c, &cp->check, &p->options.policies))
        return HD_EXIT_USAGE;
    cp->argv = calloc(n + 1, sizeof *cp->argv);
    if (!cp->argv)
        hd_die("out of memory");
    for (size_t i = 0; i < n; i++)
        cp->argv[i] = (char *)(uintptr_t)rest->word[rest->before + i];
    rest->count = rest->before;
    if (!path_find(cp->argv[0], p->path, sizeof p->path))
        return hd_usage_error(c, "cannot run %s: %s", cp->argv[0], strerror(errno));
    int status = file_check(c, p);
    if (status != HD_EXIT_OK)
        return status;
    p->argv = cp->argv;
    p->options.no_races = cp->no_races;
    p->stdin_fd = cp->debugger ? -1 : stdin_keep();
    name_make(p->path, p->name, sizeof p->name);
    p->scenario = (struct hd_scenario){
        .name = p->name, .title = p->path, .variants = {{.name = "program"}}};
    hd_program_given = p;
    return hello(c, p);
}

void hd_cli_program_free(struct hd_cli_program *cp)
{
    free(cp->argv);
    free(cp->program.preload);
    hd_words_free(&cp->check);
    hd_program_given = NULL;
}

/* ---- what is said ---- */

void hd_cli_program_quote(struct hd_bytes *out)
{
    const struct hd_program *p = hd_program_given;
    if (!p)
        return;
    if (p->options.expect_exit == HD_EXIT_ANY)
        hd_bytes_printf(out, " --expect-exit any");
    else if (p->options.expect_exit)
        hd_bytes_printf(out, " --expect-exit %d", p->options.expect_exit);
    if (p->options.no_races)
        hd_bytes_printf(out, " --no-races");
    for (int i = 0; i < HD_CLASS_COUNT; i++)
        if (p->options.policies & HD_CLASS_BIT(i))
            hd_bytes_printf(out, " --check %s", hd_class_name((enum hd_class)i));
    hd_bytes_printf(out, " --");
    for (char **word = p->argv; *word; word++) {
        hd_bytes_u8(out, ' ');
        hd_report_quote(out, *word);
    }
}

void hd_cli_program_uncontrolled(const char *names)
{
    static char said[4096];
    while (names && *names) {
        size_t n = strcspn(names, "\n"), at = strlen(said);
        char line[256];
        snprintf(line, sizeof line, "%.*s\n", (int)n, names);
        if (!strstr(said, line) && at + strlen(line) < sizeof said) {
            strcpy(said + at, line);
            int name = (int)strcspn(names, ":");
            fprintf(stderr, "heddle: %.*s is not controlled%.*s\n", name, names,
                    (int)n - name, names + name);
        }
        names += n + (names[n] == '\n');
    }
}
