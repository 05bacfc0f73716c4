/*
 * atfork.c - pthread_atfork() in a program under heddle, which does not know of the
 * forks that make its executions: what it registers is for forks of its own.
 *
 * Where heddle can, it forks without any handlers (_Fork(), server.c).
 * ThreadSanitizer has handlers itself that must run, so the program's are put
 * behind functions of heddle's that know whose fork it is.  libc keeps the list,
 * its order, and which library a handler goes away with.
 */
#include <unistd.h>

#include "asked.h"
#include "fork.h"

HD_POSIX_FILE(atfork);

enum { HANDLERS_MAX = 16 }; /* later ones are libc's, and know of every fork */

static struct {
    void (*fn[3])(void);
} handlers[HANDLERS_MAX];
static unsigned used;
static bool unnoticed;

enum { PREPARE, PARENT, CHILD };

static void call(unsigned i, unsigned when)
{
    if (!unnoticed && handlers[i].fn[when] != NULL)
        handlers[i].fn[when]();
}

/* clang-format off */
#define NUMBERS(X) \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) \
    X(10) X(11) X(12) X(13) X(14) X(15)
/* clang-format on */

#define X(i)                                                                       \
    static void prepare_##i(void)                                                  \
    {                                                                              \
        call(i, PREPARE);                                                          \
    }                                                                              \
    static void parent_##i(void)                                                   \
    {                                                                              \
        call(i, PARENT);                                                           \
    }                                                                              \
    static void child_##i(void)                                                    \
    {                                                                              \
        call(i, CHILD);                                                            \
    }
NUMBERS(X)
#undef X

static void (*const behind[HANDLERS_MAX][3])(void) = {
#define X(i) {prepare_##i, parent_##i, child_##i},
    NUMBERS(X)
#undef X
};

/* What pthread_atfork() is made of: libc has that in each program and library. */
int __register_atfork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void), void *library);

int __register_atfork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void), void *library)
{
    if (!hd__program || used == HANDLERS_MAX)
        return HD_REAL(__register_atfork)(prepare, parent, child, library);
    unsigned i = used++;
    handlers[i].fn[PREPARE] = prepare;
    handlers[i].fn[PARENT] = parent;
    handlers[i].fn[CHILD] = child;
    return HD_REAL(__register_atfork)(behind[i][PREPARE], behind[i][PARENT],
                                      behind[i][CHILD], library);
}

pid_t hd__fork_unnoticed(void)
{
    unnoticed = true;
    pid_t pid = HD_REAL(fork)();
    unnoticed = false;
    return pid;
}
