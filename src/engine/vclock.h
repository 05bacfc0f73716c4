/*
 * vclock.h - vector clocks: the happens-before order among tasks.
 *
 * Lamport 1978, Fidge 1988, Mattern 1989.  Component i counts the releases of
 * task i.  Every synchronisation of src/sync is a release on the one side and
 * an acquire on the other; the same calls tell ThreadSanitizer, so that there
 * is one place where edges are made.
 */
#ifndef HD_ENGINE_VCLOCK_H
#define HD_ENGINE_VCLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct hd_task;

/* Grows on demand, in the execution's arena; missing components are 0. */
struct hd_vclock {
    uint32_t *c;
    uint32_t n;
};

/* One moment of one task. */
struct hd_epoch {
    uint32_t task, time;
};

void hd__vclock_join(struct hd_vclock *to, const struct hd_vclock *from);
/* Makes `to` what `from` is; `from` knows at least what `to` knows. */
void hd__vclock_copy(struct hd_vclock *to, const struct hd_vclock *from);

/* The task's own component moves on: what it does next is of a new moment. */
void hd__vclock_tick(struct hd_task *t);

/* The current task releases to, or acquires from, a clock that sits in an
 * object; key is the address that stands for it towards TSan. */
void hd__release(struct hd_vclock *c);
void hd__acquire(struct hd_vclock *c);

/* The same on behalf of another task, which is suspended: what a channel does
 * for the party that waits. */
void hd__release_for(struct hd_task *t, struct hd_vclock *c);
void hd__acquire_for(struct hd_task *t, struct hd_vclock *c);

#endif
