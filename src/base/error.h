/*
 * error.h - error codes of heddle's own functions, from one list, and the end
 * of the process for things that cannot be gone on from.
 *
 * Three things are kept apart: a finding in the code under test (a value,
 * enum hd_class), a failure of the system or of the input (an hd_err), and a
 * bug in heddle (hd_bug(), which aborts).  Only the command exits.
 */
#ifndef HD_BASE_ERROR_H
#define HD_BASE_ERROR_H

/* X(ENUM, "text") */
#define HD_ERRORS(X)                                                               \
    X(OK, "no error")                                                              \
    X(USAGE, "bad usage")                                                          \
    X(SYNTAX, "the file is broken")                                                \
    X(RANGE, "a number is out of range")                                           \
    X(NOENT, "no such file, scenario or tool")                                     \
    X(SYSTEM, "a system call failed")                                              \
    X(PROTOCOL, "a worker process said something it should not")                   \
    X(WORKER, "a worker process ended unexpectedly")                               \
    X(STOPPED, "interrupted")

enum hd_err {
#define X(id, text) HD_E_##id,
    HD_ERRORS(X)
#undef X
};

const char *hd_err_text(enum hd_err e);

/* Exit statuses of the command, DESIGN section 7. */
enum hd_exit {
    HD_EXIT_OK = 0,
    HD_EXIT_FOUND = 1,
    HD_EXIT_USAGE = 2,
    HD_EXIT_DIVERGED = 3,
    HD_EXIT_HARNESS = 4,
};

/* A bug in heddle or a misuse of its API: says so on stderr and aborts. */
void hd_bug(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/* The system let us down (no memory): says so and exits with HD_EXIT_HARNESS. */
void hd_die(const char *format, ...)
    __attribute__((noreturn, format(printf, 1, 2)));

/*
 * Where hd_die() leaves its line as well, for the process that will speak for this
 * one; NULL: nowhere.  Room for HD_LAST_WORDS_MAX bytes; what is there already
 * stays.  Set by one thread, before there are others.
 */
enum { HD_LAST_WORDS_MAX = 256 };
extern char *hd_last_words;

/* An invariant; stays on in release builds. */
#define HD_CHECK(cond)                                                             \
    (__builtin_expect(!!(cond), 1)                                                 \
         ? (void)0                                                                 \
         : hd_bug("%s:%d: %s does not hold", __FILE__, __LINE__, #cond))

#endif
