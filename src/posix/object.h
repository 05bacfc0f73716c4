/*
 * object.h - the objects behind POSIX handles.
 *
 * A handle (pthread_mutex_t...) is the user's memory, and for libc it stays what
 * it was when it was initialised: a lock that an execution used can be used
 * outside one, and the other way round.  What an execution knows of it is in an
 * object of its own, found by the handle's address and dropped with the
 * execution.  An object that the execution meets first is made from the bytes
 * that libc, or a static initialiser, left there.
 *
 * Two marks are put into the handle.  A stamp, in bytes that libc does not use,
 * says which object it belongs to: where it is gone, somebody has initialised
 * the memory anew; where it is that of a handle elsewhere, this one is a copy
 * (sync/home.h).  And destroying leaves a mark that tells a use after it.
 *
 * Not seen: an initialiser that is assigned to a condition variable again while
 * tasks wait for it, since no byte of that is free for a stamp.
 */
#ifndef HD_POSIX_OBJECT_H
#define HD_POSIX_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../sync/home.h"
#include "real.h"

/* How every object of this room starts. */
struct hd_posix {
    struct hd_lock lock;
    bool destroyed;
};

/* What destroying leaves in the first four bytes of a handle. */
#define HD_POSIX_DESTROYED 0xdeadd1edu

struct hd_posix_type {
    struct hd_object_kind kind;
    size_t size;   /* of the object */
    size_t handle; /* bytes of the handle */
    size_t stamp;  /* offset of eight unused bytes in it; 0: there are none */
    /* Takes over what libc knows of a handle; NULL: nothing. */
    void (*import)(void *object, const void *handle);
    /* Why it must not be destroyed or initialised now, or NULL. */
    const char *(*busy)(const void *object);
};

/* The object behind a handle, made if the execution meets it first. */
void *hd__posix_of(const void *handle, const struct hd_posix_type *type,
                   const void *pc);

/*
 * The scheduling point of an operation.  Returns the object as it is then, or
 * NULL if the handle was destroyed, which has been reported: EINVAL.
 */
void *hd__posix_enter(enum hd_op_kind op, const void *handle,
                      const struct hd_posix_type *type, struct hd_caller c);

/* The operation "init": a new object.  The caller fills in the handle after. */
void *hd__posix_init(void *handle, const struct hd_posix_type *type,
                     struct hd_caller c);
/* To be called when the handle's bytes are what libc expects. */
void hd__posix_stamp(void *handle, const struct hd_posix_type *type);

/* The operation "destroy": 0, EBUSY (reported) or EINVAL (reported). */
int hd__posix_destroy(void *handle, const struct hd_posix_type *type,
                      struct hd_caller c);

/* Undefined behaviour, at the current operation. */
void hd__posix_misuse(void *object, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "main.1", for texts. */
const char *hd__who(const struct hd_task *t);

#endif
