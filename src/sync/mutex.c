/*
 * mutex.c - Go's sync.Mutex: not recursive, any task may unlock, and a woken
 * waiter competes again.  An attempt that follows a wake-up is an operation of
 * its own, hence a scheduling point of its own.
 */
#include <heddle/mutex.h>

#include <heddle/panic.h>

#include "../engine/object.h"

struct mutex {
    struct hd_object object;
    struct hd_task *owner; /* NULL: free */
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_task *owner = ((const struct mutex *)o)->owner;
    if (owner == NULL)
        return "free, and about to be taken";
    if (owner == t)
        return "it holds the lock itself";
    return hd_arena_printf(&hd__exec.arena, "held by %s%s", hd__task_path(owner),
                           owner->state == HD_TASK_ENDED ? ", which has ended"
                                                         : "");
}

static struct hd_task *owner_of(const struct hd_object *o)
{
    return ((const struct mutex *)o)->owner;
}

static const struct hd_object_kind kind = {"mutex", why, owner_of};

static struct mutex *get(hd_mutex *mu, const void *pc)
{
    return hd__object_of(&mu->impl, &mu->epoch, sizeof(struct mutex), &kind, pc);
}

void hd_mutex_lock(hd_mutex *mu)
{
    hd__self("hd_mutex_lock");
    struct mutex *m = get(mu, __builtin_return_address(0));
    HD_POINT(MUTEX_LOCK, m->object.id);
    while (m->owner != NULL) {
        hd__wait(&m->object);
        HD_POINT(MUTEX_LOCK, m->object.id);
    }
    m->owner = hd__cur;
    hd__acquire(&m->object.clock);
}

bool hd_mutex_trylock(hd_mutex *mu)
{
    hd__self("hd_mutex_trylock");
    struct mutex *m = get(mu, __builtin_return_address(0));
    HD_POINT(MUTEX_TRYLOCK, m->object.id);
    if (m->owner != NULL)
        return false;
    hd__changed();
    m->owner = hd__cur;
    hd__acquire(&m->object.clock);
    return true;
}

void hd_mutex_unlock(hd_mutex *mu)
{
    hd__self("hd_mutex_unlock");
    struct mutex *m = get(mu, __builtin_return_address(0));
    HD_POINT(MUTEX_UNLOCK, m->object.id);
    if (m->owner == NULL) {
        hd__emit(&(struct hd_event){.kind = HD_EVENT_LOCK_MISUSE,
                                    .task = hd__cur,
                                    .object = &m->object,
                                    .text = "unlock of an unlocked mutex"});
        hd_panic("sync: unlock of unlocked mutex");
    }
    hd__release(&m->object.clock);
    m->owner = NULL;
    hd__wake_one(&m->object, true);
}
