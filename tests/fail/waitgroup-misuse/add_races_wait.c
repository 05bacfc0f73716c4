/*
 * A task adds to the group while main waits.  Nothing orders that Add, which
 * starts from 0, before the Wait: misuse by happens-before, whichever of the
 * two comes first.  In the twin a channel puts the Add first.
 */
#include <heddle/heddle.h>

struct group {
    hd_wg wg;
    hd_chan *added;
};

static void add_and_done(void *arg)
{
    struct group *g = arg;
    hd_wg_add(&g->wg, 1);
    hd_chan_send(g->added, NULL);
    hd_wg_done(&g->wg);
}

static struct group *start(void)
{
    struct group *g = hd_alloc(sizeof(*g));
    g->added = hd_chan_make(0, 1);
    hd_go(add_and_done, g);
    return g;
}

static void buggy(const struct hd_input *in)
{
    struct group *g = start();
    (void)in;
    hd_wg_wait(&g->wg);
}

static void fixed(const struct hd_input *in)
{
    struct group *g = start();
    (void)in;
    hd_chan_recv(g->added, NULL);
    hd_wg_wait(&g->wg);
}

HD_SCENARIO(wg_add_races_wait) = {
    .name = "fail-waitgroup-misuse-add-races-wait",
    .title = "an Add from 0 is not ordered before the Wait",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_WAITGROUP_MISUSE}},
            {.name = "fixed", .run = fixed},
        },
};
