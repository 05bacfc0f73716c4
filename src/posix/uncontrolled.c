/*
 * uncontrolled.c - see uncontrolled.h.
 */
#include "uncontrolled.h"

#include <aio.h>
#include <mqueue.h>
#include <netdb.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "../base/process.h"
#include "../engine/watch.h"
#include "asked.h"

HD_POSIX_FILE(uncontrolled);

/* ---- the table ---- */

#define X(group, text) static const char text_##group[] = text;
HD_UNCONTROLLED_GROUPS(X)
#undef X

static const struct {
    const char *name, *text;
} table[HD_UNCONTROLLED_COUNT] = {
#define X(group, name) {#name, text_##group},
    HD_UNCONTROLLED_BY_HAND(X)
#undef X
#define X(group, result, name, parameters, arguments) {#name, text_##group},
        HD_UNCONTROLLED_WRAPPED(X)
#undef X
};

const char *hd__uncontrolled_name(enum hd_uncontrolled call)
{
    return table[call].name;
}

const char *hd__uncontrolled_text(enum hd_uncontrolled call)
{
    return table[call].text;
}

/* ---- what was said ---- */

/* Perhaps shared with other processes, of which at most some are children that run
 * executions: a byte each, so that nothing is half written. */
struct notes {
    bool happened[HD_UNCONTROLLED_COUNT];
    unsigned char now; /* the call that one of them is in, + 1 */
};

static struct notes own, *notes = &own;
bool hd__uncontrolled_quiet;

_Static_assert(HD_UNCONTROLLED_COUNT < 255, "struct notes has bytes");

void hd__uncontrolled_share(void)
{
    struct notes *p = hd_shared_map(sizeof *p);
    *p = *notes;
    notes = p;
}

static bool called[HD_UNCONTROLLED_COUNT];

void hd__uncontrolled_note(enum hd_uncontrolled call)
{
    notes->happened[call] = true;
}

bool hd__uncontrolled_called(enum hd_uncontrolled call)
{
    return called[call];
}

bool hd__has_children(void)
{
    static const enum hd_uncontrolled starts[] = {
        HD_U_fork,  HD_U__Fork,       HD_U_vfork,        HD_U_clone,
        HD_U_popen, HD_U_posix_spawn, HD_U_posix_spawnp,
    };
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (called[starts[i]])
            return true;
    return false;
}

void hd__uncontrolled(enum hd_uncontrolled call)
{
    called[call] = true;
    if (hd__exec.watched)
        hd__watch_call(table[call].name);
    if (notes->happened[call])
        return;
    notes->happened[call] = true;
    if (!hd__uncontrolled_quiet)
        fprintf(stderr, "heddle: %s() is not controlled: %s (docs/limits.md)\n",
                table[call].name, table[call].text);
}

bool hd__uncontrolled_happened(enum hd_uncontrolled call)
{
    return notes->happened[call];
}

void hd__uncontrolled_begin(enum hd_uncontrolled call)
{
    hd__uncontrolled(call);
    notes->now = (unsigned char)(call + 1);
}

void hd__uncontrolled_end(void)
{
    notes->now = 0;
}

const char *hd__uncontrolled_now(void)
{
    unsigned now = notes->now;
    return now == 0 ? NULL : table[now - 1].name;
}

/* ---- the wrappers ---- */

#define X(group, result, name, parameters, arguments)                              \
    result name parameters                                                         \
    {                                                                              \
        struct hd_caller c = HD_CALLER;                                            \
        if (!hd__asked(c))                                                         \
            return HD_REAL(name) arguments;                                        \
        hd__uncontrolled_begin(HD_U_##name);                                       \
        result r = HD_REAL(name) arguments;                                        \
        hd__uncontrolled_end();                                                    \
        return r;                                                                  \
    }
HD_UNCONTROLLED_WRAPPED(X)
#undef X
