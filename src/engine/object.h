/*
 * object.h - what all synchronisation objects share: an id by first use, a
 * kind, the place where it was made, and a queue of waiting tasks.
 *
 * Objects that are created by a call (channels, contexts, maps) are allocated
 * there.  Objects that are zero-initialised structs in user memory (mutex,
 * waitgroup) hold a pointer to one, made on first use in each execution; the
 * epoch beside the pointer tells a stale one apart.
 */
#ifndef HD_ENGINE_OBJECT_H
#define HD_ENGINE_OBJECT_H

#include <stdint.h>

#include "engine.h"

/* How a kind of object speaks of itself in reports. */
struct hd_object_kind {
    const char *name; /* "channel" */
    /* Why a task that is blocked on it cannot go on; in the arena. */
    const char *(*why)(const struct hd_object *o, const struct hd_task *t);
    /* The task that alone can let others go on (a lock's owner), or NULL. */
    struct hd_task *(*owner)(const struct hd_object *o);
};

struct hd_waiter {
    struct hd_task *task;
    struct hd_waiter *next, *prev;
    struct hd_object *object; /* whose queue it is in; NULL: none */
};

struct hd_object {
    const struct hd_object_kind *kind;
    uint32_t id;     /* by first use, from 1 */
    uint32_t number; /* among those of its kind, from 1 */
    uintptr_t pc;    /* where it was made or first used */
    struct hd_vclock clock;
    struct hd_waiter *first, *last;
    uint32_t waiters;
};

/* Fills in a zeroed object. */
void hd__object_init(struct hd_object *o, const struct hd_object_kind *kind,
                     const void *pc);

/*
 * The object behind a handle {impl, epoch} in user memory; allocates `size`
 * zeroed bytes that start with a struct hd_object if there is none yet.
 */
void *hd__object_of(void **impl, uint64_t *epoch, size_t size,
                    const struct hd_object_kind *kind, const void *pc);

/* Queues w (its task set) at the end; takes it out if it is in a queue. */
void hd__queue(struct hd_object *o, struct hd_waiter *w);
void hd__unqueue(struct hd_waiter *w);

/* Blocks the current task in o's queue until it was taken out and woken. */
void hd__wait(struct hd_object *o);

/* Takes out a waiter (which one is a decision if `choose`) and wakes it. */
struct hd_task *hd__wake_one(struct hd_object *o, bool choose);
void hd__wake_all(struct hd_object *o);

/*
 * The current task has taken a lock; a task has lost one that it held (or not:
 * then nothing happens).  What oracles know of locks comes from here.
 */
void hd__lock_held(struct hd_task *t, struct hd_object *lock);
void hd__lock_released(struct hd_task *t, const struct hd_object *lock);

/* "channel #2", in the arena. */
const char *hd__object_name(const struct hd_object *o);

#endif
