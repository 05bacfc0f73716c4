/*
 * fd_wait.c - see fd_wait.h.
 */
#include "fd_wait.h"

#include <stdio.h>
#include <sys/stat.h>

#include "../engine/clock.h"
#include "fd.h"
#include "fd_inner.h"
#include "thread.h"

/* ---- objects ---- */

struct descriptor {
    struct hd_object object;
    dev_t dev;
    ino_t ino; /* 0: all of the kind */
    struct descriptor *next;
};

/* A wait, on the stack of the task that waits. */
struct fd_wait {
    struct hd_task *task;
    struct hd_object *object; /* in whose queue it is */
    struct pollfd *fds;
    nfds_t n;
    enum hd_uncontrolled call;
    struct fd_wait *next;
};

static struct descriptor *descriptors;
static struct fd_wait *waits; /* in the order of coming */

static const struct fd_wait *wait_of(const struct hd_task *t)
{
    const struct fd_wait *w = waits;
    while (w != NULL && w->task != t)
        w = w->next;
    return w;
}

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct fd_wait *w = wait_of(t);
    (void)o;
    if (w == NULL)
        return NULL;
    if (w->n != 1)
        return hd_arena_printf(&hd__exec.arena, "none of %lu descriptors is ready",
                               (unsigned long)w->n);
    return hd_arena_printf(&hd__exec.arena, "%s: nothing %s descriptor %d",
                           hd__uncontrolled_name(w->call),
                           w->fds->events & POLLOUT ? "drains" : "comes from",
                           w->fds->fd);
}

static const struct hd_object_kind pipe_kind = {"pipe", why, NULL};
static const struct hd_object_kind socket_kind = {"socket", why, NULL};
static const struct hd_object_kind other_kind = {"descriptor", why, NULL};
static const struct hd_object_kind set_kind = {"descriptor set", why, NULL};

static const struct hd_object_kind *kind_of(const struct stat *st)
{
    return st == NULL              ? &set_kind
           : S_ISFIFO(st->st_mode) ? &pipe_kind
           : S_ISSOCK(st->st_mode) ? &socket_kind
                                   : &other_kind;
}

struct hd_object *hd__fd_object(const struct stat *st, const void *pc)
{
    const struct hd_object_kind *kind = kind_of(st);
    bool each = kind == &pipe_kind || kind == &other_kind;
    dev_t dev = each ? st->st_dev : 0;
    ino_t ino = each ? st->st_ino : 0;
    struct descriptor *d = descriptors;
    while (d != NULL && (d->object.kind != kind || d->dev != dev || d->ino != ino))
        d = d->next;
    if (d == NULL) {
        d = hd_arena_alloc(&hd__exec.arena, sizeof *d);
        hd__object_init(&d->object, kind, pc);
        d->dev = dev;
        d->ino = ino;
        d->next = descriptors;
        descriptors = d;
    }
    return &d->object;
}

/* ---- waking ---- */

static void wake(const struct fd_wait *w)
{
    struct hd_waiter *q = w->object->first;
    while (q != NULL && q->task != w->task)
        q = q->next;
    if (q == NULL)
        return; /* it was woken before and has not run since */
    hd__unqueue(q);
    hd__wake(w->task);
}

/* libc's own: what a sanitizer would see here is no doing of the program's. */
static int ask(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    return HD_LIBC(poll)(fds, n, timeout_ms);
}

void hd__fd_changed(void)
{
    for (struct fd_wait *w = waits; w != NULL; w = w->next)
        if (ask(w->fds, w->n, 0) != 0)
            wake(w);
}

/* ---- nobody can run ---- */

static bool is_inner(const struct fd_wait *w)
{
    for (nfds_t i = 0; i < w->n; i++)
        if (!hd__fd_is_inner(w->fds[i].fd))
            return false;
    return true;
}

/* Waits for all descriptors that anybody waits for. */
static void wait_for_outside(enum hd_uncontrolled call)
{
    nfds_t n = 0;
    for (const struct fd_wait *w = waits; w != NULL; w = w->next)
        n += w->n;
    struct pollfd *all = hd_arena_alloc(&hd__exec.arena, n * sizeof *all);
    n = 0;
    for (const struct fd_wait *w = waits; w != NULL; w = w->next)
        for (nfds_t i = 0; i < w->n; i++)
            all[n++] = w->fds[i];
    hd__uncontrolled_begin(call);
    ask(all, n, -1);
    hd__uncontrolled_end();
}

bool hd__fd_idle(bool last)
{
    if (waits == NULL)
        return false;
    hd__fd_changed();
    if (hd__exec.readies > 0)
        return true;
    if (!last)
        return false;
    const struct fd_wait *outer = waits;
    while (outer != NULL && is_inner(outer))
        outer = outer->next;
    if (outer == NULL)
        return false;
    wait_for_outside(outer->call);
    hd__fd_changed();
    return true;
}

void hd__fd_begin(void)
{
    descriptors = NULL;
    waits = NULL;
}

/* ---- waiting ---- */

static void forget(struct fd_wait *w)
{
    struct fd_wait **at = &waits;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
}

enum hd_wait_end hd__fd_wait(struct pollfd *fds, nfds_t n, int64_t deadline_ns,
                             enum hd_uncontrolled call)
{
    struct stat st;
    bool one = n == 1 && hd__fstat(fds->fd, &st) == 0;
    if (n == 0)
        return hd__wait_until(NULL, NULL, deadline_ns, true);
    struct fd_wait w = {
        .task = hd__cur,
        .object = hd__fd_object(one ? &st : NULL, (void *)hd__cur->op.pc),
        .fds = fds,
        .n = n,
        .call = call,
    };
    struct fd_wait **end = &waits;
    while (*end != NULL)
        end = &(*end)->next;
    *end = &w;
    enum hd_wait_end how = hd__wait_until(w.object, w.object, deadline_ns, true);
    forget(&w);
    return how;
}

bool hd__others_first(enum hd_wait_end *end)
{
    const struct hd_exec *x = &hd__exec;
    if (x->readies == 0 && x->timers == 0 && waits == NULL)
        return false;
    *end = hd__wait_until(NULL, NULL, hd__deadline(1000000), true);
    return true;
}
