/*
 * arguments.c - what the arguments of heddle-cc ask for.
 *
 * Everything but --heddle-* goes to the compiler as it is and in its order.  What
 * has to be known is whether it will link, what, and whether the list has an input
 * at all, so the options that take their value from the next word must be known as
 * well: the value is no input.
 */
#include "cc.h"

#include <string.h>

static bool begins(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool is_one_of(const char *s, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(s, *list) == 0)
            return true;
    return false;
}

/* The next word is their value. */
static const char *const with_value[] = {"-o",
                                         "-I",
                                         "-L",
                                         "-D",
                                         "-U",
                                         "-u",
                                         "-T",
                                         "-z",
                                         "-e",
                                         "-h",
                                         "-A",
                                         "-B",
                                         "-G",
                                         "-F",
                                         "-include",
                                         "-imacros",
                                         "-isystem",
                                         "-iquote",
                                         "-idirafter",
                                         "-iprefix",
                                         "-isysroot",
                                         "-imultilib",
                                         "-iwithprefix",
                                         "-iwithprefixbefore",
                                         "-iwithsysroot",
                                         "-include-pch",
                                         "-MF",
                                         "-MT",
                                         "-MQ",
                                         "-MJ",
                                         "-Xlinker",
                                         "-Xclang",
                                         "-Xassembler",
                                         "-Xpreprocessor",
                                         "-Xanalyzer",
                                         "-mllvm",
                                         "-target",
                                         "--sysroot",
                                         "--param",
                                         "-aux-info",
                                         "-dumpbase",
                                         "-dumpbase-ext",
                                         "-dumpdir",
                                         "-wrapper",
                                         "-rpath",
                                         "-arch",
                                         "-framework",
                                         "-working-directory",
                                         "-cxx-isystem",
                                         "-c-isystem",
                                         "-stdlib++-isystem",
                                         "-ivfsoverlay",
                                         "-Tbss",
                                         "-Tdata",
                                         "-Ttext",
                                         "-gcc-toolchain",
                                         "--serialize-diagnostics",
                                         "--output",
                                         "--include-directory",
                                         "--language",
                                         NULL};

/* Nothing is linked. */
static const char *const stopping[] = {"-c",        "-S",         "-E",
                                       "-M",        "-MM",        "-fsyntax-only",
                                       "--analyze", "-emit-ast",  "--precompile",
                                       "--compile", "--assemble", "--preprocess",
                                       NULL};

/* Nothing is even compiled. */
static const char *const asking[] = {
    "--version",        "--help", "-dumpversion", "-dumpmachine", "-dumpspecs",
    "-dumpfullversion", NULL};

/* Whether the compiler proper reads a file; one with an ending that it does not
 * know is the linker's. */
static bool is_source(const char *name)
{
    static const char *const ends[] = {
        "c",   "i",  "ii",   "C",   "cc", "cp",  "cxx", "cpp", "c++", "CPP",
        "CXX", "m",  "mi",   "mm",  "M",  "mii", "s",   "S",   "sx",  "asm",
        "bc",  "ll", "cppm", "ixx", "f",  "F",   "f90", "F90", NULL};
    const char *dot = strrchr(name, '.');
    return strcmp(name, "-") == 0 || (dot != NULL && is_one_of(dot + 1, ends));
}

static bool is_header(const char *name)
{
    static const char *const ends[] = {"h",  "hh",  "H",   "hpp", "hxx",
                                       "hp", "h++", "HPP", NULL};
    const char *dot = strrchr(name, '.');
    return dot != NULL && is_one_of(dot + 1, ends);
}

static void read_input(struct hd_request *r, const char *name)
{
    bool told = r->language != NULL && strcmp(r->language, "none") != 0;
    r->inputs++;
    if (told ? strstr(r->language, "-header") != NULL : is_header(name))
        r->headers++;
    if (told || is_source(name) || is_header(name))
        r->sources++;
}

/* Of a comma-separated list. */
static bool names(const char *list, const char *word)
{
    size_t n = strlen(word);
    for (const char *p = list; p != NULL; p = strchr(p, ',')) {
        p += *p == ',';
        if (strncmp(p, word, n) == 0 && (p[n] == ',' || p[n] == '\0'))
            return true;
    }
    return false;
}

/* An option that is one word. */
static void read_option(struct hd_request *r, const char *a)
{
    if (is_one_of(a, stopping))
        r->stops = true;
    else if (is_one_of(a, asking) || begins(a, "-print-") || begins(a, "--print-"))
        r->asks = true;
    else if (strcmp(a, "-shared") == 0 || strcmp(a, "--shared") == 0)
        r->shared = true;
    else if (strcmp(a, "-static") == 0 || strcmp(a, "--static") == 0 ||
             strcmp(a, "-static-pie") == 0)
        r->is_static = true;
    else if (strcmp(a, "-nostdlib") == 0 ||
             strcmp(a, "--no-standard-libraries") == 0 || strcmp(a, "-r") == 0)
        r->bare = true;
    else if (begins(a, "-fuse-ld="))
        r->names_linker = true;
    else if (begins(a, "-flto"))
        r->lto = true;
    else if (strcmp(a, "-fno-lto") == 0)
        r->lto = false;
    else if (begins(a, "-x"))
        r->language = a + 2;
    else if (begins(a, "--language="))
        r->language = strchr(a, '=') + 1;
    else if (begins(a, "-l"))
        r->inputs++;
    else if (begins(a, "-fsanitize=")) {
        r->sanitizers = r->sanitizers == NULL
                            ? strchr(a, '=') + 1
                            : hd_text("%s,%s", r->sanitizers, strchr(a, '=') + 1);
        r->fuzzer = names(r->sanitizers, "fuzzer");
    }
}

/* Our own; returns how many words it has taken. */
static size_t read_heddle_option(struct hd_request *r, const char *a,
                                 const char *next)
{
    if (begins(a, "--heddle-flavor="))
        r->flavor = strchr(a, '=') + 1;
    else if (begins(a, "--heddle-compiler="))
        r->compiler = strchr(a, '=') + 1;
    else if (strcmp(a, "--heddle-keep-O") == 0)
        r->keep_level = true;
    else if (strcmp(a, "--heddle-instead-of") == 0 && next != NULL)
        return 2;
    else
        hd_cc_die("unknown option %s (--heddle-flavor=F, --heddle-compiler=PATH, "
                  "--heddle-keep-O, --heddle-instead-of PATH)",
                  a);
    return 1;
}

static bool has_heddle_option(const struct hd_words *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (begins(w->word[i], "--heddle-"))
            return true;
    return false;
}

static void read_words(struct hd_request *r, const char *const *v, size_t n,
                       bool pass, int depth);

/* A response file goes on as it is, since a long list may not fit a command line;
 * one with an option of ours in it goes as its words. */
static void read_response(struct hd_request *r, const char *a, bool pass, int depth)
{
    struct hd_words words = {.count = 0};
    bool found = depth < 16 && hd_response_read(a + 1, &words);
    bool open = found && pass && has_heddle_option(&words);
    if (pass && !open)
        hd_words_add(&r->passed, a);
    if (found)
        read_words(r, words.word, words.count, open, depth + 1);
    else
        read_input(r, a);
}

static void read_words(struct hd_request *r, const char *const *v, size_t n,
                       bool pass, int depth)
{
    for (size_t i = 0; i < n; i++) {
        const char *a = v[i], *next = i + 1 < n ? v[i + 1] : NULL;
        if (begins(a, "--heddle-")) {
            i += read_heddle_option(r, a, next) - 1;
            continue;
        }
        if (a[0] == '@' && a[1] != '\0') {
            read_response(r, a, pass, depth);
            continue;
        }
        if (pass)
            hd_words_add(&r->passed, a);
        if (a[0] != '-' || a[1] == '\0') {
            read_input(r, a);
        } else if (next != NULL && (is_one_of(a, with_value) ||
                                    strcmp(a, "-x") == 0 || strcmp(a, "-l") == 0)) {
            if (strcmp(a, "-x") == 0 || strcmp(a, "--language") == 0)
                r->language = next;
            r->inputs += strcmp(a, "-l") == 0;
            if (pass)
                hd_words_add(&r->passed, next);
            i++;
        } else {
            read_option(r, a);
        }
    }
}

void hd_request_read(struct hd_request *r, int argc, char **argv)
{
    read_words(r, (const char *const *)argv, (size_t)argc, true, 0);
}

enum hd_product hd_request_product(const struct hd_request *r)
{
    if (r->asks || r->inputs == 0)
        return HD_NOTHING;
    if (r->stops || r->headers > 0)
        return HD_FILES;
    if (r->shared)
        return HD_SHARED;
    return r->bare ? HD_BARE : HD_PROGRAM;
}
