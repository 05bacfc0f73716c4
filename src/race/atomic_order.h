/*
 * atomic_order.h - what C11's atomics and fences order (C17, 5.1.2.4, 7.17).
 *
 * To be called where the operation is carried out; order is the compiler's
 * constant (__ATOMIC_RELAXED...).  Each also makes the access itself known to
 * the history, so that a plain access beside an atomic one is a race.
 */
#ifndef HD_RACE_ATOMIC_ORDER_H
#define HD_RACE_ATOMIC_ORDER_H

#include <stddef.h>

#include "detector.h"

void hd__race_atomic_load(const volatile void *addr, size_t size, int order,
                          const void *pc, const void *frame);
void hd__race_atomic_store(const volatile void *addr, size_t size, int order,
                           const void *pc, const void *frame);
/* A read-modify-write, and a compare and swap that succeeds (one that fails is
 * a load with the order of the failure). */
void hd__race_atomic_rmw(const volatile void *addr, size_t size, int order,
                         const void *pc, const void *frame);
void hd__race_fence(int order);

/* What a user's annotations say: an edge through an address. */
void hd__race_acquire(const void *addr);
void hd__race_release(const void *addr);

#endif
