/*
 * test_sync.c - channels, waitgroup and mutex: Go's semantics call by call.
 * (Select, map and work are in test_select.c, time and contexts in test_time.c,
 * panics in test_panic.c; what orders what is in test_clocks.c.)
 *
 * The engine's default schedule is fixed - the current task goes on, the next
 * one is first in, first out - so most tests compare one exact order of events.
 */
#include "harness.h"

/* ---- channels ---- */

static void send_three(void *ch)
{
    for (int i = 1; i <= 3; i++) {
        say("send%d", i);
        hd_chan_send(ch, &i);
        say("sent%d", i);
    }
    hd_chan_close(ch);
}

static void range(void *arg)
{
    const size_t *capacity = arg;
    hd_chan *ch = hd_chan_make(sizeof(int), *capacity);
    hd_go(send_three, ch);
    int v = -1;
    while (hd_chan_recv(ch, &v))
        say("got%d", v);
    say("end%d", v);
    say("%d", hd_chan_recv(ch, NULL));
}

static void unbuffered_send_completes_with_the_receive(void **state)
{
    (void)state;
    size_t capacity = 0;
    /* main waits, so send 1 is immediate; then main must run for send 2. */
    expect_said(run_default(range, &capacity),
                "send1 sent1 send2 got1 got2 sent2 send3 sent3 got3 end0 0 ");
    for (uint64_t seed = 0; seed < 300; seed++) {
        expect_clean(run_seed("random", seed, range, &capacity));
        assert_true(strstr(said, "got1") < strstr(said, "got2"));
        assert_true(strstr(said, "got2") < strstr(said, "got3"));
        /* The second send cannot be over before the first was received. */
        assert_true(strstr(said, "send2") < strstr(said, "got2"));
        assert_true(strstr(said, "send3") < strstr(said, "got3"));
        assert_non_null(strstr(said, "end0 0 "));
    }
}

static void buffered_send_blocks_only_when_full(void **state)
{
    (void)state;
    size_t capacity = 3;
    expect_said(run_default(range, &capacity),
                "send1 sent1 send2 sent2 send3 sent3 got1 got2 got3 end0 0 ");
    capacity = 1;
    /* main was waiting: 1 goes to it directly, 2 into the buffer, 3 waits. */
    expect_said(run_default(range, &capacity),
                "send1 sent1 send2 sent2 send3 got1 got2 got3 sent3 end0 0 ");
}

static void length_and_capacity(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(sizeof(int), 2);
    say("%zu/%zu", hd_chan_len(ch), hd_chan_cap(ch));
    int v = 7;
    hd_chan_send(ch, &v);
    v = 8; /* a copy was sent */
    hd_chan_send(ch, &v);
    say("%zu/%zu", hd_chan_len(ch), hd_chan_cap(ch));
    hd_chan_close(ch);
    say("%zu", hd_chan_len(ch));
    say("%d", hd_chan_recv(ch, &v) ? v : -1);
    say("%zu", hd_chan_len(ch));
    hd_chan_recv(ch, NULL);
    bool more = hd_chan_recv(ch, &v);
    say("%d %d", more, v);
    say("%zu/%zu", hd_chan_len(NULL), hd_chan_cap(NULL));
}

static void a_closed_channel_drains_first(void **state)
{
    (void)state;
    expect_said(run_default(length_and_capacity, NULL), "0/2 2/2 2 7 1 0 0 0/0 ");
}

static void wide_values(void *arg)
{
    (void)arg;
    struct wide {
        char text[300];
    } w;
    hd_chan *ch = hd_chan_make(sizeof w, 3);
    for (int round = 0; round < 5; round++) { /* round the ring */
        for (int i = 0; i < 3; i++) {
            memset(w.text, 'a' + i + round, sizeof w.text);
            hd_chan_send(ch, &w);
        }
        for (int i = 0; i < 3; i++) {
            hd_chan_recv(ch, &w);
            hd_assert(w.text[0] == 'a' + i + round &&
                      w.text[299] == 'a' + i + round);
        }
    }
    hd_chan *empty = hd_chan_make(0, 1); /* Go's chan struct{} */
    hd_chan_send(empty, NULL);
    say("%zu", hd_chan_len(empty));
    say("%d", hd_chan_recv(empty, NULL));
    hd_chan_close(empty);
    char untouched = 'x';
    say("%d%c", hd_chan_recv(empty, &untouched), untouched);
}

static void any_size_goes_through(void **state)
{
    (void)state;
    expect_said(run_default(wide_values, NULL), "1 1 0x ");
}

struct who {
    hd_chan *ch;
    int id;
};

static void receive_one(void *arg)
{
    struct who *w = arg;
    int v = 0;
    hd_chan_recv(w->ch, &v);
    say("r%d=%d", w->id, v);
}

static void send_one(void *arg)
{
    struct who *w = arg;
    hd_chan_send(w->ch, &w->id);
}

static void let_all_block(void)
{
    hd_sleep(HD_MS); /* the clock moves only when nobody can run */
}

static void waiting_parties(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    struct who w[6];
    for (int i = 0; i < 3; i++) {
        w[i] = (struct who){ch, i};
        hd_go(receive_one, &w[i]);
    }
    let_all_block();
    for (int v = 10; v < 13; v++)
        hd_chan_send(ch, &v);
    let_all_block();
    for (int i = 3; i < 6; i++) {
        w[i] = (struct who){ch, i};
        hd_go(send_one, &w[i]);
    }
    let_all_block();
    for (int i = 3; i < 6; i++) {
        int v;
        hd_chan_recv(ch, &v);
        say("%d", v);
    }
}

static void who_waits_first_is_served_first(void **state)
{
    (void)state;
    expect_said(run_default(waiting_parties, NULL), "r0=10 r1=11 r2=12 3 4 5 ");
}

static void refill(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(sizeof(int), 1);
    struct who w[3];
    for (int i = 0; i < 3; i++) {
        w[i] = (struct who){ch, i};
        hd_go(send_one, &w[i]);
    }
    let_all_block();
    say("len%zu", hd_chan_len(ch));
    for (int i = 0; i < 3; i++) {
        int v;
        hd_chan_recv(ch, &v);
        say("%d,%zu", v, hd_chan_len(ch));
    }
}

static void a_blocked_sender_moves_up_into_the_buffer(void **state)
{
    (void)state;
    expect_said(run_default(refill, NULL), "len1 0,1 1,1 2,0 ");
}

/* What panics: the text, and the finding that goes with it. */

static void recover_and_say(void *arg)
{
    (void)arg;
    struct hd_panic_value v;
    if (hd_recover(&v))
        say("[%s]", v.text);
}

static void close_twice(void *arg)
{
    hd_defer(recover_and_say, NULL);
    hd_chan_close(arg);
    hd_chan_close(arg);
}

static void close_nil(void *arg)
{
    (void)arg;
    hd_defer(recover_and_say, NULL);
    hd_chan_close(NULL);
}

static void send_closed(void *arg)
{
    int v = 1;
    hd_defer(recover_and_say, NULL);
    hd_chan_send(arg, &v);
}

static void select_send_closed(void *arg)
{
    int v = 1;
    hd_defer(recover_and_say, NULL);
    struct hd_case c[] = {HD_SEND(arg, &v)};
    hd_select_default(c, 1);
}

static void misuses(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(sizeof(int), 4);
    hd_call(close_nil, NULL);
    hd_call(close_twice, ch);
    hd_call(send_closed, ch);
    hd_call(select_send_closed, ch);
    hd_chan *full = hd_chan_make(sizeof(int), 0);
    hd_task *t = hd_go(send_closed, full);
    let_all_block();
    hd_chan_close(full); /* a blocked sender panics, too */
    hd_join(t);
}

static void misuse_of_channels_panics(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(misuses, NULL);
    assert_string_equal(said, "[close of nil channel] [close of closed channel] "
                              "[send on closed channel] [send on closed channel] "
                              "[send on closed channel] ");
    assert_int_equal(r->outcome, HD_OUTCOME_DONE);
    assert_non_null(finding_of(r, HD_CHANNEL_MISUSE));
    assert_null(finding_of(r, HD_PANIC));
}

static void nil_receive(void *arg)
{
    (void)arg;
    int v;
    hd_chan_recv(NULL, &v);
}

static void nil_send(void *arg)
{
    (void)arg;
    int v = 0;
    hd_chan_send(NULL, &v);
}

static void a_nil_channel_blocks_for_ever(void **state)
{
    (void)state;
    hd_fn *const fn[] = {nil_receive, nil_send};
    for (size_t i = 0; i < COUNT(fn); i++) {
        const struct hd_result *r = run_default(fn[i], NULL);
        assert_int_equal(r->outcome, HD_OUTCOME_STUCK);
        assert_int_equal(r->tasks_dropped, 1);
        assert_non_null(
            strstr(expect_only(r, HD_DEADLOCK)->message, "nil channel"));
    }
}

/* ---- waitgroup ---- */

static void counted(void *arg)
{
    say("work");
    hd_wg_done(arg);
}

static void wait_and_say(void *arg)
{
    hd_wg_wait(arg);
    say("through");
}

static void groups(void *arg)
{
    (void)arg;
    hd_wg wg = {0};
    hd_wg_wait(&wg); /* zero: does not block */
    say("zero");
    hd_task *waiter[2];
    for (int round = 0; round < 2; round++) { /* reuse after every wait returned */
        hd_wg_add(&wg, 2);
        for (int i = 0; i < 2; i++)
            waiter[i] = hd_go(wait_and_say, &wg);
        let_all_block();
        hd_go(counted, &wg);
        hd_go(counted, &wg);
        hd_wg_wait(&wg);
        say("all");
        hd_join(waiter[0]);
        hd_join(waiter[1]);
    }
    hd_wg_add(&wg, 3);
    hd_wg_add(&wg, -3); /* Add takes any delta that stays above 0 */
    hd_wg_wait(&wg);
}

static void a_waitgroup_lets_every_waiter_through(void **state)
{
    (void)state;
    expect_said(
        run_default(groups, NULL),
        "zero work work through through all work work through through all ");
    for (uint64_t seed = 0; seed < 300; seed++)
        expect_clean(run_seed("random", seed, groups, NULL));
}

static void go_negative(void *arg)
{
    hd_defer(recover_and_say, NULL);
    hd_wg_add(arg, 1);
    hd_wg_add(arg, -2);
}

static void negative(void *arg)
{
    (void)arg;
    hd_wg wg = {0};
    hd_call(go_negative, &wg);
}

static void reuse_early(void *arg)
{
    (void)arg;
    hd_wg wg = {0};
    hd_wg_add(&wg, 1);
    hd_go(wait_and_say, &wg);
    let_all_block();
    hd_wg_done(&wg);
    hd_wg_add(&wg, 1); /* before the woken waiter has returned */
    hd_wg_done(&wg);
}

static void misuse_of_a_waitgroup_is_found(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(negative, NULL);
    assert_string_equal(said, "[sync: negative WaitGroup counter] ");
    expect_only(r, HD_WAITGROUP_MISUSE);
    expect_only(run_default(reuse_early, NULL), HD_WAITGROUP_MISUSE);
}

/* ---- mutex ---- */

static hd_mutex lock; /* its zero value belongs to whichever execution runs */

static void take(void *arg)
{
    hd_mutex_lock(&lock);
    say("%s", (const char *)arg);
    hd_mutex_unlock(&lock);
}

static void try_it(void *arg)
{
    (void)arg;
    say("try%d", hd_mutex_trylock(&lock));
}

static void locks(void *arg)
{
    (void)arg;
    say("try%d", hd_mutex_trylock(&lock));
    hd_go(take, "a");
    hd_go(take, "b");
    hd_go(take, "c");
    hd_join(hd_go(try_it, NULL)); /* held by another task: fails, never blocks */
    let_all_block();
    hd_mutex_unlock(&lock);
    let_all_block();
    try_it(NULL);
    try_it(NULL); /* not recursive */
}

static void a_mutex_excludes(void **state)
{
    (void)state;
    expect_said(run_default(locks, NULL), "try1 try0 a b c try1 try0 ");
    /* That execution ended with the lock held; the next one finds it free. */
    expect_said(run_default(locks, NULL), "try1 try0 a b c try1 try0 ");
}

static void who_is_woken_is_a_decision(void **state)
{
    (void)state;
    /*
     * main's sync operations: trylock, go x 4, join, sleep, unlock - the 8th
     * segment.  Waking waiter 2 instead of 0 lets c go first, who wakes a.
     */
    struct hd_deviation d = {.segment = 8, .kind = HD_CHOICE_WAKE, .choice = 2};
    const struct hd_result *r = run_deviation(locks, NULL, d);
    assert_int_equal(r->plan->count, 1);
    expect_said(r, "try1 try0 c a b try1 try0 ");
}

static void barge(void *arg)
{
    (void)arg;
    hd_mutex_lock(&lock);
    hd_go(take, "waiter");
    let_all_block();
    hd_mutex_unlock(&lock); /* the waiter is woken, but main runs on */
    say("try%d", hd_mutex_trylock(&lock));
    let_all_block();
    hd_mutex_unlock(&lock);
}

static void a_woken_waiter_competes_again(void **state)
{
    (void)state;
    expect_said(run_default(barge, NULL), "try1 waiter ");
}

static void unlock_for_another(void *arg)
{
    hd_mutex_unlock(arg);
}

static void unlock_free(void *arg)
{
    hd_defer(recover_and_say, NULL);
    hd_mutex_unlock(arg);
}

static void unlocking(void *arg)
{
    (void)arg;
    hd_mutex mu = {0};
    hd_mutex_lock(&mu);
    hd_join(hd_go(unlock_for_another, &mu)); /* as in Go, anybody may */
    say("try%d", hd_mutex_trylock(&mu));
    hd_mutex_unlock(&mu);
    hd_call(unlock_free, &mu);
}

static void unlock_of_unlocked_panics(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(unlocking, NULL);
    assert_string_equal(said, "try1 [sync: unlock of unlocked mutex] ");
    expect_only(r, HD_LOCK_MISUSE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unbuffered_send_completes_with_the_receive),
        cmocka_unit_test(buffered_send_blocks_only_when_full),
        cmocka_unit_test(a_closed_channel_drains_first),
        cmocka_unit_test(any_size_goes_through),
        cmocka_unit_test(who_waits_first_is_served_first),
        cmocka_unit_test(a_blocked_sender_moves_up_into_the_buffer),
        cmocka_unit_test(misuse_of_channels_panics),
        cmocka_unit_test(a_nil_channel_blocks_for_ever),
        cmocka_unit_test(a_waitgroup_lets_every_waiter_through),
        cmocka_unit_test(misuse_of_a_waitgroup_is_found),
        cmocka_unit_test(a_mutex_excludes),
        cmocka_unit_test(who_is_woken_is_a_decision),
        cmocka_unit_test(a_woken_waiter_competes_again),
        cmocka_unit_test(unlock_of_unlocked_panics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
