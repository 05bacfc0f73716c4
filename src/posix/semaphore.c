/*
 * semaphore.c - sem_*, unnamed; sem_named.c makes the named ones.
 *
 * A post wakes one waiter, by decision, which then competes with whoever comes.
 * Each post is ordered before the waits that come after it.
 *
 * A handler ends a wait unless it has SA_RESTART; a timed one it always ends.
 *
 * Reported: destroying or initialising while tasks wait, use after destroy.
 */
#include "semaphore.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "signals.h"
#include "startup.h"
#include "thread.h"
#include "wait.h"

HD_POSIX_FILE(semaphore);

struct sem {
    struct hd_posix base;
    unsigned value;
    uint32_t posts;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct sem *s = (const struct sem *)o;
    (void)t;
    if (s->value > 0)
        return "posted, and about to be taken";
    if (s->posts == 0)
        return "its value is 0, and nobody has posted";
    return hd_arena_printf(
        &hd__exec.arena, "its value is 0; others got what %u posts gave", s->posts);
}

static const char *busy(const void *object)
{
    const struct sem *s = object;
    const struct hd_waiter *w = s->base.lock.object.first;
    return w == NULL ? NULL
                     : hd_arena_printf(&hd__exec.arena, "%s waits for it",
                                       hd__task_path(w->task));
}

/* glibc keeps the value in the first word. */
static uint32_t libc_value(const void *handle)
{
    uint32_t value;
    memcpy(&value, handle, sizeof value);
    return value;
}

static void import(void *object, const void *handle)
{
    uint32_t value = libc_value(handle);
    if (value != HD_POSIX_DESTROYED)
        ((struct sem *)object)->value = value;
}

static const struct hd_posix_type type = {
    .kind = {"semaphore", why, NULL},
    .size = sizeof(struct sem),
    .handle = sizeof(sem_t),
    .import = import,
    .busy = busy,
};

/* What these functions answer. */
static int answer(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

void hd__psem_make(sem_t *sem, unsigned value, struct hd_caller c)
{
    struct sem *s = hd__posix_init(sem, &type, c);
    uint32_t word = value;
    s->value = value;
    memcpy(sem, &word, sizeof word);
}

int hd__psem_destroy(sem_t *sem, struct hd_caller c)
{
    return hd__posix_destroy(sem, &type, c);
}

static void take(struct sem *s)
{
    s->value--;
    hd__changed();
    hd__acquire(&s->base.lock.object.clock);
}

static int wait_for(sem_t *sem, struct hd_until until, struct hd_caller c)
{
    int error = hd__until_check(until);
    if (error != 0)
        return error;
    struct sem *s = hd__posix_enter(HD_OP_SEM_ACQUIRE, sem, &type, c);
    hd__cancel_point();
    while (s != NULL && s->value == 0) {
        switch (hd__wait_until(&s->base.lock.object, &s->base.lock.object,
                               hd__until_ns(until), true)) {
        case HD_WAIT_TIMEOUT:
            return ETIMEDOUT;
        case HD_WAIT_CANCELLED:
            hd__cancel_point();
            break;
        case HD_WAIT_INTERRUPTED:
            if (hd__handler_ends_call(until.at != NULL))
                return EINTR;
            break;
        case HD_WAIT_WOKEN:
            break;
        }
        s = hd__posix_enter(HD_OP_SEM_ACQUIRE, sem, &type, c);
    }
    if (s == NULL)
        return EINVAL;
    take(s);
    return 0;
}

static int try_wait(sem_t *sem, struct hd_caller c)
{
    struct sem *s = hd__posix_enter(HD_OP_SEM_TRY, sem, &type, c);
    if (s == NULL)
        return EINVAL;
    if (s->value == 0)
        return EAGAIN;
    take(s);
    return 0;
}

static int post(sem_t *sem, struct hd_caller c)
{
    struct sem *s = hd__posix_enter(HD_OP_SEM_RELEASE, sem, &type, c);
    if (s == NULL)
        return EINVAL;
    if (s->value >= SEM_VALUE_MAX)
        return EOVERFLOW;
    hd__release(&s->base.lock.object.clock);
    s->value++;
    s->posts++;
    hd__wake_one(&s->base.lock.object, true);
    return 0;
}

/* ---- the functions ---- */

int sem_init(sem_t *sem, int shared, unsigned value)
{
    if (hd__cur == NULL)
        return HD_REAL(sem_init)(sem, shared, value);
    if (value > SEM_VALUE_MAX)
        return answer(EINVAL);
    if (shared != 0)
        hd__uncontrolled(HD_U_sem_init);
    hd__psem_make(sem, value, HD_CALLER);
    return 0;
}

int sem_destroy(sem_t *sem)
{
    if (hd__cur == NULL)
        return HD_REAL(sem_destroy)(sem);
    return answer(hd__psem_destroy(sem, HD_CALLER));
}

int sem_wait(sem_t *sem)
{
    if (!hd__within(libc_value(sem) == 0))
        return HD_REAL(sem_wait)(sem);
    return answer(wait_for(sem, HD_FOREVER, HD_CALLER));
}

int sem_timedwait(sem_t *sem, const struct timespec *at)
{
    if (!hd__within(libc_value(sem) == 0))
        return HD_REAL(sem_timedwait)(sem, at);
    return answer(wait_for(sem, (struct hd_until){CLOCK_REALTIME, at}, HD_CALLER));
}

int sem_clockwait(sem_t *sem, clockid_t clock, const struct timespec *at)
{
    if (!hd__within(libc_value(sem) == 0))
        return HD_REAL(sem_clockwait)(sem, clock, at);
    return answer(wait_for(sem, (struct hd_until){clock, at}, HD_CALLER));
}

int sem_trywait(sem_t *sem)
{
    if (hd__cur == NULL)
        return HD_REAL(sem_trywait)(sem);
    return answer(try_wait(sem, HD_CALLER));
}

int sem_post(sem_t *sem)
{
    if (hd__cur == NULL)
        return HD_REAL(sem_post)(sem);
    return answer(post(sem, HD_CALLER));
}

int sem_getvalue(sem_t *sem, int *value)
{
    if (hd__cur == NULL)
        return HD_REAL(sem_getvalue)(sem, value);
    struct sem *s = hd__posix_enter(HD_OP_SEM_VALUE, sem, &type, HD_CALLER);
    if (s == NULL)
        return answer(EINVAL);
    *value = (int)s->value;
    return 0;
}
