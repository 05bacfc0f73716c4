/*
 * atomic.h - real atomic operations of every size, for the ABI and the wraps.
 *
 * 16 bytes are done without the hardware's help: only one task runs at a time,
 * and a dependency on libatomic is not worth what unmanaged threads could see.
 */
#ifndef HD_INSTRUMENT_ATOMIC_H
#define HD_INSTRUMENT_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include "../engine/engine.h"

#define HD__ATOMIC(bits, type)                                                     \
    static inline type hd__atomic_load##bits(const volatile type *a)               \
    {                                                                              \
        return __atomic_load_n(a, __ATOMIC_SEQ_CST);                               \
    }                                                                              \
    static inline type hd__atomic_exchange##bits(volatile type *a, type v)         \
    {                                                                              \
        return __atomic_exchange_n(a, v, __ATOMIC_SEQ_CST);                        \
    }                                                                              \
    static inline bool hd__atomic_cas##bits(volatile type *a, type *e, type v)     \
    {                                                                              \
        return __atomic_compare_exchange_n(a, e, v, false, __ATOMIC_SEQ_CST,       \
                                           __ATOMIC_SEQ_CST);                      \
    }
HD__ATOMIC(8, uint8_t)
HD__ATOMIC(16, uint16_t)
HD__ATOMIC(32, uint32_t)
HD__ATOMIC(64, uint64_t)

static inline unsigned __int128 hd__atomic_load128(
    const volatile unsigned __int128 *a)
{
    return *a;
}
static inline unsigned __int128 hd__atomic_exchange128(
    volatile unsigned __int128 *a, unsigned __int128 v)
{
    unsigned __int128 old = *a;
    *a = v;
    return old;
}
static inline bool hd__atomic_cas128(volatile unsigned __int128 *a,
                                     unsigned __int128 *e, unsigned __int128 v)
{
    unsigned __int128 old = *a;
    if (old == *e) {
        *a = v;
        return true;
    }
    *e = old;
    return false;
}

/*
 * Says whether the atomic just recorded left the memory as it was: a failed
 * compare and swap, a spin lock's exchange of 1 for 1.  For the livelock check
 * it then counts as a look - but not the first time that this execution touches
 * the memory, since then what was there may be left over from an earlier one.
 */
static inline void hd__atomic_same(const volatile void *addr, bool same)
{
    if (hd__cur == NULL || !hd__touched((uintptr_t)addr) || !same)
        return;
    struct hd_record *r = hd__trace.next - 1;
    r->where = (r->where & ~((uint64_t)0xff << 48)) | (uint64_t)HD_OP_ATOMIC_SAME
                                                          << 48;
}

#endif
