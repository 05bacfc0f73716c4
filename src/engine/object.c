/*
 * object.c - ids, names and wait queues of synchronisation objects.
 */
#include "object.h"

#include "../instrument/sanitizer.h"
#include "watch.h"

/* Numbers of objects per kind; kinds are few, so a list does. */
struct kind_count {
    const struct hd_object_kind *kind;
    uint32_t count;
    struct kind_count *next;
};

static uint32_t next_number(const struct hd_object_kind *kind)
{
    struct hd_exec *x = &hd__exec;
    struct kind_count *k = x->kinds;
    while (k != NULL && k->kind != kind)
        k = k->next;
    if (k == NULL) {
        k = hd_arena_alloc(&x->arena, sizeof *k);
        k->kind = kind;
        k->next = x->kinds;
        x->kinds = k;
    }
    return ++k->count;
}

void hd__object_init(struct hd_object *o, const struct hd_object_kind *kind,
                     const void *pc)
{
    o->kind = kind;
    o->id = ++hd__exec.objects;
    o->number = next_number(kind);
    o->pc = (uintptr_t)pc;
    if (hd__exec.watched)
        hd__watch_object(o);
}

void *hd__object_of(void **impl, uint64_t *epoch, size_t size,
                    const struct hd_object_kind *kind, const void *pc)
{
    hd__check_user(impl, 1);
    hd__check_user(epoch, 1);
    if (*epoch != hd__exec.epoch) {
        struct hd_object *o = hd_arena_alloc(&hd__exec.arena, size);
        hd__object_init(o, kind, pc);
        if (hd__exec.watched)
            hd__watch_handle(impl);
        *impl = o;
        *epoch = hd__exec.epoch;
    }
    return *impl;
}

const char *hd__object_name(const struct hd_object *o)
{
    return hd_arena_printf(&hd__exec.arena, "%s #%u", o->kind->name, o->number);
}

void hd__queue(struct hd_object *o, struct hd_waiter *w)
{
    w->object = o;
    w->next = NULL;
    w->prev = o->last;
    if (o->last != NULL)
        o->last->next = w;
    else
        o->first = w;
    o->last = w;
    o->waiters++;
}

void hd__unqueue(struct hd_waiter *w)
{
    struct hd_object *o = w->object;
    if (o == NULL)
        return;
    if (w->prev != NULL)
        w->prev->next = w->next;
    else
        o->first = w->next;
    if (w->next != NULL)
        w->next->prev = w->prev;
    else
        o->last = w->prev;
    o->waiters--;
    w->object = NULL;
}

void hd__wait(struct hd_object *o)
{
    struct hd_waiter w = {.task = hd__cur};
    hd__queue(o, &w);
    hd__block(o);
}

struct hd_task *hd__wake_one(struct hd_object *o, bool choose)
{
    if (o->first == NULL)
        return NULL;
    uint32_t k = choose ? hd__decide(HD_CHOICE_WAKE, o->waiters, NULL) : 0;
    struct hd_waiter *w = o->first;
    while (k-- > 0)
        w = w->next;
    hd__unqueue(w);
    hd__wake(w->task);
    return w->task;
}

void hd__wake_all(struct hd_object *o)
{
    while (o->first != NULL)
        hd__wake_one(o, false);
}

void hd__lock_held(struct hd_task *t, struct hd_object *lock)
{
    if (t->helds < sizeof t->held / sizeof t->held[0])
        t->held[t->helds++] = lock;
}

void hd__lock_released(struct hd_task *t, const struct hd_object *lock)
{
    uint32_t i = t->helds;
    while (i > 0 && t->held[i - 1] != lock)
        i--;
    if (i == 0)
        return;
    for (t->helds--; i <= t->helds; i++)
        t->held[i - 1] = t->held[i];
}
