/*
 * barrier.c - pthread_barrier_*.
 *
 * The last to come lets all go and is the serial thread.  What each did before
 * is ordered before what each does after, round by round: a clock per round, so
 * that nobody is ordered by who came to the next one.
 *
 * Reported: destroying or initialising while tasks wait, use after destroy, and
 * the use of memory that is no barrier.
 */
#include <errno.h>
#include <pthread.h>

#include "object.h"
#include "startup.h"
#include "wait.h"

HD_POSIX_FILE(barrier);

struct barrier {
    struct hd_posix base;
    unsigned count, come;
    struct hd_vclock *round;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct barrier *b = (const struct barrier *)o;
    (void)t;
    return hd_arena_printf(&hd__exec.arena, "%u of %u have come", b->come,
                           b->count);
}

static const char *busy(const void *object)
{
    const struct barrier *b = object;
    return b->come == 0
               ? NULL
               : hd_arena_printf(&hd__exec.arena, "%u of %u tasks wait at it",
                                 b->come, b->count);
}

/* As glibc has it. */
enum { COUNT_AT = 2 };

static void import(void *object, const void *handle)
{
    ((struct barrier *)object)->count = ((const unsigned *)handle)[COUNT_AT];
}

static const struct hd_posix_type type = {
    .kind = {"barrier", why, NULL},
    .size = sizeof(struct barrier),
    .handle = sizeof(pthread_barrier_t),
    .import = import,
    .busy = busy,
};

/* Everybody has come; the others wait. */
static void let_go(struct barrier *b)
{
    struct hd_object *o = &b->base.lock.object;
    hd__acquire(b->round);
    while (o->first != NULL)
        hd__acquire_for(hd__wake_one(o, false), b->round);
    b->come = 0;
    b->round = NULL;
}

static int wait_at(pthread_barrier_t *handle, struct hd_caller c)
{
    struct barrier *b = hd__posix_enter(HD_OP_BARRIER_WAIT, handle, &type, c);
    if (b != NULL && b->count == 0)
        hd__posix_misuse(b, "wait at a barrier that was never initialised");
    if (b == NULL || b->count == 0)
        return EINVAL;
    if (b->round == NULL)
        b->round = hd_arena_alloc(&hd__exec.arena, sizeof *b->round);
    hd__release(b->round);
    if (++b->come < b->count) {
        struct hd_vclock *round = b->round;
        while (b->round == round)
            hd__wait_through(&b->base.lock.object);
        hd__acquire(round); /* the last may have come while it was in a handler */
        return 0;
    }
    let_go(b);
    return PTHREAD_BARRIER_SERIAL_THREAD;
}

/* ---- the functions ---- */

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *attr,
                         unsigned count)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_barrier_init)(b, attr, count);
    if (count == 0)
        return EINVAL;
    struct barrier *made = hd__posix_init(b, &type, HD_CALLER);
    made->count = ((unsigned *)b)[COUNT_AT] = count;
    return 0;
}

int pthread_barrier_destroy(pthread_barrier_t *b)
{
    if (hd__cur == NULL)
        return HD_REAL(pthread_barrier_destroy)(b);
    return hd__posix_destroy(b, &type, HD_CALLER);
}

int pthread_barrier_wait(pthread_barrier_t *b)
{
    if (!hd__within(true))
        return HD_REAL(pthread_barrier_wait)(b);
    return wait_at(b, HD_CALLER);
}
