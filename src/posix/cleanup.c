/*
 * cleanup.c - what pthread_cleanup_push() and _pop() are made of in C, and how a
 * thread leaves its frames.
 *
 * The macros of glibc register a jmp_buf.  To run a handler is to jump there; the
 * macro then calls the handler and comes back with __pthread_unwind_next().
 * After the last one the destructors of thread-specific data run, and the task
 * ends in its outermost frame, so that the sanitizers see every jump.
 *
 * The older functions with a buffer are in the same list; the lowest bit of a
 * link tells the two apart.
 *
 * C++ and code that was compiled with -fexceptions have their handlers in the
 * tables of the unwinder (unwind.h), which walks from frame to frame: where it
 * comes to one that has registered something, that is done first.  A buffer may lie
 * elsewhere than its frame (on ASan's fake stack), so what counts is the stack
 * pointer of the call that registered it.
 */
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "../engine/fiber.h"
#include "../sync/panic.h"
#include "thread.h"
#include "unwind.h"

HD_POSIX_FILE(cleanup);

enum { LINK, TYPE, FRAME }; /* what we keep in __pad[] of a glibc buffer */
enum { OLD = 1 };           /* the bit of a link to an older buffer */

void _pthread_cleanup_push(struct _pthread_cleanup_buffer *b, void (*fn)(void *),
                           void *arg);
void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *b, int run);
void __pthread_register_cancel_defer(__pthread_unwind_buf_t *b);
void __pthread_unregister_cancel_restore(__pthread_unwind_buf_t *b);

/*
 * The older buffers have no room for a pointer, but for how far below the stack's
 * upper end it is.
 */
static char *stack_end(void)
{
    return hd__cur->fiber->low + hd__cur->fiber->size;
}

/* The frame of heddle's function is just below that of its caller. */
static bool is_left(const void *frame, uintptr_t sp)
{
    return (uintptr_t)frame < sp;
}

/* Runs the handlers of the frames below sp. */
static void run_handlers(struct hd_thread *th, uintptr_t sp)
{
    while ((uintptr_t)th->cleanup & OLD) {
        struct _pthread_cleanup_buffer *b =
            (void *)((uintptr_t)th->cleanup - (uintptr_t)OLD);
        if (!is_left(stack_end() - b->__canceltype, sp))
            return;
        th->cleanup = b->__prev;
        b->__routine(b->__arg);
    }
    __pthread_unwind_buf_t *b = th->cleanup;
    if (b == NULL || !is_left(b->__pad[FRAME], sp))
        return;
    th->cleanup = b->__pad[LINK];
    jmp_buf to; /* of which the glibc buffer has the part that counts */
    memcpy(to, b->__cancel_jmp_buf, sizeof b->__cancel_jmp_buf);
    to[0].__mask_was_saved = 0;
    longjmp(to, 1);
}

static void left(uintptr_t sp)
{
    struct hd_thread *th = hd__thread_self();
    run_handlers(th, sp);
    if (!hd__frames_left(sp))
        return;
    hd__thread_data_end(th);
    hd__frames_leave();
}

void hd__cleanup_and_end(void)
{
    hd__unwind(left);
}

static void push(__pthread_unwind_buf_t *b, void *frame)
{
    struct hd_thread *th = hd__thread_self();
    b->__pad[LINK] = th->cleanup;
    b->__pad[FRAME] = frame;
    th->cleanup = b;
}

void __pthread_register_cancel(__pthread_unwind_buf_t *b)
{
    if (hd__cur == NULL) {
        HD_REAL(__pthread_register_cancel)(b);
        return;
    }
    push(b, __builtin_frame_address(0));
}

void __pthread_unregister_cancel(__pthread_unwind_buf_t *b)
{
    if (hd__cur == NULL) {
        HD_REAL(__pthread_unregister_cancel)(b);
        return;
    }
    hd__thread_self()->cleanup = b->__pad[LINK];
}

void __pthread_register_cancel_defer(__pthread_unwind_buf_t *b)
{
    if (hd__cur == NULL) {
        HD_REAL(__pthread_register_cancel_defer)(b);
        return;
    }
    struct hd_thread *th = hd__thread_self();
    b->__pad[TYPE] = (void *)(uintptr_t)th->cancel_async;
    th->cancel_async = false;
    push(b, __builtin_frame_address(0));
}

void __pthread_unregister_cancel_restore(__pthread_unwind_buf_t *b)
{
    if (hd__cur == NULL) {
        HD_REAL(__pthread_unregister_cancel_restore)(b);
        return;
    }
    __pthread_unregister_cancel(b);
    hd__thread_self()->cancel_async = b->__pad[TYPE] != NULL;
    hd__cancel_async();
}

void __pthread_unwind_next(__pthread_unwind_buf_t *b)
{
    if (hd__cur == NULL) {
        void (*real)(__pthread_unwind_buf_t *) = HD_REAL(__pthread_unwind_next);
        real(b);
        __builtin_unreachable();
    }
    hd__cleanup_and_end();
}

void _pthread_cleanup_push(struct _pthread_cleanup_buffer *b, void (*fn)(void *),
                           void *arg)
{
    if (hd__cur == NULL) {
        HD_REAL(_pthread_cleanup_push)(b, fn, arg);
        return;
    }
    struct hd_thread *th = hd__thread_self();
    b->__routine = fn;
    b->__arg = arg;
    b->__canceltype = (int)(stack_end() - (char *)__builtin_frame_address(0));
    b->__prev = th->cleanup;
    th->cleanup = (char *)b + OLD;
}

void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *b, int run)
{
    if (hd__cur == NULL) {
        HD_REAL(_pthread_cleanup_pop)(b, run);
        return;
    }
    hd__thread_self()->cleanup = b->__prev;
    if (run)
        b->__routine(b->__arg);
}
