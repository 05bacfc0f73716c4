/*
 * real.h - who calls, and the functions that ours stand in front of.
 *
 *     int pthread_mutex_lock(pthread_mutex_t *m)
 *     {
 *         if (hd__cur == NULL)
 *             return HD_REAL(pthread_mutex_lock)(m);
 *         return hd__pmutex_lock(m, HD_FOREVER, HD_CALLER);
 *     }
 *
 * Outside an execution, and on threads that heddle does not manage, a call goes
 * to the sanitizer's interceptor or to libc, as if heddle were not there.  Inside
 * one no real function that synchronises is called, or TSan would learn of edges
 * that are not there.
 *
 * Nothing here needs to be initialised: ASan calls pthread_key_create() before
 * any constructor has run.
 */
#ifndef HD_POSIX_REAL_H
#define HD_POSIX_REAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The call of an API function, as hd__point() wants it. */
struct hd_caller {
    const void *pc, *frame;
};

#define HD_CALLER                                                                  \
    ((struct hd_caller){__builtin_return_address(0), __builtin_frame_address(0)})

/* A function behind ours.  Pointers to all of them are in one section, so that they
 * can be looked up when the program starts.  (Compilers may pad structs there.) */
struct hd_real {
    void *p; /* NULL: not looked up yet */
    const char *name;
    void *interceptor; /* a sanitizer's, or NULL */
};

/* The function's address, looked up if that was not done yet. */
void *hd__real(struct hd_real *r);

#define HD__REAL(function, behind)                                                 \
    ({                                                                             \
        static struct hd_real hd__entry = {NULL, #function, behind};               \
        static struct hd_real *const hd__listed                                    \
            __attribute__((section("hd_reals"), used)) = &hd__entry;               \
        (__typeof__(function) *)hd__real(&hd__entry);                              \
    })

#define HD_REAL(name)                                                              \
    ({                                                                             \
        extern __typeof__(name) __interceptor_##name __attribute__((weak));        \
        HD__REAL(name, (void *)__interceptor_##name);                              \
    })

/* Inside an execution: libc's own, for functions that only read or write what
 * they are given (attributes). */
#define HD_LIBC(name) HD__REAL(name, NULL)

/*
 * Whether a call inside an execution comes from a sanitizer, the fuzzing engine
 * or a signal stack rather than from code under test.
 */
bool hd__foreign(struct hd_caller c);
/* The same of one code address. */
bool hd__foreign_code(uintptr_t pc);

/* The files that hooks.c must fetch; each defines its mark. */
#define HD_POSIX_FILES(X)                                                          \
    X(about)                                                                       \
    X(atfork)                                                                      \
    X(attr)                                                                        \
    X(barrier)                                                                     \
    X(cancel)                                                                      \
    X(cleanup)                                                                     \
    X(clock)                                                                       \
    X(cond)                                                                        \
    X(cpus)                                                                        \
    X(cputime)                                                                     \
    X(entropy)                                                                     \
    X(fd)                                                                          \
    X(fd_copy)                                                                     \
    X(fifo)                                                                        \
    X(file_lock)                                                                   \
    X(fork)                                                                        \
    X(ids)                                                                         \
    X(key)                                                                         \
    X(mutex)                                                                       \
    X(once)                                                                        \
    X(poll)                                                                        \
    X(private)                                                                     \
    X(rwlock)                                                                      \
    X(semaphore)                                                                   \
    X(sem_named)                                                                   \
    X(signals)                                                                     \
    X(signal_mask)                                                                 \
    X(signal_send)                                                                 \
    X(signal_wait)                                                                 \
    X(sleep)                                                                       \
    X(socket)                                                                      \
    X(spin)                                                                        \
    X(startup)                                                                     \
    X(stdio_lock)                                                                  \
    X(syscall)                                                                     \
    X(thread)                                                                      \
    X(uncontrolled)
#define HD_POSIX_FILE(name)                                                        \
    extern const char hd__posix_##name;                                            \
    const char hd__posix_##name = 1

#endif
