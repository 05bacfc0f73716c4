/*
 * terminate.c - see terminate.h.
 *
 * std::terminate() ends in abort() for every exception that nobody catches, every
 * thread object that is destroyed unjoined, and so on.  Two of them are the same
 * finding only if they are of one type and come from one function.  C++'s runtime
 * keeps no frame pointers, so its unwinder is asked for the function.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_DEFAULT */
#endif
#include "terminate.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unwind.h>

#include "../engine/engine.h"

/* ---- the function ---- */

/* Names only where it is linked statically: those of libraries are not looked up.
 */
static bool is_cxx_runtime(uintptr_t pc)
{
    static const char *const prefix[] = {
        "_ZN9__gnu_cxx27__verbose_terminate_handlerEv",
        "_ZN10__cxxabiv1",
        "_ZSt9terminatev",
        "_ZSt10unexpectedv",
        "__cxa_",
        "__gxx_personality",
        "_Unwind_",
        "__clang_call_terminate",
    };
    const char *name = hd__function(pc);
    for (size_t i = 0; i < sizeof prefix / sizeof prefix[0]; i++)
        if (strncmp(name, prefix[i], strlen(prefix[i])) == 0)
            return true;
    return hd__is_nobodys(name);
}

enum {
#ifdef __aarch64__
    FRAME_POINTER = 29,
#else
    FRAME_POINTER = 6, /* as the unwinder counts the registers */
#endif
};

struct place {
    __typeof__(_Unwind_GetIP) *ip;
    __typeof__(_Unwind_GetGR) *gr;
    uintptr_t pc, frame;
};

static _Unwind_Reason_Code look(struct _Unwind_Context *context, void *arg)
{
    struct place *p = arg;
    uintptr_t pc = p->ip(context);
    if (pc == 0)
        return _URC_END_OF_STACK;
    if (hd__is_runtime(pc) || is_cxx_runtime(pc))
        return _URC_NO_REASON;
    p->pc = pc;
    p->frame = p->gr(context, FRAME_POINTER);
    return _URC_NORMAL_STOP;
}

extern __typeof__(_Unwind_Backtrace) _Unwind_Backtrace __attribute__((weak));
extern __typeof__(_Unwind_GetIP) _Unwind_GetIP __attribute__((weak));
extern __typeof__(_Unwind_GetGR) _Unwind_GetGR __attribute__((weak));

/* Linked into the program, or in a library of it; NULL: there is none. */
#define OF_PROGRAM(name)                                                           \
    ((name) != NULL ? (name) : (__typeof__(&(name)))dlsym(RTLD_DEFAULT, #name))

static void find_place(struct place *p)
{
    __typeof__(_Unwind_Backtrace) *backtrace = OF_PROGRAM(_Unwind_Backtrace);
    p->ip = OF_PROGRAM(_Unwind_GetIP);
    p->gr = OF_PROGRAM(_Unwind_GetGR);
    if (backtrace != NULL && p->ip != NULL && p->gr != NULL)
        backtrace(look, p);
}

/* ---- the exception ---- */

/* As the ABI of C++ has it. */
struct type_info {
    const void *vtable;
    const char *name;
};

extern const struct type_info *__cxa_current_exception_type(void)
    __attribute__((weak));
extern char *__cxa_demangle(const char *name, char *buf, size_t *size, int *status)
    __attribute__((weak));

/* The name of its type as one writes it; NULL: there is no exception. */
static const char *exception(void)
{
    const struct type_info *(*current)(void) =
        OF_PROGRAM(__cxa_current_exception_type);
    char *(*demangle)(const char *, char *, size_t *, int *) =
        OF_PROGRAM(__cxa_demangle);
    const struct type_info *type = current == NULL ? NULL : current();
    if (type == NULL)
        return NULL;
    int status;
    const char *name = type->name + (type->name[0] == '*');
    char *readable = demangle == NULL ? NULL : demangle(name, NULL, NULL, &status);
    name = hd_arena_strdup(&hd__exec.arena, readable == NULL ? name : readable);
    free(readable);
    return name;
}

const char *hd__abort_text(const void **pc, const void **frame)
{
    const char *text = "abort() was called", *type;
    if (!is_cxx_runtime((uintptr_t)*pc) && !hd__is_runtime((uintptr_t)*pc))
        return text;
    struct place p = {0};
    find_place(&p);
    if (p.pc != 0) {
        *pc = (const void *)p.pc;
        *frame = (const void *)p.frame;
    }
    type = exception();
    return type == NULL ? text
                        : hd_arena_printf(&hd__exec.arena, "%s after throwing %s",
                                          text, type);
}
