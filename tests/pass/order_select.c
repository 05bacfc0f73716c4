/*
 * Plain memory handed over through the case that a select takes, sending and
 * receiving: a token goes to whichever of two tasks is chosen, and comes back
 * from whichever is ready.  Only the chosen case orders, and it is enough.
 */
#include <heddle/heddle.h>

enum { ROUNDS = 2 };

struct player {
    hd_chan *in, *out;
};

static void play(void *arg)
{
    struct player *p = arg;
    int *token;
    while (hd_chan_recv(p->in, &token)) {
        ++*token;
        hd_chan_send(p->out, &token);
    }
}

static struct player *player_new(void)
{
    struct player *p = hd_alloc(sizeof(*p));
    p->in = hd_chan_make(sizeof(int *), 0);
    p->out = hd_chan_make(sizeof(int *), 0);
    hd_go(play, p);
    return p;
}

static void clean(const struct hd_input *in)
{
    struct player *a = player_new(), *b = player_new();
    int *token = hd_alloc(sizeof(*token));
    (void)in;
    for (int i = 0; i < ROUNDS; i++) {
        struct hd_case give[] = {HD_SEND(a->in, &token), HD_SEND(b->in, &token)};
        hd_select(give, 2);
        struct hd_case take[] = {HD_RECV(a->out, &token), HD_RECV(b->out, &token)};
        hd_select(take, 2);
        ++*token;
    }
    hd_assert(*token == 2 * ROUNDS);
    hd_chan_close(a->in);
    hd_chan_close(b->in);
}

HD_SCENARIO(order_select) = {
    .name = "pass-order-select",
    .title = "the case that a select takes orders",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
