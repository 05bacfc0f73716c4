/*
 * death.c - the last words of a process whose code under test kills it: fatal
 * signals, and the sanitizers' reports.
 *
 * What is known goes into the death note, which is in memory shared with the
 * process that forked this one.  Handlers run on an alternate stack and use
 * neither malloc nor the arena, because either may be what is broken; the
 * symbol table is read beforehand.  abort() and exit() do not come here: they
 * are findings like any other (ending.c).
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* REG_RIP */
#endif
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

#include "../base/elfsym.h"
#include "../base/futex.h"
#include "../base/process.h"
#include "../engine/engine.h"
#include "../engine/fiber.h"
#include "sanitizer.h"

#define WEAK __attribute__((weak))

extern void __asan_set_error_report_callback(void (*callback)(const char *)) WEAK;
extern const char *__asan_get_report_description(void) WEAK;
extern void *__asan_get_report_pc(void) WEAK;
extern void *__asan_get_report_bp(void) WEAK;
extern void __sanitizer_set_death_callback(void (*callback)(void)) WEAK;
extern void __ubsan_get_current_report_data(const char **kind, const char **message,
                                            const char **file, unsigned *line,
                                            unsigned *column, char **address) WEAK;
extern __typeof__(_Unwind_Backtrace) _Unwind_Backtrace WEAK;
extern __typeof__(_Unwind_GetIP) _Unwind_GetIP WEAK;
extern __typeof__(_Unwind_GetGR) _Unwind_GetGR WEAK;

static struct hd_deathnote *note_if_open(void)
{
    struct hd_deathnote *note = hd__exec.note;
    if (note == NULL || !note->running || note->cls != HD_NO_CLASS)
        return NULL; /* nobody to tell, or told already */
    return note;
}

static void path_into(char *out, size_t size, const struct hd_task *t)
{
    if (t->parent == NULL) {
        snprintf(out, size, "main");
        return;
    }
    path_into(out, size, t->parent);
    size_t used = strlen(out);
    snprintf(out + used, size - used, ".%u", t->ordinal);
}

/* Fills in everything from the kind of death and where it happened. */
static void write_note(struct hd_deathnote *note, enum hd_class cls,
                       const char *kind, uintptr_t pc, const void *frame)
{
    struct hd_task *t = hd__cur;
    const char *function = "?";
    note->stack.count = 0;
    if (t != NULL) {
        path_into(note->task, sizeof note->task, t);
        snprintf(note->op, sizeof note->op, "%s", hd_op_names[t->op.kind]);
        hd__stack_walk(&note->stack, pc, frame, t);
        /* Frames of other libraries on top are not what it is about. */
        for (uint32_t i = 0; i < note->stack.count && function[0] == '?'; i++) {
            uint64_t offset;
            const char *f = hd_function_at(note->stack.pc[i] - 1, &offset);
            if (strncmp(f, "__", 2) != 0)
                function = f;
        }
    }
    if (t != NULL && function[0] == '?') {
        /* In a library without frame pointers: the last thing seen of the task. */
        hd__stack_walk(&note->stack, t->op.pc, t->frame, t);
        function = hd__function(t->op.pc);
    }
    if (t == NULL && pc != 0) {
        /* In a program's start-up, whose stack has bounds that nobody knows. */
        note->stack.pc[0] = hd_relative(pc);
        note->stack.count = 1;
        function = hd__function(pc);
    }
    snprintf(note->message, sizeof note->message, "%s in %s", kind,
             function[0] == '?' ? "unknown code" : function);
    snprintf(note->signature, sizeof note->signature, "%s: %s %s",
             hd_class_name(cls), function, kind);
    note->steps = hd__trace_len();
    note->cls = cls; /* last: the note is complete */
}

/* ---- signals ---- */

/*
 * The access hit the guard page, or it was made by a function whose frame reaches
 * below the stack: what it then hits depends on where the stack lies.
 */
static bool overflowed(const struct hd_task *t, const char *addr, const char *sp)
{
    enum { FRAME_MAX = 64 << 20 };
    const char *low = t->fiber->low;
    return (addr < low && low - addr <= 4096) || (sp < low && low - sp < FRAME_MAX);
}

static const char *signal_kind(int sig, const siginfo_t *info,
                               const struct hd_task *t, const char *sp)
{
    const char *addr = info->si_addr;
    switch (sig) {
    case SIGABRT:
        return "abort";
    case SIGFPE:
        return "arithmetic error";
    case SIGILL:
        return "illegal instruction";
    default:
        break;
    }
    if (t != NULL && overflowed(t, addr, sp))
        return "stack overflow";
    return (uintptr_t)addr < 4096 ? "access through a null pointer"
                                  : "invalid access";
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
    const ucontext_t *uc = context;
#if defined(__x86_64__)
    uintptr_t pc = (uintptr_t)uc->uc_mcontext.gregs[REG_RIP];
    const void *frame = (const void *)uc->uc_mcontext.gregs[REG_RBP];
    const char *sp = (const char *)uc->uc_mcontext.gregs[REG_RSP];
#elif defined(__aarch64__)
    uintptr_t pc = uc->uc_mcontext.pc;
    const void *frame = (const void *)uc->uc_mcontext.regs[29];
    const char *sp = (const char *)uc->uc_mcontext.sp;
#else
#error "only x86-64 and aarch64"
#endif
    struct hd_deathnote *note = note_if_open();
    if (note != NULL) {
        pc++; /* stacks hold return addresses */
        write_note(note, sig == SIGABRT ? HD_ASSERTION : HD_MEMORY_ERROR,
                   signal_kind(sig, info, hd__cur, sp), pc, frame);
    }
    hd_signal_set(sig, SIG_DFL);
    /* Past raise(), which would take what returned from here for its caller. */
    hd_syscall4(SYS_tgkill, hd_syscall4(SYS_getpid, 0, 0, 0, 0),
                hd_syscall4(SYS_gettid, 0, 0, 0, 0), sig, 0);
}

static void install_signals(void)
{
    static char stack[64 * 1024];
    static const int fatal[] = {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE};
    stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction sa = {.sa_sigaction = on_signal,
                           .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESETHAND};
    sigaltstack(&ss, NULL);
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
        sigaction(fatal[i], &sa, NULL);
}

/* ---- sanitizers ---- */

/* Where a report's cause is. */
struct place {
    uintptr_t pc; /* a return address */
    const void *frame;
    bool entered; /* UBSan's entry, __ubsan_handle_..., was the last frame */
};

static void place_at(struct place *place, struct _Unwind_Context *context)
{
#if defined(__x86_64__)
    enum { FRAME_POINTER = 6 };
#else
    enum { FRAME_POINTER = 29 };
#endif
    place->pc = _Unwind_GetIP(context);
    place->frame = (const void *)_Unwind_GetGR(context, FRAME_POINTER);
}

/* The frame behind UBSan's entry is that of the code with the error. */
static _Unwind_Reason_Code behind_ubsan(struct _Unwind_Context *context, void *arg)
{
    struct place *place = arg;
    if (place->entered) {
        place_at(place, context);
        return _URC_END_OF_STACK;
    }
    const char *function = hd__function(_Unwind_GetIP(context));
    place->entered = strncmp(function, "__ubsan_handle_", 15) == 0;
    return _URC_NO_REASON;
}

/* ASan has many entries, and heddle's functions may stand before them. */
static _Unwind_Reason_Code behind_asan(struct _Unwind_Context *context, void *arg)
{
    uintptr_t pc = _Unwind_GetIP(context);
    const char *function = hd__function(pc);
    if (hd__is_runtime(pc) || function[0] == '?' ||
        strncmp(function, "__", 2) == 0 || strstr(function, "__asan") != NULL ||
        strstr(function, "__sanitizer") != NULL ||
        strstr(function, "__interceptor") != NULL)
        return _URC_NO_REASON;
    place_at(arg, context);
    return _URC_END_OF_STACK;
}

/*
 * Sanitizers do not say, or not well, who called them, and what the task did last
 * is a guess: between two decisions nobody writes down where it is.  They have no
 * frame pointers themselves, but the unwinder, which they link, needs none.
 */
static struct place place_behind(_Unwind_Trace_Fn what, struct place otherwise)
{
    struct place place = otherwise;
    if (_Unwind_Backtrace && _Unwind_GetIP && _Unwind_GetGR)
        _Unwind_Backtrace(what, &place);
    return place;
}

static void on_asan_report(const char *text)
{
    struct hd_deathnote *note = note_if_open();
    if (note == NULL)
        return;
    snprintf(note->detail, sizeof note->detail, "%s", text);
    const char *kind = __asan_get_report_description();
    struct place told = {(uintptr_t)__asan_get_report_pc() + 1,
                         __asan_get_report_bp(), false};
    struct place place = place_behind(behind_asan, told);
    write_note(note, HD_MEMORY_ERROR, kind == NULL ? "asan error" : kind, place.pc,
               place.frame);
}

/* UBSan's hook, called for every report; ours are all fatal. */
void __ubsan_on_report(void);
void __ubsan_on_report(void)
{
    struct hd_deathnote *note = note_if_open();
    if (note == NULL || !__ubsan_get_current_report_data)
        return;
    const char *kind, *message, *file;
    unsigned line, column;
    char *address;
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column,
                                    &address);
    snprintf(note->detail, sizeof note->detail, "%s:%u:%u: runtime error: %s", file,
             line, column, message);
    struct place last = {0};
    if (hd__cur != NULL)
        last = (struct place){hd__cur->op.pc, hd__cur->frame, false};
    struct place place = place_behind(behind_ubsan, last);
    write_note(note, HD_MEMORY_ERROR, kind, place.pc, place.frame);
}

static void on_death(void)
{
    struct hd_deathnote *note = note_if_open();
    if (note != NULL)
        write_note(note, HD_MEMORY_ERROR, "sanitizer error", 0, NULL);
}

void hd_death_handlers(void)
{
    uint64_t offset;
    (void)hd_function_at(0, &offset); /* reads the symbol table */
    install_signals();
    if (__asan_set_error_report_callback)
        __asan_set_error_report_callback(on_asan_report);
    if (__sanitizer_set_death_callback)
        __sanitizer_set_death_callback(on_death);
}
