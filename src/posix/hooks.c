/*
 * hooks.c - makes the linker take this room's functions.
 *
 * Where a sanitizer is linked, its weak pthread_mutex_lock() satisfies the code
 * under test before libheddle.a is looked at, so nothing would fetch ours.  The
 * engine therefore calls hd__posix_hooks(), and this file names something of each
 * file that defines functions which a sanitizer may define as well.  C11's
 * functions are in no sanitizer: c11.c comes when it is needed, and a program
 * that brings its own mtx_lock() keeps it.
 */
#include "hooks.h"

#include "../engine/clock.h"
#include "asked.h"
#include "fd_wait.h"
#include "key.h"
#include "real.h"
#include "signals.h"

#define X(file) extern const char hd__posix_##file;
HD_POSIX_FILES(X)
#undef X

/* Kept by `used`: taking the addresses is all that it is for. */
static const char *const files[] __attribute__((used)) = {
#define X(file) &hd__posix_##file,
    HD_POSIX_FILES(X)
#undef X
};

/* hd__idle of engine/clock.h */
static bool idle(bool last)
{
    return hd__fd_idle(last) || hd__signal_idle(last);
}

void hd__posix_hooks(void)
{
    hd__idle = idle;
    hd__signals_begin();
    hd__sending_begin();
    hd__keys_begin();
    hd__entropy_begin();
    hd__fd_begin();
}
