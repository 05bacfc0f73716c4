/*
 * select.c - waiting for several channel operations at once.
 */
#include "../engine/watch.h"
#include "../race/detector.h"
#include "chan.h"

/* Which ready case is taken is a decision named by the case's own index. */
static int pick_ready(struct hd_case *cases, size_t n)
{
    uint32_t ready[64];
    uint32_t count = 0;
    for (size_t i = 0; i < n && count < 64; i++)
        if (hd__chan_can(cases[i].ch, cases[i].is_send))
            ready[count++] = (uint32_t)i;
    if (count == 0)
        return -1;
    return (int)ready[hd__decide(HD_CHOICE_CASE, count, ready)];
}

static void perform(struct hd_case *c)
{
    hd__changed();
    if (c->is_send)
        hd__chan_do_send(c->ch, c->send);
    else
        c->ok = hd__chan_do_recv(c->ch, c->recv);
}

static int wait_for_one(struct hd_case *cases, size_t n)
{
    struct hd_party *party =
        hd_arena_alloc(&hd__exec.arena, (n + 1) * sizeof *party);
    for (size_t i = 0; i < n; i++)
        party[i] = (struct hd_party){
            .ch = cases[i].ch,
            .is_send = cases[i].is_send,
            .send = cases[i].send,
            .recv = cases[i].recv,
        };
    struct hd_wait w = {.party = party, .n = n};
    hd__chan_wait(&w);
    cases[w.served].ok = hd__chan_after_wait(&party[w.served]);
    return w.served;
}

/* The chosen case is what the code does next, so it is in the trace. */
static int done(struct hd_case *cases, int which)
{
    struct hd_task *t = hd__cur;
    const void *pc = (const void *)t->op.pc;
    if (which >= 0 && cases[which].is_send) {
        HD_WATCH_VALUE("sends", cases[which].send, cases[which].ch->elem_size);
        hd__user_access(cases[which].send, cases[which].ch->elem_size, false, pc);
    } else if (which >= 0)
        hd__chan_received(cases[which].ch, cases[which].recv, pc);
    hd__note(HD_OP_RESULT, t, t->op.pc, (uint64_t)which + 1);
    return which;
}

int hd_select(struct hd_case *cases, size_t n)
{
    hd__self("hd_select");
    HD_CHECK(n <= 64);
    HD_POINT(SELECT, 0);
    int which = pick_ready(cases, n);
    if (which < 0)
        return done(cases, wait_for_one(cases, n));
    perform(&cases[which]);
    return done(cases, which);
}

int hd_select_default(struct hd_case *cases, size_t n)
{
    hd__self("hd_select_default");
    HD_CHECK(n <= 64);
    HD_POINT(SELECT, 0);
    int which = pick_ready(cases, n);
    if (which >= 0)
        perform(&cases[which]);
    return done(cases, which);
}
