/* robust.c - see robust.h. */
#include "robust.h"

#include <errno.h>

#include "thread.h"

int hd__robust_taken(struct hd_pmutex *m)
{
    struct hd_thread *th = hd__thread_self();
    m->next_held = th->robust;
    th->robust = m;
    if (m->state != HD_ROBUST_ORPHANED)
        return 0;
    m->state = HD_ROBUST_INHERITED;
    return EOWNERDEAD;
}

void hd__robust_given(struct hd_pmutex *m)
{
    struct hd_pmutex **at = &hd__thread_of(m->owner)->robust;
    while (*at != m)
        at = &(*at)->next_held;
    *at = m->next_held;
    if (m->state == HD_ROBUST_INHERITED)
        m->state = HD_ROBUST_UNUSABLE;
}

/* One that it inherited and had not made consistent is inherited again. */
void hd__robust_end(struct hd_thread *th)
{
    while (th->robust != NULL) {
        struct hd_pmutex *m = th->robust;
        m->state = HD_ROBUST_SOUND; /* or giving it up would end its use */
        m->depth = 1;
        hd__pmutex_give(m);
        m->state = HD_ROBUST_ORPHANED;
    }
}
