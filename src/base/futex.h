/*
 * futex.h - the bare system calls that threads are handed over with.
 *
 * Not through libc's syscall(): sanitizers, and heddle itself for programs,
 * intercept functions, and none of them may see this one.
 */
#ifndef HD_BASE_FUTEX_H
#define HD_BASE_FUTEX_H

#include <linux/futex.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

static inline long hd_syscall4(long number, long a, long b, long c, long d)
{
#if defined(__x86_64__)
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                     : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3)
                     : "memory");
    return x0;
#else
#error "only x86-64 and aarch64"
#endif
}

/* Returns once the word is not `old` any more, or sooner. */
static inline void hd_futex_wait(const uint32_t *word, uint32_t old)
{
    hd_syscall4(SYS_futex, (long)word, FUTEX_WAIT_PRIVATE, (long)old, 0);
}

/* Wakes one that waits there. */
static inline void hd_futex_wake(const uint32_t *word)
{
    hd_syscall4(SYS_futex, (long)word, FUTEX_WAKE_PRIVATE, 1, 0);
}

/* Ends the calling thread and nothing else: no handler and no destructor runs. */
static inline void hd_thread_end(void)
{
    hd_syscall4(SYS_exit, 0, 0, 0, 0);
}

#endif
