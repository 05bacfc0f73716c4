/*
 * unwind.c - see unwind.h.
 *
 * The unwinder may be in the program (-static-libgcc), loaded with it (C++), or not
 * there at all: a program in C need not have it, and then only its handlers are
 * called, which need none.
 *
 * A frame that catches the forced unwinding has to throw it again; one that does
 * not ends the process with the words that glibc has for it.  A frame that lets no
 * exception pass (noexcept) calls std::terminate().  Both are the program's errors.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "unwind.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unwind.h>

#include "thread.h"

/* ---- where it is ---- */

#define LIBRARY "libgcc_s.so.1"

extern __typeof__(_Unwind_ForcedUnwind) _Unwind_ForcedUnwind __attribute__((weak));
extern __typeof__(_Unwind_GetCFA) _Unwind_GetCFA __attribute__((weak));
extern void __asan_handle_no_return(void) __attribute__((weak));

static __typeof__(_Unwind_ForcedUnwind) *forced_unwind;
static __typeof__(_Unwind_GetCFA) *stack_pointer;

static uintptr_t code_low, code_high;

static int find_code(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size, (void)unused;
    if (info->dlpi_name == NULL || strstr(info->dlpi_name, "/libgcc_s.so") == NULL)
        return 0;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
        uintptr_t end = info->dlpi_addr + ph->p_vaddr + ph->p_memsz;
        if (ph->p_type == PT_LOAD && end > code_high)
            code_high = end;
    }
    code_low = info->dlpi_addr;
    return 1;
}

/* Before main(), since a sanitizer that reports may be the first to use it. */
__attribute__((constructor)) static void find(void)
{
    dl_iterate_phdr(find_code, NULL);
}

bool hd__unwinder_code(uintptr_t pc)
{
    return pc >= code_low && pc < code_high;
}

/* The program's own comes first.  It may have come with a plugin that keeps its
 * libraries to itself, so the last way is to ask for it by its name. */
static bool found(void)
{
    static bool looked;
    if (looked)
        return forced_unwind != NULL;
    looked = true;
    forced_unwind = _Unwind_ForcedUnwind;
    stack_pointer = _Unwind_GetCFA;
    void *where = RTLD_DEFAULT;
    for (int i = 0; i < 2 && (forced_unwind == NULL || stack_pointer == NULL);
         i++) {
        *(void **)&forced_unwind = dlsym(where, "_Unwind_ForcedUnwind");
        *(void **)&stack_pointer = dlsym(where, "_Unwind_GetCFA");
        where = dlopen(LIBRARY, RTLD_NOW | RTLD_NOLOAD);
        if (where == NULL)
            break;
    }
    if (stack_pointer == NULL)
        forced_unwind = NULL;
    return forced_unwind != NULL;
}

/* ---- the walk ---- */

/* Called with the frame that is about to be left. */
static _Unwind_Reason_Code stop(int version, _Unwind_Action actions,
                                _Unwind_Exception_Class cls,
                                struct _Unwind_Exception *exception,
                                struct _Unwind_Context *context, void *left)
{
    (void)version, (void)cls, (void)exception;
    uintptr_t sp =
        actions & _UA_END_OF_STACK ? UINTPTR_MAX : stack_pointer(context);
    ((void (*)(uintptr_t))left)(sp);
    return _URC_NO_REASON;
}

static void caught(_Unwind_Reason_Code why, struct _Unwind_Exception *exception)
{
    (void)why, (void)exception;
    fputs("FATAL: exception not rethrown\n", stderr);
    abort();
}

void hd__unwind(void (*left)(uintptr_t sp))
{
    struct hd_thread *th = hd__thread_self();
    if (found()) {
        /* It lives until the thread has ended; a handler that calls pthread_exit()
         * begins anew where the first walk has come to. */
        if (th->unwinding == NULL)
            th->unwinding = hd_arena_alloc(&hd__exec.arena, sizeof *th->unwinding);
        *th->unwinding = (struct _Unwind_Exception){.exception_cleanup = caught};
        /* What ASan forbids of the frames that have no part in the walk would be
         * in the way of the functions that are called where they were. */
        if (__asan_handle_no_return != NULL)
            __asan_handle_no_return();
        forced_unwind(th->unwinding, stop, (void *)left);
    }
    left(UINTPTR_MAX);
    hd_bug("a thread came back from its last frame");
}
