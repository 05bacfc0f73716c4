/*
 * rwlock.c - Go's sync.RWMutex: many readers or one writer.
 *
 * A writer first becomes *the* writer, against other writers, as with a mutex (a
 * woken one competes again, in an operation of its own).  From then on new
 * readers wait, and it gets the lock from the last reader that leaves.  Its unlock
 * hands the lock to all readers that wait, before another writer can have it.
 *
 *     readers   writer   writing   meaning
 *     n         NULL     false     n readers hold it (0: it is free)
 *     n > 0     w        false     w waits for n readers; new readers wait for w
 *     0         w        true      w holds it
 *
 * Happens-before, as in the Go memory model: an unlock before all later locks; a
 * runlock before later locks, but not before other readers' rlocks.
 */
#include <heddle/rwlock.h>

#include <heddle/panic.h>

#include "home.h"

struct rwlock {
    struct hd_lock lock; /* must come first; all who wait are blocked on it */
    struct hd_task *writer;
    bool writing;
    uint32_t readers;
    struct hd_object to_write, to_read; /* only their queues are used */
    struct hd_vclock read;              /* what runlocks released */
};

/* ---- what a blocked task says ---- */

static bool holds(const struct hd_task *t, const struct hd_object *o)
{
    for (uint32_t i = 0; i < t->helds; i++)
        if (t->held[i] == o)
            return true;
    return false;
}

/* The first task in spawn order that is known to hold it. */
static struct hd_task *holder_of(const struct hd_object *o)
{
    struct hd_exec *x = &hd__exec;
    for (uint32_t i = 0; i < x->tasks; i++)
        if (holds(x->task[i], o))
            return x->task[i];
    return NULL;
}

/*
 * Those who wait for the writer that waits for the only reader wait for that
 * reader in the end, so it is the one for all of them.
 */
static struct hd_task *owner_of(const struct hd_object *o)
{
    const struct rwlock *rw = (const struct rwlock *)o;
    if (rw->writing)
        return rw->writer;
    return rw->readers == 1 ? holder_of(o) : NULL;
}

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct rwlock *rw = (const struct rwlock *)o;
    struct hd_arena *arena = &hd__exec.arena;
    if (rw->writing)
        return hd_arena_printf(
            arena, "locked for writing by %s%s", hd__task_path(rw->writer),
            rw->writer->state == HD_TASK_ENDED ? ", which has ended" : "");
    if (rw->writer == NULL)
        return "free for it, and about to be taken";
    const char *readers =
        rw->readers > 1
            ? hd_arena_printf(arena, "%u readers hold it", rw->readers)
            : hd_arena_printf(arena, "%s holds it for reading",
                              holder_of(o) == NULL ? "a reader"
                                                   : hd__task_path(holder_of(o)));
    if (rw->writer == t)
        return readers;
    return hd_arena_printf(arena, "the writer %s waits for it; %s%s",
                           hd__task_path(rw->writer), readers,
                           holds(t, o) ? ", this task among them" : "");
}

static const struct hd_object_kind kind = {"rwlock", why, owner_of};

/* ---- the operations ---- */

static struct rwlock *get(hd_rwlock *rw, const void *pc)
{
    return hd__lock_of(rw, &rw->impl, &rw->epoch, sizeof(struct rwlock), &kind, pc);
}

void hd_rwlock_init(hd_rwlock *rw)
{
    hd__self("hd_rwlock_init");
    rw->epoch = 0; /* whatever it was before */
    get(rw, __builtin_return_address(0));
}

/* Blocks in one of the two queues, until woken from there. */
static void wait_in(struct rwlock *rw, struct hd_object *queue)
{
    struct hd_waiter w = {.task = hd__cur};
    hd__queue(queue, &w);
    hd__block(&rw->lock.object);
}

static void misuse(struct rwlock *rw, const char *text, const char *panic)
{
    hd__emit(&(struct hd_event){.kind = HD_EVENT_LOCK_MISUSE,
                                .task = hd__cur,
                                .object = &rw->lock.object,
                                .text = text});
    hd_panic("%s", panic);
}

void hd_rwlock_lock(hd_rwlock *handle)
{
    hd__self("hd_rwlock_lock");
    struct rwlock *rw = get(handle, __builtin_return_address(0));
    struct hd_object *o = &rw->lock.object;
    HD_POINT(RWLOCK_LOCK, o->id);
    hd__lock_check(&rw->lock);
    while (rw->writer != NULL) {
        wait_in(rw, &rw->to_write);
        HD_POINT(RWLOCK_LOCK, o->id);
    }
    rw->writer = hd__cur;
    if (rw->readers > 0)
        hd__block(o); /* until the last reader hands over */
    rw->writing = true;
    hd__lock_held(hd__cur, o);
    hd__acquire(&o->clock);
    hd__acquire(&rw->read);
}

void hd_rwlock_unlock(hd_rwlock *handle)
{
    hd__self("hd_rwlock_unlock");
    struct rwlock *rw = get(handle, __builtin_return_address(0));
    struct hd_object *o = &rw->lock.object;
    HD_POINT(RWLOCK_UNLOCK, o->id);
    hd__lock_check(&rw->lock);
    if (!rw->writing)
        misuse(rw, "unlock of an rwlock that is not locked for writing",
               "sync: Unlock of unlocked RWMutex");
    hd__release(&o->clock);
    hd__lock_released(rw->writer, o);
    rw->writer = NULL;
    rw->writing = false;
    rw->readers = rw->to_read.waiters;
    hd__wake_all(&rw->to_read);
    hd__wake_one(&rw->to_write, true);
}

void hd_rwlock_rlock(hd_rwlock *handle)
{
    hd__self("hd_rwlock_rlock");
    struct rwlock *rw = get(handle, __builtin_return_address(0));
    struct hd_object *o = &rw->lock.object;
    HD_POINT(RWLOCK_RLOCK, o->id);
    hd__lock_check(&rw->lock);
    if (rw->writer != NULL)
        wait_in(rw, &rw->to_read); /* the writer's unlock counts it */
    else
        rw->readers++;
    hd__lock_held(hd__cur, o);
    hd__acquire(&o->clock);
}

void hd_rwlock_runlock(hd_rwlock *handle)
{
    hd__self("hd_rwlock_runlock");
    struct rwlock *rw = get(handle, __builtin_return_address(0));
    struct hd_object *o = &rw->lock.object;
    HD_POINT(RWLOCK_RUNLOCK, o->id);
    hd__lock_check(&rw->lock);
    if (rw->readers == 0)
        misuse(rw, "unlock of an rwlock that is not locked for reading",
               "sync: RUnlock of unlocked RWMutex");
    hd__release(&rw->read);
    struct hd_task *reader = holds(hd__cur, o) ? hd__cur : holder_of(o);
    if (reader != NULL)
        hd__lock_released(reader, o);
    if (--rw->readers > 0 || rw->writer == NULL)
        return;
    rw->writing = true;
    hd__wake(rw->writer);
}
