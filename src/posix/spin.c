/*
 * spin.c - pthread_spin_*.
 *
 * Who has to wait blocks, as for a mutex: spinning would only be a worse way of
 * waiting where one task runs at a time.  A lock by its holder waits for ever.
 * Unlocking without holding, and destroying or initialising a lock that is held,
 * are reported.
 */
#include <errno.h>
#include <pthread.h>

#include "../sync/mutex.h"
#include "object.h"
#include "startup.h"
#include "wait.h"

HD_POSIX_FILE(spin);

struct spin {
    struct hd_posix base;
    struct hd_task *owner;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    return hd__owner_why(((const struct spin *)o)->owner, t);
}

static struct hd_task *owner_of(const struct hd_object *o)
{
    return ((const struct spin *)o)->owner;
}

static const char *busy(const void *object)
{
    const struct spin *s = object;
    return s->owner == NULL
               ? NULL
               : hd_arena_printf(&hd__exec.arena, "%s holds it", hd__who(s->owner));
}

/*
 * ---- in a program's start-up ----
 *
 * The word does not say more than libc's "free", which zero is on some processors
 * and not on others.  So the few that the start-up's thread holds are remembered.
 */

enum { EARLY_MAX = 64 };
static pthread_spinlock_t *early[EARLY_MAX];

static pthread_spinlock_t **early_find(const pthread_spinlock_t *s)
{
    for (int i = 0; i < EARLY_MAX; i++)
        if (early[i] == s)
            return &early[i];
    return NULL;
}

static bool early_holds(const pthread_spinlock_t *s)
{
    return hd__program && early_find(s) != NULL;
}

static int early_locked(pthread_spinlock_t *s, int error)
{
    pthread_spinlock_t **free = hd__program && error == 0 ? early_find(NULL) : NULL;
    if (free != NULL)
        *free = s;
    return error;
}

static void early_released(const pthread_spinlock_t *s)
{
    pthread_spinlock_t **held = early_find(s);
    if (held != NULL)
        *held = NULL;
}

static void import(void *object, const void *handle)
{
    struct spin *s = object;
    if (!early_holds(handle))
        return;
    early_released(handle);
    s->owner = hd__exec.root;
    hd__startup_held(&s->base.lock.object);
}

static const struct hd_posix_type type = {
    .kind = {"spin lock", why, owner_of},
    .size = sizeof(struct spin),
    .handle = sizeof(pthread_spinlock_t),
    .import = import,
    .busy = busy,
};

/* What glibc takes for free. */
#if defined(__x86_64__)
enum { FREE = 1 };
#else
enum { FREE = 0 };
#endif

static void take(struct spin *s)
{
    s->owner = hd__cur;
    hd__changed();
    hd__lock_held(hd__cur, &s->base.lock.object);
    hd__acquire(&s->base.lock.object.clock);
}

static int lock(pthread_spinlock_t *handle, struct hd_caller c)
{
    struct spin *s =
        hd__posix_enter(HD_OP_SPIN_LOCK, (const void *)handle, &type, c);
    while (s != NULL && s->owner != NULL) {
        hd__wait_through(&s->base.lock.object);
        s = hd__posix_enter(HD_OP_SPIN_LOCK, (const void *)handle, &type, c);
    }
    if (s == NULL)
        return EINVAL;
    take(s);
    return 0;
}

static int try_lock(pthread_spinlock_t *handle, struct hd_caller c)
{
    struct spin *s =
        hd__posix_enter(HD_OP_SPIN_TRY, (const void *)handle, &type, c);
    if (s == NULL)
        return EINVAL;
    if (s->owner != NULL)
        return EBUSY;
    take(s);
    return 0;
}

static int unlock(pthread_spinlock_t *handle, struct hd_caller c)
{
    struct spin *s =
        hd__posix_enter(HD_OP_SPIN_UNLOCK, (const void *)handle, &type, c);
    if (s == NULL)
        return EINVAL;
    if (s->owner != hd__cur) {
        hd__posix_misuse(s, s->owner == NULL
                                ? "unlock of a spin lock that is not locked"
                                : "unlock of a spin lock that another task holds");
        return EPERM;
    }
    hd__release(&s->base.lock.object.clock);
    hd__lock_released(hd__cur, &s->base.lock.object);
    s->owner = NULL;
    hd__wake_one(&s->base.lock.object, true);
    return 0;
}

/* ---- the functions ---- */

int pthread_spin_init(pthread_spinlock_t *s, int shared)
{
    if (hd__cur == NULL) {
        early_released(s);
        return HD_REAL(pthread_spin_init)(s, shared);
    }
    hd__posix_init((void *)s, &type, HD_CALLER);
    *s = FREE;
    return 0;
}

int pthread_spin_destroy(pthread_spinlock_t *s)
{
    if (!hd__within(early_holds(s)))
        return HD_REAL(pthread_spin_destroy)(s);
    return hd__posix_destroy((void *)s, &type, HD_CALLER);
}

int pthread_spin_lock(pthread_spinlock_t *s)
{
    if (!hd__within(early_holds(s)))
        return early_locked(s, HD_REAL(pthread_spin_lock)(s));
    return lock(s, HD_CALLER);
}

int pthread_spin_trylock(pthread_spinlock_t *s)
{
    if (hd__cur == NULL)
        return early_locked(s, HD_REAL(pthread_spin_trylock)(s));
    return try_lock(s, HD_CALLER);
}

int pthread_spin_unlock(pthread_spinlock_t *s)
{
    if (!hd__within(!early_holds(s))) {
        early_released(s);
        return HD_REAL(pthread_spin_unlock)(s);
    }
    return unlock(s, HD_CALLER);
}
