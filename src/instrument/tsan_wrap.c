/*
 * tsan_wrap.c - scheduling points in flavor tsan, in front of the real runtime.
 *
 * The linker's --wrap (tsan_wrap.rsp) sends the instrumented code's calls here;
 * each yields and then *tail-calls* the real function, so that TSan, which
 * takes the caller's PC from its return address, still sees user code.
 *
 * Whether an atomic changes its memory is found out beforehand: nothing can
 * come between, since only this task runs.
 */
#include <stddef.h>
#include <stdint.h>

#include "atomic.h"
#include "linked.h"
#include "sizes.h"
#include "tail.h"

HD_LINKS(hd__libc_wrap_linked);

#define PLAIN_ONE(name, op, log)                                                   \
    extern void __real___tsan_##name(void *a);                                     \
    void __wrap___tsan_##name(void *a)                                             \
    {                                                                              \
        hd__access(op, log, a, PC, FRAME);                                         \
        TAIL __real___tsan_##name(a);                                              \
    }
#define PLAIN(bytes, log, bits, type)                                              \
    PLAIN_ONE(read##bytes, HD_OP_READ, log)                                        \
    PLAIN_ONE(write##bytes, HD_OP_WRITE, log)
HD_SIZES(PLAIN)
#define UNALIGNED(bytes, log)                                                      \
    PLAIN_ONE(unaligned_read##bytes, HD_OP_READ, log)                              \
    PLAIN_ONE(unaligned_write##bytes, HD_OP_WRITE, log)
UNALIGNED(2, 1)
UNALIGNED(4, 2)
UNALIGNED(8, 3)
UNALIGNED(16, 4)

extern void __real___tsan_read_range(void *a, unsigned long size);
void __wrap___tsan_read_range(void *a, unsigned long size)
{
    if (size > 0)
        hd__access(HD_OP_READ_RANGE, hd__log2_of(size), a, PC, FRAME);
    TAIL __real___tsan_read_range(a, size);
}

extern void __real___tsan_write_range(void *a, unsigned long size);
void __wrap___tsan_write_range(void *a, unsigned long size)
{
    if (size > 0)
        hd__access(HD_OP_WRITE_RANGE, hd__log2_of(size), a, PC, FRAME);
    TAIL __real___tsan_write_range(a, size);
}

extern void __real___tsan_vptr_read(void **a);
void __wrap___tsan_vptr_read(void **a)
{
    hd__access(HD_OP_READ, 3, a, PC, FRAME);
    TAIL __real___tsan_vptr_read(a);
}

extern void __real___tsan_vptr_update(void **a, void *v);
void __wrap___tsan_vptr_update(void **a, void *v)
{
    hd__access(HD_OP_WRITE, 3, a, PC, FRAME);
    TAIL __real___tsan_vptr_update(a, v);
}

extern void *__real___tsan_memcpy(void *to, const void *from, unsigned long n);
void *__wrap___tsan_memcpy(void *to, const void *from, unsigned long n)
{
    if (n > 0) {
        hd__access(HD_OP_READ_RANGE, hd__log2_of(n), from, PC, FRAME);
        hd__access(HD_OP_WRITE_RANGE, hd__log2_of(n), to, PC, FRAME);
    }
    TAIL __real___tsan_memcpy(to, from, n);
}

extern void *__real___tsan_memmove(void *to, const void *from, unsigned long n);
void *__wrap___tsan_memmove(void *to, const void *from, unsigned long n)
{
    if (n > 0) {
        hd__access(HD_OP_READ_RANGE, hd__log2_of(n), from, PC, FRAME);
        hd__access(HD_OP_WRITE_RANGE, hd__log2_of(n), to, PC, FRAME);
    }
    TAIL __real___tsan_memmove(to, from, n);
}

extern void *__real___tsan_memset(void *to, int c, unsigned long n);
void *__wrap___tsan_memset(void *to, int c, unsigned long n)
{
    if (n > 0)
        hd__access(HD_OP_WRITE_RANGE, hd__log2_of(n), to, PC, FRAME);
    TAIL __real___tsan_memset(to, c, n);
}

/* ---- atomics ---- */

#define LOAD_STORE(bytes, log, bits, type)                                         \
    extern type __real___tsan_atomic##bits##_load(const volatile type *a,          \
                                                  int order);                      \
    type __wrap___tsan_atomic##bits##_load(const volatile type *a, int order)      \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_LOAD, log, (const void *)a, PC, FRAME);            \
        TAIL __real___tsan_atomic##bits##_load(a, order);                          \
    }                                                                              \
    extern void __real___tsan_atomic##bits##_store(volatile type *a, type v,       \
                                                   int order);                     \
    void __wrap___tsan_atomic##bits##_store(volatile type *a, type v, int order)   \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_STORE, log, (const void *)a, PC, FRAME);           \
        hd__atomic_same(a, hd__atomic_load##bits(a) == v);                         \
        TAIL __real___tsan_atomic##bits##_store(a, v, order);                      \
    }
HD_SIZES(LOAD_STORE)

#define RMW(name, result, bits, type)                                              \
    extern type __real___tsan_atomic##bits##_##name(volatile type *a, type v,      \
                                                    int order);                    \
    type __wrap___tsan_atomic##bits##_##name(volatile type *a, type v, int order)  \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_RMW, bits == 128 ? 4 : __builtin_ctz(bits / 8),    \
                   (const void *)a, PC, FRAME);                                    \
        type o = hd__atomic_load##bits(a);                                         \
        hd__atomic_same(a, o == result);                                           \
        TAIL __real___tsan_atomic##bits##_##name(a, v, order);                     \
    }
#define RMWS(bytes, log, bits, type) HD_RMWS(RMW, bits, type)
HD_SIZES(RMWS)

#define NOTE_CAS(bits, a, expected, v)                                             \
    do {                                                                           \
        hd__atomic_same(a, hd__atomic_load##bits(a) != (expected) ||               \
                               (expected) == (v));                                 \
    } while (0)

#define CAS(bytes, log, bits, type)                                                \
    extern int __real___tsan_atomic##bits##_compare_exchange_strong(               \
        volatile type *a, type *e, type v, int order, int order_fail);             \
    int __wrap___tsan_atomic##bits##_compare_exchange_strong(                      \
        volatile type *a, type *e, type v, int order, int order_fail)              \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_CAS, log, (const void *)a, PC, FRAME);             \
        NOTE_CAS(bits, a, *e, v);                                                  \
        TAIL __real___tsan_atomic##bits##_compare_exchange_strong(a, e, v, order,  \
                                                                  order_fail);     \
    }                                                                              \
    extern int __real___tsan_atomic##bits##_compare_exchange_weak(                 \
        volatile type *a, type *e, type v, int order, int order_fail);             \
    int __wrap___tsan_atomic##bits##_compare_exchange_weak(                        \
        volatile type *a, type *e, type v, int order, int order_fail)              \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_CAS, log, (const void *)a, PC, FRAME);             \
        NOTE_CAS(bits, a, *e, v);                                                  \
        TAIL __real___tsan_atomic##bits##_compare_exchange_weak(a, e, v, order,    \
                                                                order_fail);       \
    }                                                                              \
    extern type __real___tsan_atomic##bits##_compare_exchange_val(                 \
        volatile type *a, type e, type v, int order, int order_fail);              \
    type __wrap___tsan_atomic##bits##_compare_exchange_val(                        \
        volatile type *a, type e, type v, int order, int order_fail)               \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_CAS, log, (const void *)a, PC, FRAME);             \
        NOTE_CAS(bits, a, e, v);                                                   \
        TAIL __real___tsan_atomic##bits##_compare_exchange_val(a, e, v, order,     \
                                                               order_fail);        \
    }
HD_SIZES(CAS)

extern void __real___tsan_atomic_thread_fence(int order);
void __wrap___tsan_atomic_thread_fence(int order)
{
    hd__access(HD_OP_FENCE, 0, NULL, PC, FRAME);
    TAIL __real___tsan_atomic_thread_fence(order);
}
