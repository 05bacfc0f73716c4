/*
 * start.c - where a program built with heddle-cc begins.
 *
 * crt1.o calls __libc_start_main(); this definition wins over libc's and calls it
 * with a main() of heddle's own.  The file is linked as an object (heddle_start.o)
 * and not out of libheddle.a, so that only programs get it, and not the command or
 * a fuzz target, which bring executions of their own.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include <dlfcn.h>
#include <unistd.h>

#include "program.h"

typedef int main_fn(int argc, char **argv, char **envp);
typedef void hook_fn(void);
typedef int start_fn(main_fn *, int, char **, hook_fn *, hook_fn *, hook_fn *,
                     void *);

static main_fn *program_main;

static int main_under_heddle(int argc, char **argv, char **envp)
{
    return hd__program_main(program_main, argc, argv, envp);
}

int __libc_start_main(main_fn *main, int argc, char **argv, hook_fn *init,
                      hook_fn *fini, hook_fn *rtld_fini, void *stack_end);

int __libc_start_main(main_fn *main, int argc, char **argv, hook_fn *init,
                      hook_fn *fini, hook_fn *rtld_fini, void *stack_end)
{
    start_fn *real = (start_fn *)dlsym(RTLD_NEXT, "__libc_start_main");
    if (real == NULL)
        _exit(127);
    program_main = main;
    hd__program_begin();
    return real(main_under_heddle, argc, argv, init, fini, rtld_fini, stack_end);
}
