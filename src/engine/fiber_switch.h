/*
 * fiber_switch.h - the switch itself, inline: each return address between it and
 * the API function is one that the processor predicts wrongly after the switch,
 * because its return stack is that of the other task.  Inlining the way here
 * took a switch at an access from 60 to 38 ns.
 */
#ifndef HD_ENGINE_FIBER_SWITCH_H
#define HD_ENGINE_FIBER_SWITCH_H

#include <errno.h>
#include <string.h>

#include "../instrument/sanitizer.h"
#include "engine.h"
#include "fiber.h"
#include "thread.h"

#define HD_INLINE static inline __attribute__((always_inline))

/* Boost.Context's C ABI (fcontext.hpp is C++ only). */
typedef void *fcontext_t;
struct transfer {
    fcontext_t from;
    void *data;
};
extern struct transfer jump_fcontext(fcontext_t to, void *data);
extern fcontext_t make_fcontext(void *stack_top, size_t size,
                                void (*entry)(struct transfer));

/* What is thread-local to C++'s runtime while exceptions fly. */
extern void *__cxa_get_globals(void) __attribute__((weak));
enum { CXA_GLOBALS_SIZE = 16 };

HD_INLINE void hd__fiber_switch_inline(struct hd_task *from, struct hd_task *to)
{
    if (__builtin_expect(hd__exec.threads, 0)) {
        hd__thread_switch(from, to);
        return;
    }
    char cxa[CXA_GLOBALS_SIZE];
    int saved_errno = errno;
    if (__cxa_get_globals)
        memcpy(cxa, __cxa_get_globals(), sizeof cxa);

    hd__cur = to->fiber == hd__exec.main_task.fiber ? NULL : to;
    hd__asan_switch(&from->fiber->fake_stack, to->fiber->low, to->fiber->size);
    hd__tsan_fiber_switch(to->fiber->tsan);
    struct transfer t = jump_fcontext(to->fiber->context, from);
    ((struct hd_task *)t.data)->fiber->context = t.from;
    hd__asan_switched(from->fiber->fake_stack);

    if (__cxa_get_globals)
        memcpy(__cxa_get_globals(), cxa, sizeof cxa);
    errno = saved_errno;
}

#endif
