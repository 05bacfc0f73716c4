/*
 * cleanup.c - what pthread_cleanup_push() and _pop() are made of in C.
 *
 * The macros of glibc register a jmp_buf.  To run a handler is to jump there; the
 * macro then calls the handler and comes back with __pthread_unwind_next().
 * After the last one the destructors of thread-specific data run, and the task
 * ends in its outermost frame, so that the sanitizers see every jump.
 *
 * The older functions with a buffer are in the same list; the lowest bit of a
 * link tells the two apart.
 *
 * Not run: handlers of code that was compiled with -fexceptions, and destructors
 * of C++; they need an unwinder.
 */
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include "../sync/panic.h"
#include "thread.h"

HD_POSIX_FILE(cleanup);

enum { LINK, TYPE }; /* what we keep in __pad[] of a glibc buffer */
enum { OLD = 1 };    /* the bit of a link to an older buffer */

void _pthread_cleanup_push(struct _pthread_cleanup_buffer *b, void (*fn)(void *),
                           void *arg);
void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *b, int run);
void __pthread_register_cancel_defer(__pthread_unwind_buf_t *b);
void __pthread_unregister_cancel_restore(__pthread_unwind_buf_t *b);

/* Runs those of the older kind that come first; a glibc buffer, or NULL. */
static __pthread_unwind_buf_t *next_buffer(struct hd_thread *th)
{
    while ((uintptr_t)th->cleanup & OLD) {
        struct _pthread_cleanup_buffer *b =
            (void *)((uintptr_t)th->cleanup - (uintptr_t)OLD);
        th->cleanup = b->__prev;
        b->__routine(b->__arg);
    }
    return th->cleanup;
}

void hd__cleanup_and_end(void)
{
    struct hd_thread *th = hd__thread_self();
    __pthread_unwind_buf_t *b = next_buffer(th);
    if (b != NULL) {
        th->cleanup = b->__pad[LINK];
        jmp_buf to; /* of which the glibc buffer has the part that counts */
        memcpy(to, b->__cancel_jmp_buf, sizeof b->__cancel_jmp_buf);
        to[0].__mask_was_saved = 0;
        longjmp(to, 1);
    }
    hd__values_destroy(th);
    hd__robust_end(th);
    hd__frames_leave();
}

void __pthread_register_cancel(__pthread_unwind_buf_t *b)
{
    if (hd__cur == NULL) {
        HD_REAL(__pthread_register_cancel)(b);
        return;
    }
    struct hd_thread *th = hd__thread_self();
    b->__pad[LINK] = th->cleanup;
    th->cleanup = b;
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
    __pthread_register_cancel(b);
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
