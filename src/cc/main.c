/*
 * main.c - makes the compiler's command line out of ours, and becomes the compiler.
 *
 *     COMPILER [flags of the flavor] ARGUMENTS [last flags] [parts to link]
 *
 * The flavor's flags come first, so that the user's -g3 or -std= counts; what would
 * take scheduling points away comes behind the user's again.  The parts to link
 * come last, since an archive gives only what is asked for before it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "cc.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flags.h"

static const char *program = "heddle-cc";

void hd_cc_die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", program);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    exit(2);
}

char *hd_text(const char *format, ...)
{
    va_list args;
    char *text;
    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        hd_cc_die("out of memory");
    va_end(args);
    return text;
}

static void add_all(struct hd_words *w, const char *const *list)
{
    for (; list != NULL && *list != NULL; list++)
        hd_words_add(w, *list);
}

/* ---- where the parts are ---- */

/* The folder of this program, wherever it was moved to. */
static const char *own_folder(void)
{
    static char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        hd_cc_die("cannot tell where it is: %s", strerror(errno));
    path[n] = '\0';
    *strrchr(path, '/') = '\0';
    return path;
}

/* What was installed into `folder`, or is in a build tree, which has the usual
 * names. */
static const char *part(const char *usual, const char *folder, const char *name)
{
    const char *own = own_folder();
    const char *path = hd_text("%s/%s/%s", own, folder, name);
    if (access(path, R_OK) == 0)
        return path;
    const char *there = hd_text("%s/%s/%s", own, usual, name);
    if (access(there, R_OK) != 0)
        hd_cc_die("%s: %s", path, strerror(errno));
    return there;
}

static const char *library_part(const char *name)
{
    return part("../lib", HD_LIBRARY_FOLDER, name);
}

/* Options for the linker out of a file.  The driver cuts them at commas. */
static const char *linker_file(const char *name)
{
    const char *path = library_part(name);
    if (strchr(path, ',') != NULL)
        hd_cc_die("it cannot link from a folder with a comma in its name: %s",
                  path);
    return hd_text("-Wl,@%s", path);
}

/* ---- the command line ---- */

struct plan {
    struct hd_request request;
    enum hd_product product;
    struct hd_compiler compiler;
    const struct hd_flavor_flags *flavor;
    bool cxx, compiles;
    struct hd_words argv;
};

/* clang says which options it had no use for; that we gave it too many (to
 * assemble, to link) is not the user's affair. */
static void quietly(struct plan *p, const char *const *flags)
{
    if (p->compiler.clang)
        hd_words_add(&p->argv, "--start-no-unused-arguments");
    add_all(&p->argv, flags);
    if (p->compiler.clang)
        hd_words_add(&p->argv, "--end-no-unused-arguments");
}

static void add_compile_flags(struct plan *p)
{
    quietly(p, p->compiler.clang ? p->flavor->clang : p->flavor->gcc);
    if (p->product == HD_BARE && p->compiler.clang)
        hd_words_add(&p->argv, "-fno-sanitize-link-runtime");
}

/*
 * What would undo the flavor.  _FORTIFY_SOURCE needs optimization, and its
 * functions are none of those that are wrapped.  <heddle/...> is found behind
 * everything else.
 */
static void add_last_flags(struct plan *p)
{
    const char *include = part("../include", HD_INCLUDE_FOLDER, "");
    const char *const always[] = {"-U_FORTIFY_SOURCE", "-idirafter", include, NULL};
    if (!p->request.keep_level)
        quietly(p, hd_last_flags);
    quietly(p, always);
}

static void add_sanitizers(struct plan *p)
{
    if (p->flavor->sanitizers[0] != '\0')
        hd_words_add(&p->argv, hd_text("-fsanitize=%s", p->flavor->sanitizers));
    if (p->flavor->tolerated[0] != '\0')
        hd_words_add(&p->argv, hd_text("-fno-sanitize=%s", p->flavor->tolerated));
}

static void add_wraps(struct plan *p)
{
    for (const char *const *w = p->flavor->wraps; *w != NULL; w++)
        hd_words_add(&p->argv, linker_file(hd_text("heddle/%s", *w)));
}

/* In front of the user's options, which win.  Also where nothing is linked: meson
 * asks the linker for its version. */
static void add_linker(struct plan *p)
{
    static const char *const lld[] = {"-fuse-ld=lld", NULL};
    if (p->request.lto && !p->compiler.clang)
        return; /* lld has no plugin for what gcc leaves in its objects */
    if (!p->request.names_linker && hd_compiler_has_lld(&p->compiler))
        quietly(p, lld);
}

/*
 * gcc would link its own libtsan because -fsanitize=thread is there to compile
 * with. Without the default libraries it does not, and they are named one by one.
 */
static void add_gcc_libraries(struct plan *p)
{
    static const char *const libraries[] = {"-nodefaultlibs", "-lm",   "-lc",
                                            "-lgcc_s",        "-lgcc", NULL};
    if (p->compiler.clang || !p->compiles || p->request.bare)
        return;
    if (p->cxx)
        hd_words_add(&p->argv, "-lstdc++");
    add_all(&p->argv, libraries);
}

/*
 * A shared library takes the runtime from the program that it comes into: only the
 * wraps are its own.  What is undefined here is defined there.
 */
static void add_shared_parts(struct plan *p)
{
    add_wraps(p);
    hd_words_add(&p->argv, "-Wl,-z,undefs");
    add_gcc_libraries(p);
}

static void add_program_parts(struct plan *p)
{
    add_wraps(p);
    hd_words_add(&p->argv, linker_file("heddle/exports.rsp"));
    for (const char *const *n = p->flavor->needs; *n != NULL; n++)
        hd_words_add(&p->argv, hd_text("-Wl,--undefined=%s", *n));
    hd_words_add(&p->argv, "-rdynamic");
    /* A program may define what heddle defines in libc's place (`send`, `wait`...)
     * for something of its own.  The first definition counts, which is the
     * program's. */
    hd_words_add(&p->argv, "-Wl,-z,muldefs");
    if (p->request.language != NULL)
        hd_words_add(&p->argv, "-xnone");
    if (!p->request.fuzzer)
        hd_words_add(&p->argv, library_part("heddle/heddle_start.o"));
    hd_words_add(&p->argv, library_part("libheddle.a"));
    static const char *const libraries[] = {HD_BOOST_CONTEXT, "-lm", "-ldl",
                                            "-lpthread", NULL};
    add_all(&p->argv, libraries);
    add_gcc_libraries(p);
}

static void make_command(struct plan *p)
{
    bool links = p->product == HD_PROGRAM || p->product == HD_SHARED;
    add_all(&p->argv, p->compiler.command.word);
    if (p->compiles)
        add_compile_flags(p);
    if (links || p->product == HD_NOTHING)
        add_linker(p);
    if (links) {
        hd_words_add(&p->argv, "-Wl,--build-id");
        /* Not behind the user's: it would take -fno-sanitize=alignment back. */
        add_sanitizers(p);
    }
    add_all(&p->argv, p->request.passed.word);
    if (p->compiles)
        add_last_flags(p);
    if (p->product == HD_SHARED)
        add_shared_parts(p);
    else if (p->product == HD_PROGRAM)
        add_program_parts(p);
}

/* ---- what was chosen ---- */

/* A variable of the environment, NULL if it is not set or empty. */
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static const struct hd_flavor_flags *flavor_named(const char *name)
{
    for (size_t i = 0; i < sizeof hd_flavors / sizeof hd_flavors[0]; i++)
        if (strcmp(hd_flavors[i].name, name) == 0)
            return &hd_flavors[i];
    hd_cc_die("there is no flavor %s: it is none, race, asan or tsan", name);
}

static void choose_flavor(struct plan *p)
{
    const char *name = p->request.flavor;
    if (name == NULL)
        name = environment("HEDDLE_FLAVOR");
    p->flavor = flavor_named(name == NULL ? "race" : name);
    if (p->flavor->sanitizers[0] == '\0' ||
        (p->compiler.clang && p->compiler.version >= HD_CLANG_MIN))
        return;
    hd_cc_die("flavor %s needs clang %d or newer, and %s is not (%s names another)",
              p->flavor->name, HD_CLANG_MIN, p->compiler.command.word[0],
              p->cxx ? "HEDDLE_CXX" : "HEDDLE_CC");
}

/* A sanitizer of the user's that would take heddle's place, or come twice. */
static void check_sanitizers(const struct plan *p)
{
    static const char *const own[] = {"address",   "leak",     "thread", "memory",
                                      "hwaddress", "realtime", NULL};
    const char *const *name;
    char *list = hd_text("%s", p->request.sanitizers ? p->request.sanitizers : "");
    char *rest = NULL;
    for (char *s = strtok_r(list, ",", &rest); s != NULL;
         s = strtok_r(NULL, ",", &rest)) {
        for (name = own; *name != NULL && strcmp(*name, s) != 0; name++)
            ;
        bool fits =
            *name == NULL || strstr(p->flavor->sanitizers, s) != NULL ||
            (strcmp(s, "leak") == 0 && strcmp(p->flavor->name, "asan") == 0);
        if (!fits)
            hd_cc_die(
                "-fsanitize=%s does not go with flavor %s: the flavor says which "
                "sanitizer there is (--heddle-flavor=)",
                s, p->flavor->name);
    }
}

int main(int argc, char **argv)
{
    static struct plan p;
    const char *slash = strrchr(argv[0], '/');
    program = slash == NULL ? argv[0] : slash + 1;
    size_t n = strlen(program);
    p.cxx = n > 2 && strcmp(program + n - 2, "++") == 0;
    hd_request_read(&p.request, argc - 1, argv + 1);
    const char *keep = environment("HEDDLE_KEEP_O");
    p.request.keep_level |= keep != NULL && strcmp(keep, "0") != 0;
    p.product = hd_request_product(&p.request);
    p.compiles =
        p.product == HD_FILES || (p.product != HD_NOTHING && p.request.sources > 0);
    const char *chosen = p.request.compiler;
    hd_compiler_find(
        &p.compiler,
        chosen != NULL ? chosen : environment(p.cxx ? "HEDDLE_CXX" : "HEDDLE_CC"),
        p.cxx);
    choose_flavor(&p);
    check_sanitizers(&p);
    if (p.request.is_static && p.product == HD_PROGRAM)
        hd_cc_die(
            "-static is not possible: heddle finds the C library's own functions "
            "at run time");
    make_command(&p);
    execv(p.argv.word[0], (char **)p.argv.word);
    hd_cc_die("cannot run %s: %s", p.argv.word[0], strerror(errno));
}
