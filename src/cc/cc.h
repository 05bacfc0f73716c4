/*
 * cc.h - heddle-cc: the C compiler for programs that run under heddle.
 *
 *     main.c       makes the compiler's command line out of ours, and becomes it
 *     arguments.c  what the arguments ask for
 *     response.c   @FILE among them
 *     compiler.c   which compiler there is
 *     flags.h.in   what cmake/flavors.cmake says of flavors, as C
 *
 * Of the other rooms only base/words.h is used: this program runs once for each
 * file of a build, and what it does is to read its arguments and to exec().
 */
#ifndef HD_CC_CC_H
#define HD_CC_CC_H

#include <stdbool.h>
#include <stddef.h>

#include "../base/words.h"

/* A string made of a format; it lives as long as the process. */
char *hd_text(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* One line on stderr, and exit status 2. */
void hd_cc_die(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* ---- what is asked for ---- */

enum hd_product {
    HD_NOTHING, /* no input: the compiler is only asked something */
    HD_FILES,   /* objects, assembly, preprocessed text, dependencies */
    HD_PROGRAM,
    HD_SHARED, /* a shared library */
    HD_BARE,   /* -nostdlib or -r: linked, without our parts */
};

struct hd_request {
    struct hd_words passed; /* all but our own options, in their order */
    const char *flavor;     /* NULL: not given */
    const char *compiler;   /* --heddle-compiler, or NULL */
    const char *sanitizers; /* of the last -fsanitize=, or NULL */
    bool keep_level;        /* -O1 and more stay as they are */
    bool stops;             /* before the linker: -c, -S, -E, -M... */
    bool asks;              /* only for information: --version, -print-*... */
    bool shared, is_static, bare;
    bool fuzzer;          /* -fsanitize=fuzzer: the engine has the main() */
    bool names_linker;    /* -fuse-ld= */
    bool lto;             /* -flto */
    const char *language; /* -x as it stands at the end, or NULL */
    unsigned inputs, sources, headers;
};

void hd_request_read(struct hd_request *r, int argc, char **argv);
enum hd_product hd_request_product(const struct hd_request *r);

/* Adds the words of a response file as gcc and clang split it.  False if it cannot
 * be read; they then take the word for a file's name. */
bool hd_response_read(const char *path, struct hd_words *out);

/* ---- who does it ---- */

struct hd_compiler {
    struct hd_words command; /* its path, and words before the arguments */
    bool clang;
    unsigned version; /* major */
};

/* The oldest clang that has flavors asan and tsan. */
enum { HD_CLANG_MIN = 19 };

/*
 * `chosen` is the value of an option or of the environment, or NULL.  Dies if there
 * is no compiler at all.
 */
void hd_compiler_find(struct hd_compiler *c, const char *chosen, bool cxx);

/* Whether the linker lld is there for this compiler. */
bool hd_compiler_has_lld(const struct hd_compiler *c);

#endif
