/*
 * tsan_abi.c - ThreadSanitizer's ABI, provided by heddle (flavors race, asan).
 *
 * Code under test is compiled with -fsanitize=thread but linked without its
 * runtime, so these functions are what its accesses call.  Each is a scheduling
 * point, and known to the race detector (src/race) once it was scheduled.
 * Plain accesses are never dereferenced here: a NULL must crash in the user's
 * code.  Atomics are carried out here; heddle runs one task at a time,
 * but the operations stay real atomics for threads it does not manage.
 *
 * In flavor asan an atomic has become a call before ASan sees it, so each does
 * ASan's check: after being scheduled, before the operation.
 *
 * Nothing here is linked in flavor tsan: the real runtime defines the names.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../engine/engine.h"
#include "../race/atomic_order.h"
#include "atomic.h"
#include "linked.h"
#include "sizes.h"
#include "tail.h"

const char hd__tsan_abi = 1; /* see hd_flavor() */
HD_LINKS(hd__heap_linked);
HD_LINKS(hd__libc_wrap_linked);

#define WEAK __attribute__((weak))

/* ---- plain accesses ---- */

/* A plain access: it is scheduled, and then the race detector sees it. */
static inline void plain(enum hd_op_kind op, enum hd_access_kind kind, unsigned log,
                         const void *a, const void *pc, const void *frame)
{
    hd__access(op, log, a, pc, frame);
    hd__race_access(kind, a, (size_t)1 << log, pc, frame);
}

static inline void range(enum hd_op_kind op, enum hd_access_kind kind,
                         const void *a, size_t n, const void *pc, const void *frame)
{
    hd__access(op, hd__log2_of(n), a, pc, frame);
    hd__race_access(kind, a, n, pc, frame);
}

#define READ(log, a, pc) plain(HD_OP_READ, HD_ACCESS_READ, log, a, pc, FRAME)
#define WRITE(log, a, pc) plain(HD_OP_WRITE, HD_ACCESS_WRITE, log, a, pc, FRAME)
#define READ_RANGE(a, n) range(HD_OP_READ_RANGE, HD_ACCESS_READ, a, n, PC, FRAME)
#define WRITE_RANGE(a, n) range(HD_OP_WRITE_RANGE, HD_ACCESS_WRITE, a, n, PC, FRAME)

#define PLAIN(bytes, log, bits, type)                                              \
    void __tsan_read##bytes(void *a)                                               \
    {                                                                              \
        READ(log, a, PC);                                                          \
    }                                                                              \
    void __tsan_write##bytes(void *a)                                              \
    {                                                                              \
        WRITE(log, a, PC);                                                         \
    }                                                                              \
    void __tsan_unaligned_read##bytes(void *a)                                     \
    {                                                                              \
        READ(log, a, PC);                                                          \
    }                                                                              \
    void __tsan_unaligned_write##bytes(void *a)                                    \
    {                                                                              \
        WRITE(log, a, PC);                                                         \
    }                                                                              \
    void __tsan_read##bytes##_pc(void *a, void *pc)                                \
    {                                                                              \
        READ(log, a, pc);                                                          \
    }                                                                              \
    void __tsan_write##bytes##_pc(void *a, void *pc)                               \
    {                                                                              \
        WRITE(log, a, pc);                                                         \
    }
HD_SIZES(PLAIN)

void __tsan_read_range(void *a, unsigned long size)
{
    if (size > 0)
        READ_RANGE(a, size);
}

void __tsan_write_range(void *a, unsigned long size)
{
    if (size > 0)
        WRITE_RANGE(a, size);
}

void __tsan_vptr_read(void **a)
{
    READ(3, a, PC);
}

void __tsan_vptr_update(void **a, void *v)
{
    (void)v;
    WRITE(3, a, PC);
}

/* ---- memory blocks: two points, the reading and the writing ---- */

extern void *__asan_memcpy(void *to, const void *from, size_t n) WEAK;
extern void *__asan_memmove(void *to, const void *from, size_t n) WEAK;
extern void *__asan_memset(void *to, int c, size_t n) WEAK;

void *__tsan_memcpy(void *to, const void *from, size_t n)
{
    if (n > 0) {
        READ_RANGE(from, n);
        WRITE_RANGE(to, n);
    }
    return __asan_memcpy ? __asan_memcpy(to, from, n) : memcpy(to, from, n);
}

void *__tsan_memmove(void *to, const void *from, size_t n)
{
    if (n > 0) {
        READ_RANGE(from, n);
        WRITE_RANGE(to, n);
    }
    return __asan_memmove ? __asan_memmove(to, from, n) : memmove(to, from, n);
}

void *__tsan_memset(void *to, int c, size_t n)
{
    if (n > 0)
        WRITE_RANGE(to, n);
    return __asan_memset ? __asan_memset(to, c, n) : memset(to, c, n);
}

/* ---- atomics ---- */

#define ASAN_CHECKS(bytes, log, bits, type)                                        \
    extern void __asan_load##bytes(const volatile void *a) WEAK;                   \
    extern void __asan_store##bytes(const volatile void *a) WEAK;                  \
    static void asan_load##bits(const volatile void *a)                            \
    {                                                                              \
        if (__asan_load##bytes)                                                    \
            __asan_load##bytes(a);                                                 \
    }                                                                              \
    static void asan_store##bits(const volatile void *a)                           \
    {                                                                              \
        if (__asan_store##bytes)                                                   \
            __asan_store##bytes(a);                                                \
    }
HD_SIZES(ASAN_CHECKS)

#define LOAD_STORE(bytes, log, bits, type)                                         \
    type __tsan_atomic##bits##_load(const volatile type *a, int order)             \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_LOAD, log, (const void *)a, PC, FRAME);            \
        hd__race_atomic_load(a, bytes, order, PC, FRAME);                          \
        asan_load##bits(a);                                                        \
        return hd__atomic_load##bits(a);                                           \
    }                                                                              \
    void __tsan_atomic##bits##_store(volatile type *a, type v, int order)          \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_STORE, log, (const void *)a, PC, FRAME);           \
        hd__race_atomic_store(a, bytes, order, PC, FRAME);                         \
        asan_store##bits(a);                                                       \
        hd__atomic_same(a, hd__atomic_exchange##bits(a, v) == v);                  \
    }
HD_SIZES(LOAD_STORE)

#define RMW(name, result, bits, type)                                              \
    type __tsan_atomic##bits##_##name(volatile type *a, type v, int order)         \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_RMW, bits == 128 ? 4 : __builtin_ctz(bits / 8),    \
                   (const void *)a, PC, FRAME);                                    \
        hd__race_atomic_rmw(a, bits / 8, order, PC, FRAME);                        \
        asan_store##bits(a);                                                       \
        type o = hd__atomic_load##bits(a);                                         \
        while (!hd__atomic_cas##bits(a, &o, result))                               \
            ;                                                                      \
        hd__atomic_same(a, o == result);                                           \
        return o;                                                                  \
    }
#define RMWS(bytes, log, bits, type) HD_RMWS(RMW, bits, type)
HD_SIZES(RMWS)

/*
 * Whether it succeeds is known beforehand, since only this task runs: a compare
 * and swap that fails is a load to the race detector.
 */
#define CAS(bytes, log, bits, type)                                                \
    static bool cas##bits(volatile type *a, type *expected, type v, int order,     \
                          int order_fail, const void *pc, const void *frame)       \
    {                                                                              \
        hd__access(HD_OP_ATOMIC_CAS, log, (const void *)a, pc, frame);             \
        if (hd__atomic_load##bits(a) == *expected)                                 \
            hd__race_atomic_rmw(a, bytes, order, pc, frame);                       \
        else                                                                       \
            hd__race_atomic_load(a, bytes, order_fail, pc, frame);                 \
        asan_store##bits(a);                                                       \
        bool same = *expected == v;                                                \
        bool done = hd__atomic_cas##bits(a, expected, v);                          \
        hd__atomic_same(a, !done || same);                                         \
        return done;                                                               \
    }                                                                              \
    int __tsan_atomic##bits##_compare_exchange_strong(                             \
        volatile type *a, type *e, type v, int order, int order_fail)              \
    {                                                                              \
        return cas##bits(a, e, v, order, order_fail, PC, FRAME);                   \
    }                                                                              \
    int __tsan_atomic##bits##_compare_exchange_weak(                               \
        volatile type *a, type *e, type v, int order, int order_fail)              \
    {                                                                              \
        return cas##bits(a, e, v, order, order_fail, PC, FRAME);                   \
    }                                                                              \
    type __tsan_atomic##bits##_compare_exchange_val(                               \
        volatile type *a, type e, type v, int order, int order_fail)               \
    {                                                                              \
        (void)cas##bits(a, &e, v, order, order_fail, PC, FRAME);                   \
        return e;                                                                  \
    }
HD_SIZES(CAS)

void __tsan_atomic_thread_fence(int order)
{
    hd__access(HD_OP_FENCE, 0, NULL, PC, FRAME);
    hd__race_fence(order);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order)
{
    (void)order;
}

/* ---- the rest of the ABI ---- */

/* Stacks are walked over frame pointers, so calls need not be counted. */
void __tsan_func_entry(void *pc)
{
    (void)pc;
}
void __tsan_func_exit(void)
{
}
void __tsan_init(void)
{
}
