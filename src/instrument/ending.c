/*
 * ending.c - the ways in which code under test ends the process on purpose:
 * abort(), assert() and exit().  In a task they end the execution instead, with
 * a finding of class `assertion` unless it was exit(0), and the process goes
 * on; anywhere else they do what libc does.  A program's handler of SIGABRT comes
 * before that: if it leaves with siglongjmp(), as those of test frameworks do,
 * there was nothing.
 *
 * The functions are *defined* here, which wins over libc's and over the
 * sanitizers' weak interceptors.  They share an object with a function that the
 * engine calls, so that they are linked whoever else defines the names.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include "ending.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../base/futex.h"
#include "../base/process.h"
#include "../engine/engine.h"
#include "../posix/hooks.h"
#include "terminate.h"

void __assert_fail(const char *expr, const char *file, unsigned line,
                   const char *function) __attribute__((noreturn));

const void *hd__exit_caller;
int hd__quick_status;
void (*hd__program_ends)(int status, const void *pc, const void *frame);

void hd__ending_hooks(void)
{
}

__attribute__((noreturn)) static void die_of_abort(void)
{
    raise(SIGABRT);
    hd_signal_set(SIGABRT, SIG_DFL);
    raise(SIGABRT);
    _exit(127);
}

void abort(void)
{
    if (hd__cur != NULL && hd__has_abort_handler())
        hd__abort_handler(__builtin_return_address(0), __builtin_frame_address(0));
    if (hd__cur != NULL) {
        const void *pc = __builtin_return_address(0);
        const void *frame = __builtin_frame_address(0);
        const char *text = hd__abort_text(&pc, &frame);
        hd__assertion(text, NULL, 0, pc, frame);
    }
    die_of_abort();
}

void __assert_fail(const char *expr, const char *file, unsigned line,
                   const char *function)
{
    if (hd__cur != NULL && hd__has_abort_handler()) {
        fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file, line, function,
                expr);
        hd__abort_handler(__builtin_return_address(0), __builtin_frame_address(0));
    }
    if (hd__cur != NULL)
        hd__assertion(expr, file, (int)line, __builtin_return_address(0),
                      __builtin_frame_address(0));
    fprintf(stderr, "%s:%u: %s: assertion failed: %s\n", file, line, function,
            expr);
    die_of_abort();
}

void exit(int status)
{
    bool task = hd__cur != NULL && !hd__exec.threads;
    if (hd__cur != NULL)
        hd__exit_caller = __builtin_return_address(0);
    if (task && status == 0)
        hd__stop(HD_OUTCOME_STOPPED);
    if (task)
        hd__assertion(
            hd_arena_printf(&hd__exec.arena, "exit(%d) was called", status), NULL,
            0, __builtin_return_address(0), __builtin_frame_address(0));
    void (*real)(int) = (void (*)(int))dlsym(RTLD_NEXT, "exit");
    if (real != NULL)
        real(status);
    _exit(status);
}

/* Its handlers run in the task; heddle's own is the last of them. */
void quick_exit(int status)
{
    if (hd__cur != NULL && hd__exec.threads) {
        hd__exit_caller = __builtin_return_address(0);
        hd__quick_status = status;
    }
    void (*real)(int) = (void (*)(int))dlsym(RTLD_NEXT, "quick_exit");
    if (real != NULL)
        real(status);
    _exit(status);
}

/* Without handlers.  The system call is libc's own way as well. */
static void exit_now(int status, const void *pc, const void *frame)
{
    if (hd__cur != NULL && hd__exec.threads && hd__program_ends != NULL &&
        !hd__is_runtime((uintptr_t)pc))
        hd__program_ends(status, pc, frame);
    for (;;)
        hd_syscall4(SYS_exit_group, status, 0, 0, 0);
}

void _exit(int status)
{
    exit_now(status, __builtin_return_address(0), __builtin_frame_address(0));
    __builtin_unreachable();
}

void _Exit(int status)
{
    exit_now(status, __builtin_return_address(0), __builtin_frame_address(0));
    __builtin_unreachable();
}
