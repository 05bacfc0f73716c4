/* sizes.h - the access sizes of the __tsan_* ABI: X(bytes, log2, bits, type). */
#ifndef HD_INSTRUMENT_SIZES_H
#define HD_INSTRUMENT_SIZES_H

#define HD_SIZES(X)                                                                \
    X(1, 0, 8, uint8_t)                                                            \
    X(2, 1, 16, uint16_t)                                                          \
    X(4, 2, 32, uint32_t)                                                          \
    X(8, 3, 64, uint64_t)                                                          \
    X(16, 4, 128, unsigned __int128)

/* The read-modify-write operations: X(name, new value of old `o` and `v`). */
#define HD_RMWS(X, bits, type)                                                     \
    X(exchange, v, bits, type)                                                     \
    X(fetch_add, (type)(o + v), bits, type)                                        \
    X(fetch_sub, (type)(o - v), bits, type)                                        \
    X(fetch_and, (type)(o & v), bits, type)                                        \
    X(fetch_or, (type)(o | v), bits, type)                                         \
    X(fetch_xor, (type)(o ^ v), bits, type)                                        \
    X(fetch_nand, (type)(~(o & v)), bits, type)

/* log2 of a range's length for a record, rounded up, at most 63. */
static inline unsigned hd__log2_of(unsigned long n)
{
    return n <= 1 ? 0 : 64u - (unsigned)__builtin_clzl(n - 1);
}

#endif
