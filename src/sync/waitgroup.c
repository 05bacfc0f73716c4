/*
 * waitgroup.c - Go's sync.WaitGroup; rules of use in heddle/waitgroup.h.
 *
 * Happens-before: Done releases to the group, the Wait that returns acquires.
 * Whether it is misused is the oracle's business; here only what Go's own
 * implementation does happens, including the panic on a negative counter.
 */
#include <heddle/waitgroup.h>

#include <heddle/panic.h>

#include "../engine/object.h"
#include "../engine/watch.h"

struct wg {
    struct hd_object object;
    int64_t counter;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    (void)t;
    return hd_arena_printf(&hd__exec.arena, "the counter is %lld",
                           (long long)((const struct wg *)o)->counter);
}

static const struct hd_object_kind kind = {"waitgroup", why, NULL};

static struct wg *get(hd_wg *wg, const void *pc)
{
    return hd__object_of(&wg->impl, &wg->epoch, sizeof(struct wg), &kind, pc);
}

static void add(struct wg *w, int delta)
{
    hd__emit(&(struct hd_event){.kind = HD_EVENT_WG_ADD,
                                .task = hd__cur,
                                .object = &w->object,
                                .a = delta,
                                .b = w->counter});
    if (delta < 0)
        hd__release(&w->object.clock);
    w->counter += delta;
    HD_WATCH("counter %lld", (long long)w->counter);
    if (w->counter < 0)
        hd_panic("sync: negative WaitGroup counter");
    if (w->counter == 0)
        hd__wake_all(&w->object);
}

void hd_wg_add(hd_wg *wg, int delta)
{
    hd__self("hd_wg_add");
    struct wg *w = get(wg, __builtin_return_address(0));
    HD_POINT(WG_ADD, w->object.id);
    add(w, delta);
}

void hd_wg_done(hd_wg *wg)
{
    hd__self("hd_wg_done");
    struct wg *w = get(wg, __builtin_return_address(0));
    HD_POINT(WG_DONE, w->object.id);
    add(w, -1);
}

void hd_wg_wait(hd_wg *wg)
{
    hd__self("hd_wg_wait");
    struct wg *w = get(wg, __builtin_return_address(0));
    HD_POINT(WG_WAIT, w->object.id);
    hd__emit(&(struct hd_event){.kind = HD_EVENT_WG_WAIT,
                                .task = hd__cur,
                                .object = &w->object,
                                .b = w->counter});
    if (w->counter > 0)
        hd__wait(&w->object);
    hd__acquire(&w->object.clock);
}
