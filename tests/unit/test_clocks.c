/*
 * test_clocks.c - happens-before: what orders what, and what must not (an edge
 * too many hides races, one too few invents them).
 *
 * A task marks a moment with mark(i); later another task asks with see(i)
 * whether that moment is ordered before now.  What was seen is compared after
 * the execution.  The schedule is the default one; sleeps are used to order
 * tasks in time, since they make no edge.
 */
#include "harness.h"

static struct hd_epoch moment[8];

static void mark(int i)
{
    moment[i] = hd__epoch(hd__cur);
}

/* Says "+i" if moment i is ordered before now, else "-i". */
static void see(int i)
{
    say("%c%d", hd__before(moment[i], hd__cur) ? '+' : '-', i);
}

static void expect_seen(hd_fn *fn, const char *text)
{
    expect_said(run_default(fn, NULL), text);
}

/* ---- spawn and join ---- */

static void child(void *arg)
{
    (void)arg;
    see(0);
    see(1); /* main's later step, which has run already */
    mark(2);
}

static void spawn_and_join(void *arg)
{
    (void)arg;
    mark(0);
    hd_task *t = hd_go(child, NULL);
    mark(1);
    hd_sleep(HD_MS);
    see(2); /* it is over, but nobody has joined it */
    hd_join(t);
    see(2);
}

static void a_spawn_orders_the_past_and_a_join_the_child(void **state)
{
    (void)state;
    expect_seen(spawn_and_join, "+0 -1 -2 +2 ");
}

static void first(void *arg)
{
    (void)arg;
    mark(0);
    hd_sleep(3 * HD_MS);
    see(1);
}

static void second(void *arg)
{
    (void)arg;
    hd_sleep(2 * HD_MS);
    see(0);
    mark(1);
}

static void unrelated(void *arg)
{
    (void)arg;
    hd_go(first, NULL);
    hd_go(second, NULL);
    hd_sleep(HD_MS);
    see(0);
    hd_yield();
    see(0);
}

static void sleep_yield_and_running_later_order_nothing(void **state)
{
    (void)state;
    expect_seen(unrelated, "-0 -0 -0 -1 ");
}

/* ---- mutex and waitgroup ---- */

static hd_mutex mu;

static void in_lock(void *arg)
{
    (void)arg;
    mark(0);
    hd_mutex_lock(&mu);
    mark(1);
    hd_mutex_unlock(&mu);
    mark(2);
}

static void mutex_body(void *arg)
{
    (void)arg;
    hd_go(in_lock, NULL);
    hd_sleep(HD_MS);
    see(0);
    hd_mutex_lock(&mu);
    see(0);
    see(1);
    see(2); /* after the unlock */
    hd_mutex_unlock(&mu);
}

static void hold(void *arg)
{
    (void)arg;
    mark(0);
    hd_mutex_lock(&mu);
    hd_sleep(2 * HD_MS);
    hd_mutex_unlock(&mu);
}

static void failed_trylock_body(void *arg)
{
    (void)arg;
    hd_go(hold, NULL);
    hd_sleep(HD_MS);
    say("%d", hd_mutex_trylock(&mu));
    see(0); /* failing says nothing */
    hd_sleep(2 * HD_MS);
    say("%d", hd_mutex_trylock(&mu));
    see(0);
}

static void an_unlock_is_before_the_next_lock(void **state)
{
    (void)state;
    expect_seen(mutex_body, "-0 +0 +1 -2 ");
    expect_seen(failed_trylock_body, "0 -0 1 +0 ");
}

static hd_wg wg;

static void add_and_done(void *arg)
{
    mark(*(int *)arg);
    hd_sleep(HD_MS);
    hd_wg_done(&wg);
    mark(*(int *)arg + 2);
}

static void wait_late(void *arg)
{
    (void)arg;
    hd_sleep(5 * HD_MS);
    hd_wg_wait(&wg); /* does not block any more; ordered all the same */
    see(0);
    see(1);
}

static void waitgroup_body(void *arg)
{
    (void)arg;
    static int id[] = {0, 1};
    hd_wg_add(&wg, 2);
    hd_go(add_and_done, &id[0]);
    hd_go(add_and_done, &id[1]);
    hd_go(wait_late, NULL);
    hd_wg_wait(&wg);
    see(0);
    see(1);
    see(2);
    see(3);
}

static void adds_only(void *arg)
{
    (void)arg;
    mark(0);
    hd_wg_add(&wg, 1);
}

static void add_body(void *arg)
{
    (void)arg;
    hd_wg_add(&wg, 1);
    hd_go(adds_only, NULL);
    hd_sleep(HD_MS);
    hd_wg_add(&wg, -2);
    hd_wg_wait(&wg);
    see(0); /* an Add releases nothing */
}

static void a_done_is_before_the_wait_that_returns(void **state)
{
    (void)state;
    expect_seen(waitgroup_body, "+0 +1 -2 -3 +0 +1 ");
    expect_seen(add_body, "-0 ");
}

/* ---- channels ---- */

static hd_chan *ch;

static void send_marked(void *arg)
{
    int base = arg == NULL ? 0 : *(int *)arg;
    mark(base);
    hd_chan_send(ch, &base);
    mark(base + 1);
}

static void receive_marked(void *arg)
{
    int base = arg == NULL ? 0 : *(int *)arg;
    mark(base);
    hd_chan_recv(ch, NULL);
    mark(base + 1);
}

static void unbuffered_body(void *arg)
{
    (void)arg;
    ch = hd_chan_make(sizeof(int), 0);
    int v = 0;
    hd_go(send_marked, NULL); /* waits in the channel */
    hd_sleep(HD_MS);
    hd_chan_recv(ch, NULL);
    see(0);
    hd_sleep(HD_MS);
    see(1);
    say("|");
    hd_go(send_marked, NULL); /* the receiver waits */
    hd_chan_recv(ch, NULL);
    see(0);
    say("|");
    hd_go(receive_marked, NULL); /* the receiver waits; receive before send */
    hd_sleep(HD_MS);
    see(0);
    hd_chan_send(ch, &v);
    see(0);
    hd_sleep(HD_MS);
    see(1);
}

static void unbuffered_orders_both_parties(void **state)
{
    (void)state;
    expect_seen(unbuffered_body, "+0 -1 | +0 | -0 +0 -1 ");
}

static void sees_in_sender(void *arg)
{
    (void)arg;
    hd_sleep(HD_MS);
    mark(2);
    hd_chan_send(ch, &(int){2});
    see(0); /* through the receiver: it had received from the first */
    see(1); /* what the first did after its send */
    mark(3);
}

static void first_sender(void *arg)
{
    (void)arg;
    mark(0);
    hd_chan_send(ch, &(int){1});
    mark(1);
    hd_sleep(5 * HD_MS);
    see(2); /* nothing flows back to it */
    see(3);
}

static void two_senders_body(void *arg)
{
    (void)arg;
    ch = hd_chan_make(sizeof(int), 0);
    hd_go(first_sender, NULL);
    hd_go(sees_in_sender, NULL);
    hd_sleep(2 * HD_MS);
    hd_chan_recv(ch, NULL);
    see(0);
    see(2); /* the other one waits in the same queue */
    hd_chan_recv(ch, NULL);
    see(2);
}

static void a_receiver_does_not_order_senders_beyond_the_model(void **state)
{
    (void)state;
    expect_seen(two_senders_body, "+0 -2 +2 +0 -1 -2 -3 ");
}

static void buffered_body(void *arg)
{
    (void)arg;
    static int id[] = {0, 2};
    ch = hd_chan_make(sizeof(int), 2);
    hd_go(send_marked, &id[0]);
    hd_go(send_marked, &id[1]);
    hd_sleep(HD_MS);
    hd_chan_recv(ch, NULL); /* value by value: only the first send */
    see(0);
    see(1);
    see(2);
    hd_chan_recv(ch, NULL);
    see(2);
    see(3);
}

static void a_buffered_value_brings_its_own_past(void **state)
{
    (void)state;
    expect_seen(buffered_body, "+0 -1 -2 +2 -3 ");
}

static void receive_twice(void *arg)
{
    (void)arg;
    hd_sleep(HD_MS);
    mark(0);
    hd_chan_recv(ch, NULL);
    mark(1);
    hd_chan_recv(ch, NULL);
}

static void kth_receive_body(void *arg)
{
    int blocked = arg != NULL;
    ch = hd_chan_make(sizeof(int), 2);
    hd_go(receive_twice, NULL);
    for (int i = 0; i < 2; i++)
        hd_chan_send(ch, &i);
    if (!blocked)
        hd_sleep(2 * HD_MS);
    see(0); /* (not marked yet in the blocked case, and not asked) */
    hd_chan_send(ch, &(int){3}); /* the 3rd, after the 1st receive */
    see(0);
    see(1);
    hd_chan_send(ch, &(int){4}); /* the 4th, after the 2nd */
    see(1);
}

static void the_kth_receive_is_before_send_k_plus_cap(void **state)
{
    (void)state;
    expect_seen(kth_receive_body, "-0 +0 -1 +1 ");
    /* The same when the senders had to wait for it. */
    moment[0] = moment[1] = (struct hd_epoch){1, 0};
    expect_said(run_default(kth_receive_body, "blocked"), "-0 +0 -1 +1 ");
}

static void close_marked(void *arg)
{
    (void)arg;
    mark(0);
    hd_chan_close(ch);
    mark(1);
}

static void close_body(void *arg)
{
    (void)arg;
    ch = hd_chan_make(sizeof(int), 1);
    hd_chan_send(ch, &(int){1});
    hd_go(close_marked, NULL);
    hd_sleep(HD_MS);
    hd_chan_recv(ch, NULL); /* drains: a value, not the close */
    see(0);
    hd_chan_recv(ch, NULL);
    see(0);
    see(1);
    ch = hd_chan_make(0, 0);
    hd_go(close_marked, NULL);
    hd_chan_recv(ch, NULL); /* waits for it */
    see(0);
    see(1);
}

static void a_close_is_before_the_receive_that_returns_because_of_it(void **state)
{
    (void)state;
    expect_seen(close_body, "-0 +0 -1 +0 -1 ");
}

static void select_body(void *arg)
{
    (void)arg;
    static int id[] = {0, 2};
    hd_chan *other = hd_chan_make(sizeof(int), 1);
    ch = hd_chan_make(sizeof(int), 1);
    struct hd_case c[] = {HD_RECV(other, NULL), HD_RECV(ch, NULL)};
    hd_go(send_marked, &id[0]);
    say("%d", hd_select(c, 2)); /* blocks */
    see(0);
    hd_go(send_marked, &id[1]);
    hd_sleep(HD_MS);
    hd_chan_send(other, &id[0]);
    say("%d", hd_select(c, 2)); /* the case not taken orders nothing */
    see(2);
    say("%d", hd_select_default(c, 2));
    see(2);
    see(3);
}

static void a_select_orders_by_the_case_taken(void **state)
{
    (void)state;
    expect_seen(select_body, "1 +0 0 -2 1 +2 -3 ");
}

/* ---- contexts and timers ---- */

static hd_ctx *ctx;

static void cancel_marked(void *arg)
{
    (void)arg;
    mark(0);
    hd_ctx_cancel(ctx);
    mark(1);
}

static void context_body(void *arg)
{
    (void)arg;
    ctx = hd_ctx_with_cancel(hd_ctx_background());
    hd_ctx *below = hd_ctx_with_cancel(ctx);
    hd_go(cancel_marked, NULL);
    hd_sleep(HD_MS);
    see(0);
    say("%d", hd_ctx_err(below)); /* an observation of the cancel */
    see(0);
    see(1);
    ctx = hd_ctx_with_cancel(hd_ctx_background());
    below = hd_ctx_with_cancel(ctx);
    hd_go(cancel_marked, NULL);
    hd_chan_recv(hd_ctx_done(below), NULL);
    see(0);
    see(1);
}

static void a_cancel_is_before_every_observation_of_it(void **state)
{
    (void)state;
    expect_seen(context_body, "-0 1 +0 -1 +0 -1 ");
}

static hd_timer *timer;

static void make_timer(void *arg)
{
    (void)arg;
    timer = hd_timer_new(2 * HD_MS);
    ctx = hd_ctx_with_timeout(hd_ctx_background(), 2 * HD_MS);
    mark(0);
    hd_sleep(HD_MS);
    mark(1);
}

static void timer_body(void *arg)
{
    (void)arg;
    hd_go(make_timer, NULL);
    hd_sleep(HD_US);
    hd_chan_recv(hd_timer_chan(timer), NULL);
    hd_chan_recv(hd_ctx_done(ctx), NULL);
    say("%d", hd_ctx_err(ctx));
    see(0);
    see(1);
}

static void a_timer_that_fires_orders_nothing(void **state)
{
    (void)state;
    expect_seen(timer_body, "2 -0 -1 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spawn_orders_the_past_and_a_join_the_child),
        cmocka_unit_test(sleep_yield_and_running_later_order_nothing),
        cmocka_unit_test(an_unlock_is_before_the_next_lock),
        cmocka_unit_test(a_done_is_before_the_wait_that_returns),
        cmocka_unit_test(unbuffered_orders_both_parties),
        cmocka_unit_test(a_receiver_does_not_order_senders_beyond_the_model),
        cmocka_unit_test(a_buffered_value_brings_its_own_past),
        cmocka_unit_test(the_kth_receive_is_before_send_k_plus_cap),
        cmocka_unit_test(a_close_is_before_the_receive_that_returns_because_of_it),
        cmocka_unit_test(a_select_orders_by_the_case_taken),
        cmocka_unit_test(a_cancel_is_before_every_observation_of_it),
        cmocka_unit_test(a_timer_that_fires_orders_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
