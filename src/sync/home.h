/*
 * home.h - where a lock lives.
 *
 * A lock knows the address of its handle, from hd_*_init() or its first use.
 * The handle at another address is a copy, hence another lock, as in real life:
 * it gets an object of its own, and using it is reported, once, by the operation
 * that finds out.
 *
 * Not seen: the state of a lock that is copied while it is locked; the copy is
 * free.  A copy made before the first use without an init is no copy.
 */
#ifndef HD_SYNC_HOME_H
#define HD_SYNC_HOME_H

#include "../engine/object.h"

/* The start of every lock; zeroed before first use. */
struct hd_lock {
    struct hd_object object;
    const void *home;             /* the handle's address */
    const struct hd_object *twin; /* what it is a copy of, until that is reported */
};

/* The lock behind a handle, like hd__object_of(). */
static inline void *hd__lock_of(const void *handle, void **impl, uint64_t *epoch,
                                size_t size, const struct hd_object_kind *kind,
                                const void *pc)
{
    struct hd_lock *l = hd__object_of(impl, epoch, size, kind, pc);
    if (l->home != NULL && l->home != handle) {
        const struct hd_object *original = &l->object;
        *epoch = 0;
        l = hd__object_of(impl, epoch, size, kind, pc);
        l->twin = original;
    }
    l->home = handle;
    return l;
}

/* After the scheduling point of each operation. */
static inline void hd__lock_check(struct hd_lock *l)
{
    if (l->twin == NULL)
        return;
    const char *text =
        hd_arena_printf(&hd__exec.arena,
                        "a copy of %s is used, at another address than that "
                        "where it was initialised",
                        hd__object_name(l->twin));
    l->twin = NULL;
    hd__emit(&(struct hd_event){.kind = HD_EVENT_LOCK_MISUSE,
                                .task = hd__cur,
                                .object = &l->object,
                                .text = text});
}

#endif
