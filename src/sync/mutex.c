/*
 * mutex.c - Go's sync.Mutex: not recursive, any task may unlock, and a woken
 * waiter competes again.  An attempt that follows a wake-up is an operation of
 * its own, hence a scheduling point of its own.  A copy is another lock (home.h).
 */
#include "mutex.h"

#include <heddle/panic.h>

#include "home.h"

struct mutex {
    struct hd_lock lock;   /* must come first */
    struct hd_task *owner; /* NULL: free */
};

const char *hd__owner_why(const struct hd_task *owner, const struct hd_task *t)
{
    if (owner == NULL)
        return "free, and about to be taken";
    if (owner == t)
        return "it holds the lock itself";
    return hd_arena_printf(&hd__exec.arena, "held by %s%s", hd__task_path(owner),
                           owner->state == HD_TASK_ENDED ? ", which has ended"
                                                         : "");
}

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    return hd__owner_why(((const struct mutex *)o)->owner, t);
}

static struct hd_task *owner_of(const struct hd_object *o)
{
    return ((const struct mutex *)o)->owner;
}

static const struct hd_object_kind kind = {"mutex", why, owner_of};

static struct mutex *get(hd_mutex *mu, const void *pc)
{
    return hd__lock_of(mu, &mu->impl, &mu->epoch, sizeof(struct mutex), &kind, pc);
}

void hd_mutex_init(hd_mutex *mu)
{
    hd__self("hd_mutex_init");
    mu->epoch = 0; /* whatever it was before */
    get(mu, __builtin_return_address(0));
}

/* The operation that was decided on begins. */
static void begin(enum hd_op_kind op, struct mutex *m, const void *pc,
                  const void *frame)
{
    hd__point(op, m->lock.object.id, pc, frame);
    hd__lock_check(&m->lock);
}

static void take(struct mutex *m)
{
    m->owner = hd__cur;
    hd__lock_held(hd__cur, &m->lock.object);
    hd__acquire(&m->lock.object.clock);
}

void hd__mutex_lock(hd_mutex *mu, const void *pc, const void *frame)
{
    struct mutex *m = get(mu, pc);
    begin(HD_OP_MUTEX_LOCK, m, pc, frame);
    while (m->owner != NULL) {
        hd__wait(&m->lock.object);
        begin(HD_OP_MUTEX_LOCK, m, pc, frame);
    }
    take(m);
}

static void give(struct mutex *m)
{
    struct hd_object *o = &m->lock.object;
    if (m->owner == NULL) {
        hd__emit(&(struct hd_event){.kind = HD_EVENT_LOCK_MISUSE,
                                    .task = hd__cur,
                                    .object = o,
                                    .text = "unlock of an unlocked mutex"});
        hd_panic("sync: unlock of unlocked mutex");
    }
    hd__release(&o->clock);
    hd__lock_released(m->owner, o);
    m->owner = NULL;
    hd__wake_one(o, true);
}

void hd__mutex_unlock(hd_mutex *mu)
{
    struct mutex *m = get(mu, (void *)hd__cur->op.pc);
    hd__lock_check(&m->lock);
    give(m);
}

void hd_mutex_lock(hd_mutex *mu)
{
    hd__self("hd_mutex_lock");
    hd__mutex_lock(mu, __builtin_return_address(0), __builtin_frame_address(0));
}

bool hd_mutex_trylock(hd_mutex *mu)
{
    hd__self("hd_mutex_trylock");
    const void *pc = __builtin_return_address(0);
    struct mutex *m = get(mu, pc);
    begin(HD_OP_MUTEX_TRYLOCK, m, pc, __builtin_frame_address(0));
    if (m->owner != NULL)
        return false;
    hd__changed();
    take(m);
    return true;
}

void hd_mutex_unlock(hd_mutex *mu)
{
    hd__self("hd_mutex_unlock");
    const void *pc = __builtin_return_address(0);
    struct mutex *m = get(mu, pc);
    begin(HD_OP_MUTEX_UNLOCK, m, pc, __builtin_frame_address(0));
    give(m);
}
