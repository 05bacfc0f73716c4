/*
 * object.c - see object.h.
 *
 * The table is keyed by address, with open addressing, and only ever looked up
 * in: no order of its slots reaches anybody.  An entry of an earlier execution
 * counts as empty.
 */
#include "object.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../instrument/sanitizer.h"
#include "thread.h"

struct slot {
    const void *handle;
    uint64_t epoch;
    struct hd_posix *object;
};

static struct {
    struct slot *slot;
    size_t size; /* a power of two, at most half full */
    size_t used; /* in the execution `epoch` */
    uint64_t epoch;
} table;

/* The slot of a handle, or the empty one where it belongs. */
static struct slot *slot_of(const void *handle)
{
    size_t i = ((uintptr_t)handle >> 2) * 0x9e3779b97f4a7c15u >> 20;
    for (;; i++) {
        struct slot *s = &table.slot[i & (table.size - 1)];
        if (s->epoch != hd__exec.epoch || s->handle == handle)
            return s;
    }
}

static void room_for_one_more(void)
{
    enum { FIRST = 256 };
    if (table.epoch != hd__exec.epoch) {
        table.epoch = hd__exec.epoch;
        table.used = 0;
    }
    if (table.used < table.size / 2)
        return;
    struct slot *old = table.slot;
    size_t old_size = table.size;
    table.size = old_size == 0 ? FIRST : old_size * 2;
    table.slot = calloc(table.size, sizeof *table.slot);
    if (table.slot == NULL)
        hd_die("no memory for %zu POSIX objects", table.size);
    for (size_t i = 0; i < old_size; i++)
        if (old[i].epoch == hd__exec.epoch)
            *slot_of(old[i].handle) = old[i];
    free(old);
}

/* ---- the marks in a handle ---- */

static bool has_mark(const void *handle)
{
    uint32_t word;
    memcpy(&word, handle, sizeof word);
    return word == HD_POSIX_DESTROYED;
}

static uint64_t stamp_of(const struct hd_posix *p)
{
    return hd__exec.epoch << 32 | p->lock.object.id;
}

static uint64_t stamp_in(const void *handle, const struct hd_posix_type *type)
{
    uint64_t stamp;
    memcpy(&stamp, (const char *)handle + type->stamp, sizeof stamp);
    return stamp;
}

void hd__posix_stamp(void *handle, const struct hd_posix_type *type)
{
    uint64_t stamp = stamp_of(slot_of(handle)->object);
    if (type->stamp != 0)
        memcpy((char *)handle + type->stamp, &stamp, sizeof stamp);
}

/* The object of this execution whose stamp a handle carries, or NULL. */
static struct hd_posix *stamped(uint64_t stamp, const struct hd_posix_type *type)
{
    if (stamp >> 32 != (hd__exec.epoch & UINT32_MAX) || stamp == 0)
        return NULL;
    for (size_t i = 0; i < table.size; i++) {
        const struct slot *s = &table.slot[i];
        if (s->epoch == hd__exec.epoch && stamp_of(s->object) == stamp &&
            s->object->lock.object.kind == &type->kind)
            return s->object;
    }
    return NULL;
}

/* ---- finding and making ---- */

/* Whether the memory still is the handle that the object was made for. */
static bool is_current(const struct hd_posix *p, const void *handle,
                       const struct hd_posix_type *type)
{
    if (p->lock.object.kind != &type->kind)
        return false;
    if (p->destroyed)
        return has_mark(handle);
    return type->stamp == 0 || stamp_in(handle, type) == stamp_of(p);
}

static struct hd_posix *find(const void *handle, const struct hd_posix_type *type)
{
    room_for_one_more();
    struct slot *s = slot_of(handle);
    if (s->epoch != hd__exec.epoch || !is_current(s->object, handle, type))
        return NULL;
    return s->object;
}

static struct hd_posix *make(const void *handle, const struct hd_posix_type *type,
                             const void *pc)
{
    struct hd_posix *p = hd_arena_alloc(&hd__exec.arena, type->size);
    hd__object_init(&p->lock.object, &type->kind, pc);
    p->lock.home = handle;
    struct slot *s = slot_of(handle);
    table.used += s->epoch != hd__exec.epoch;
    *s = (struct slot){handle, hd__exec.epoch, p};
    return p;
}

void *hd__posix_of(const void *handle, const struct hd_posix_type *type,
                   const void *pc)
{
    hd__check_user_range(handle, type->handle);
    struct hd_posix *p = find(handle, type);
    if (p != NULL)
        return p;
    p = make(handle, type, pc);
    if (type->import != NULL)
        type->import(p, handle);
    if (type->stamp != 0) {
        const struct hd_posix *twin = stamped(stamp_in(handle, type), type);
        if (twin != NULL && twin != p)
            p->lock.twin = &twin->lock.object;
        hd__posix_stamp((void *)handle, type);
    }
    return p;
}

/* ---- operations ---- */

void hd__posix_misuse(void *object, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    const char *text = hd_arena_vprintf(&hd__exec.arena, format, ap);
    va_end(ap);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_LOCK_MISUSE,
                                .task = hd__cur,
                                .object = object,
                                .text = text});
}

const char *hd__who(const struct hd_task *t)
{
    return t == hd__cur ? "the caller" : hd__task_path(t);
}

/* While the task waited for its turn, others may have destroyed the object. */
void *hd__posix_enter(enum hd_op_kind op, const void *handle,
                      const struct hd_posix_type *type, struct hd_caller c)
{
    struct hd_posix *p = hd__posix_of(handle, type, c.pc);
    hd__point(op, p->lock.object.id, c.pc, c.frame);
    hd__cancel_async();
    p = hd__posix_of(handle, type, c.pc);
    hd__lock_check(&p->lock);
    if (!p->destroyed)
        return p;
    hd__posix_misuse(p, "use of %s after it was destroyed",
                     hd__object_name(&p->lock.object));
    return NULL;
}

void *hd__posix_init(void *handle, const struct hd_posix_type *type,
                     struct hd_caller c)
{
    hd__check_user_range(handle, type->handle);
    struct hd_posix *p = find(handle, type);
    hd__point(HD_OP_INIT, p == NULL ? 0 : p->lock.object.id, c.pc, c.frame);
    p = find(handle, type);
    const char *busy = p == NULL || p->destroyed ? NULL : type->busy(p);
    if (busy != NULL)
        hd__posix_misuse(p, "%s is initialised again while %s",
                         hd__object_name(&p->lock.object), busy);
    memset(handle, 0, type->handle);
    return make(handle, type, c.pc);
}

int hd__posix_destroy(void *handle, const struct hd_posix_type *type,
                      struct hd_caller c)
{
    static const uint32_t mark = HD_POSIX_DESTROYED;
    struct hd_posix *p = hd__posix_enter(HD_OP_DESTROY, handle, type, c);
    if (p == NULL)
        return EINVAL;
    const char *busy = type->busy(p);
    if (busy != NULL) {
        hd__posix_misuse(p, "%s is destroyed while %s",
                         hd__object_name(&p->lock.object), busy);
        return EBUSY;
    }
    p->destroyed = true;
    memcpy(handle, &mark, sizeof mark);
    return 0;
}
