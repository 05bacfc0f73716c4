/*
 * semaphore.c - a weighted semaphore; rules of use in heddle/semaphore.h.
 *
 * What is released is handed to those who wait, in their order, as far as it
 * goes; a request that does not fit keeps the later ones waiting.  A request
 * beyond the size never queues, hence keeps nobody waiting.
 */
#include <heddle/semaphore.h>

#include <heddle/panic.h>

#include "../engine/object.h"

/* A queued request. */
struct request {
    struct hd_waiter waiter; /* must come first */
    int64_t n;
};

struct hd_sem {
    struct hd_object object;
    int64_t size, taken;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_sem *s = (const struct hd_sem *)o;
    struct hd_arena *arena = &hd__exec.arena;
    uint32_t before = 0;
    const struct hd_waiter *w = o->first;
    for (; w != NULL && w->task != t; w = w->next)
        before++;
    if (w == NULL)
        return hd_arena_printf(arena, "wants more than its size of %lld",
                               (long long)s->size);
    return hd_arena_printf(arena, "%lld of %lld taken, wants %lld, %u before it",
                           (long long)s->taken, (long long)s->size,
                           (long long)((const struct request *)w)->n, before);
}

static const struct hd_object_kind kind = {"semaphore", why, NULL};

hd_sem *hd_sem_make(int64_t size)
{
    hd__self("hd_sem_make");
    HD_CHECK(size >= 0);
    struct hd_sem *s = hd_arena_alloc(&hd__exec.arena, sizeof *s);
    hd__object_init(&s->object, &kind, __builtin_return_address(0));
    s->size = size;
    return s;
}

static bool fits(const struct hd_sem *s, int64_t n)
{
    return s->size - s->taken >= n;
}

void hd_sem_acquire(hd_sem *s, int64_t n)
{
    hd__self("hd_sem_acquire");
    HD_CHECK(n >= 0);
    HD_POINT(SEM_ACQUIRE, s->object.id);
    if (fits(s, n) && s->object.first == NULL) {
        s->taken += n;
        hd__acquire(&s->object.clock);
        return;
    }
    struct request r = {.waiter.task = hd__cur, .n = n};
    if (n <= s->size)
        hd__queue(&s->object, &r.waiter);
    hd__block(&s->object); /* the release that wakes us has taken it for us */
}

bool hd_sem_acquire_try(hd_sem *s, int64_t n)
{
    hd__self("hd_sem_acquire_try");
    HD_CHECK(n >= 0);
    HD_POINT(SEM_TRY, s->object.id);
    if (!fits(s, n) || s->object.first != NULL)
        return false;
    hd__changed();
    s->taken += n;
    hd__acquire(&s->object.clock);
    return true;
}

/* The first that waits gets what it wants, if it is there. */
static bool serve_one(struct hd_sem *s)
{
    const struct request *r = (const struct request *)s->object.first;
    if (r == NULL || !fits(s, r->n))
        return false;
    s->taken += r->n;
    hd__acquire_for(r->waiter.task, &s->object.clock);
    hd__wake_one(&s->object, false);
    return true;
}

void hd_sem_release(hd_sem *s, int64_t n)
{
    hd__self("hd_sem_release");
    HD_CHECK(n >= 0);
    HD_POINT(SEM_RELEASE, s->object.id);
    if (n > s->taken)
        hd_panic("semaphore: released more than held");
    hd__release(&s->object.clock);
    s->taken -= n;
    while (serve_one(s))
        continue;
}
