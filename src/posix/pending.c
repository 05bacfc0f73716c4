/*
 * pending.c - see pending.h.
 */
#include "pending.h"

#include "../engine/engine.h"

/* Sorted by number, and those of one number in the order of coming. */
void hd__pending_add(struct hd_pending *p, const siginfo_t *info)
{
    struct hd_signal **at = &p->first;
    hd__release(&p->clock);
    while (*at != NULL && (*at)->info.si_signo <= info->si_signo) {
        if ((*at)->info.si_signo == info->si_signo && info->si_signo < SIGRTMIN)
            return;
        at = &(*at)->next;
    }
    struct hd_signal *s = hd_arena_alloc(&hd__exec.arena, sizeof *s);
    s->info = *info;
    s->next = *at;
    *at = s;
}

struct hd_signal *hd__pending_in(const struct hd_pending *p, const sigset_t *set)
{
    struct hd_signal *s = p->first;
    while (s != NULL && sigismember(set, s->info.si_signo) != 1)
        s = s->next;
    return s;
}

static void unlink_from(struct hd_pending *p, const struct hd_signal *s)
{
    struct hd_signal **at = &p->first;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
}

void hd__pending_take(struct hd_pending *p, struct hd_signal *s)
{
    unlink_from(p, s);
    hd__acquire(&p->clock);
}

void hd__pending_drop(struct hd_pending *p, int sig)
{
    sigset_t one;
    struct hd_signal *s;
    sigemptyset(&one);
    sigaddset(&one, sig);
    while ((s = hd__pending_in(p, &one)) != NULL)
        unlink_from(p, s);
}
