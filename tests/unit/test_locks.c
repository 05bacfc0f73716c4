/*
 * test_locks.c - copied locks, rwlock, cond, once and semaphore.  (What a mutex
 * does besides is in test_sync.c.)  Exact orders are those of the default
 * schedule.
 */
#include "harness.h"

/* Says what a call panicked with. */
static void report(void *arg)
{
    struct hd_panic_value v;
    (void)arg;
    if (hd_recover(&v))
        say("[%s]", v.text);
}

/* ---- copies ---- */

struct counter {
    hd_mutex mu;
    int n;
};

static void add_to_copy(struct counter c)
{
    hd_mutex_lock(&c.mu);
    c.n++;
    say("n%d", c.n);
    hd_mutex_unlock(&c.mu);
}

static void copy_by_value(void *arg)
{
    (void)arg;
    struct counter c = {.n = 0};
    hd_mutex_init(&c.mu);
    add_to_copy(c);
    add_to_copy(c);
    hd_mutex_lock(&c.mu); /* the original is another lock, and free */
    say("original%d", c.n);
    hd_mutex_unlock(&c.mu);
}

static void a_copied_mutex_is_found(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(copy_by_value, NULL);
    assert_string_equal(said, "n1 n1 original0 ");
    const struct hd_finding *f = finding_of(r, HD_LOCK_MISUSE);
    assert_non_null(f);
    assert_int_equal(r->findings, 1); /* the second is the same finding */
    assert_non_null(strstr(f->message, "a copy of mutex #1"));
}

static void copy_after_first_use(void *arg)
{
    (void)arg;
    hd_mutex a = {0}, b;
    hd_mutex_lock(&a);
    hd_mutex_unlock(&a);
    b = a;
    hd_mutex_lock(&a);
    say("both%d", hd_mutex_trylock(&b));
}

static void the_first_use_makes_a_home(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(copy_after_first_use, NULL);
    assert_string_equal(said, "both1 ");
    expect_only(r, HD_LOCK_MISUSE);
}

static void copies_that_are_none(void *arg)
{
    (void)arg;
    static hd_mutex static_mu; /* known to earlier executions */
    hd_mutex fresh = {0}, copy = fresh;
    hd_mutex_lock(&copy);
    hd_mutex_lock(&fresh);
    hd_mutex_lock(&static_mu);
    hd_mutex_unlock(&static_mu);
    hd_mutex moved = fresh;
    hd_mutex_init(&moved); /* a lock of its own */
    hd_mutex_lock(&moved);
    say("done");
}

static void an_unused_mutex_may_be_copied(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        expect_said(run_default(copies_that_are_none, NULL), "done ");
}

static void copy_rwlock(void *arg)
{
    (void)arg;
    hd_rwlock a, b;
    hd_rwlock_init(&a);
    b = a;
    hd_rwlock_rlock(&b);
    hd_rwlock_lock(&a);
    say("both");
}

static void a_copied_rwlock_is_found(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(copy_rwlock, NULL);
    assert_string_equal(said, "both ");
    assert_non_null(
        strstr(expect_only(r, HD_LOCK_MISUSE)->message, "a copy of rwlock #1"));
}

/* ---- what tasks hold ---- */

static void hold(void *arg)
{
    struct hd_task *t = hd__cur;
    hd_mutex *mu = arg;
    hd_rwlock rw = {0};
    hd_mutex_lock(mu);
    hd_rwlock_rlock(&rw);
    hd_rwlock_rlock(&rw);
    say("%u", t->helds);
    hd_mutex_unlock(mu);
    say("%u %s %s", t->helds, t->held[0]->kind->name, t->held[1]->kind->name);
    hd_rwlock_runlock(&rw);
    hd_rwlock_runlock(&rw);
    hd_rwlock_lock(&rw);
    say("%u", t->helds);
    hd_rwlock_unlock(&rw);
    hd_mutex many[10] = {0};
    for (int i = 0; i < 10; i++)
        hd_mutex_lock(&many[i]);
    say("%u", t->helds); /* more are forgotten */
    for (int i = 0; i < 10; i++)
        hd_mutex_unlock(&many[i]);
    say("%u", t->helds);
}

static void unlock_it(void *mu)
{
    hd_mutex_unlock(mu);
}

static void holds(void *arg)
{
    (void)arg;
    hd_mutex mu = {0};
    hold(&mu);
    hd_mutex_lock(&mu);
    hd_join(hd_go(unlock_it, &mu)); /* the owner loses it, whoever unlocks */
    say("%u", hd__cur->helds);
    say("%d", hd_mutex_trylock(&mu));
    say("%u", hd__cur->helds);
    hd_mutex_unlock(&mu);
}

static void tasks_know_what_they_hold(void **state)
{
    (void)state;
    expect_said(run_default(holds, NULL), "3 2 rwlock rwlock 1 8 0 0 1 1 ");
}

/* ---- rwlock ---- */

struct rw {
    hd_rwlock lock;
    int readers, writers, peak;
    bool broken;
};

static void read_it(void *arg)
{
    struct rw *s = arg;
    hd_rwlock_rlock(&s->lock);
    s->readers++;
    s->peak = s->readers > s->peak ? s->readers : s->peak;
    hd_yield();
    s->broken = s->broken || s->writers > 0;
    s->readers--;
    hd_rwlock_runlock(&s->lock);
}

static void write_it(void *arg)
{
    struct rw *s = arg;
    hd_rwlock_lock(&s->lock);
    s->writers++;
    hd_yield();
    s->broken = s->broken || s->writers > 1 || s->readers > 0;
    s->writers--;
    hd_rwlock_unlock(&s->lock);
}

static void readers_and_writers(void *arg)
{
    struct rw *s = arg;
    *s = (struct rw){.peak = 0};
    hd_task *task[5];
    for (int i = 0; i < 5; i++)
        task[i] = hd_go(i % 2 == 0 ? read_it : write_it, s);
    for (int i = 0; i < 5; i++)
        hd_join(task[i]);
}

static void readers_share_and_writers_exclude(void **state)
{
    (void)state;
    static const char *const strategy[] = {"random", "pct", "pos"};
    int peak = 0;
    for (uint64_t seed = 0; seed < 600; seed++) {
        struct rw s;
        expect_clean(run_seed(strategy[seed % 3], seed, readers_and_writers, &s));
        assert_false(s.broken);
        peak = s.peak > peak ? s.peak : peak;
    }
    assert_int_equal(peak, 3);
}

static void say_read(void *rw)
{
    hd_rwlock_rlock(rw);
    say("read");
    hd_rwlock_runlock(rw);
}

static void say_write(void *rw)
{
    say("write?");
    hd_rwlock_lock(rw);
    say("write");
    hd_rwlock_unlock(rw);
}

static void writer_first(void *arg)
{
    (void)arg;
    hd_rwlock rw = {0};
    hd_rwlock_rlock(&rw);
    hd_task *t[] = {hd_go(say_write, &rw), hd_go(say_read, &rw),
                    hd_go(say_read, &rw), hd_go(say_write, &rw)};
    hd_yield(); /* all four wait now */
    say("main");
    hd_rwlock_runlock(&rw);
    for (int i = 0; i < 4; i++)
        hd_join(t[i]);
}

static void a_waiting_writer_keeps_readers_out(void **state)
{
    (void)state;
    /* And its unlock lets them in before the next writer. */
    expect_said(run_default(writer_first, NULL),
                "write? write? main write read read write ");
}

static void read_twice(void *arg)
{
    hd_rwlock *rw = arg;
    hd_rwlock_rlock(rw);
    hd_yield();
    hd_rwlock_rlock(rw);
    hd_rwlock_runlock(rw);
    hd_rwlock_runlock(rw);
}

static void recursive_reader(void *arg)
{
    (void)arg;
    hd_rwlock *rw = hd_alloc(sizeof(*rw));
    hd_task *reader = hd_go(read_twice, rw);
    hd_task *writer = hd_go(say_write, rw);
    hd_join(reader);
    hd_join(writer);
}

static void a_reader_that_locks_again_deadlocks(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(recursive_reader, NULL);
    const struct hd_finding *f = expect_only(r, HD_DEADLOCK);
    assert_string_equal(f->signature, "deadlock: read_twice rwlock-rlock rwlock");
    assert_string_equal(f->site[1].why,
                        "the writer main.2 waits for it; main.1 holds it for "
                        "reading, this task among them");
    assert_string_equal(f->site[2].why, "main.1 holds it for reading");
}

static void unlock_free_rw(void *rw)
{
    hd_defer(report, NULL);
    hd_rwlock_unlock(rw);
}

static void runlock_free_rw(void *rw)
{
    hd_defer(report, NULL);
    hd_rwlock_runlock(rw);
}

static void misused_rwlock(void *arg)
{
    (void)arg;
    hd_rwlock rw = {0};
    hd_call(runlock_free_rw, &rw);
    hd_rwlock_rlock(&rw);
    hd_call(unlock_free_rw, &rw);
    hd_rwlock_runlock(&rw);
}

static void unlocking_a_free_rwlock_panics(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(misused_rwlock, NULL);
    assert_string_equal(said, "[sync: RUnlock of unlocked RWMutex] "
                              "[sync: Unlock of unlocked RWMutex] ");
    assert_int_equal(r->findings, 2);
    assert_int_equal(r->finding[0].cls, HD_LOCK_MISUSE);
    assert_int_equal(r->finding[1].cls, HD_LOCK_MISUSE);
}

/* ---- cond ---- */

struct meeting {
    hd_mutex mu;
    hd_cond cond;
    int arrived;
};

static void attend(void *arg)
{
    struct meeting *m = arg;
    hd_mutex_lock(&m->mu);
    int k = ++m->arrived;
    hd_cond_wait(&m->cond, &m->mu);
    say("left%d", k);
    hd_mutex_unlock(&m->mu);
}

static void signals(void *arg)
{
    (void)arg;
    struct meeting m = {.arrived = 0};
    hd_task *t[3];
    for (int i = 0; i < 3; i++)
        t[i] = hd_go(attend, &m);
    hd_yield();
    say("signal");
    hd_cond_signal(&m.cond);
    hd_yield();
    say("broadcast");
    hd_cond_broadcast(&m.cond);
    for (int i = 0; i < 3; i++)
        hd_join(t[i]);
}

static void a_signal_wakes_one_a_broadcast_all(void **state)
{
    (void)state;
    expect_said(run_default(signals, NULL), "signal left1 broadcast left2 left3 ");
}

static void wait_too_late(void *arg)
{
    const int *earlier = arg;
    struct meeting m = {.arrived = 0};
    for (int i = 0; i < *earlier; i++)
        hd_cond_signal(&m.cond);
    attend(&m);
}

static void a_lost_signal_is_told(void **state)
{
    (void)state;
    static const char *const text[] = {"never signalled", "signal #1 had no waiter",
                                       "signal #2 had no waiter, nor had 1 before"};
    for (int n = 0; n < 3; n++) {
        const struct hd_result *r = run_default(wait_too_late, &n);
        const struct hd_finding *f = expect_only(r, HD_DEADLOCK);
        assert_string_equal(f->signature, "deadlock: attend cond-wait cond");
        assert_string_equal(f->site[0].why, text[n]);
        assert_non_null(strstr(f->message, text[n]));
    }
}

static void wait_unlocked_body(void *arg)
{
    struct meeting *m = arg;
    hd_defer(report, NULL);
    hd_cond_wait(&m->cond, &m->mu);
}

static void wait_unlocked(void *arg)
{
    (void)arg;
    struct meeting m = {.arrived = 0};
    hd_call(wait_unlocked_body, &m);
}

static void waiting_without_the_mutex_panics(void **state)
{
    (void)state;
    const struct hd_result *r = run_default(wait_unlocked, NULL);
    assert_string_equal(said, "[sync: unlock of unlocked mutex] ");
    expect_only(r, HD_LOCK_MISUSE);
}

static void set(void *arg)
{
    struct meeting *m = arg;
    hd_mutex_lock(&m->mu);
    m->arrived = 1;
    hd_cond_signal(&m->cond);
    hd_mutex_unlock(&m->mu);
}

static void wait_in_a_loop(void *arg)
{
    (void)arg;
    struct meeting m = {.arrived = 0};
    hd_task *t = hd_go(set, &m);
    hd_mutex_lock(&m.mu);
    while (m.arrived == 0)
        hd_cond_wait(&m.cond, &m.mu);
    say("%u", hd__cur->helds); /* it has the mutex again */
    hd_mutex_unlock(&m.mu);
    hd_join(t);
}

static void no_signal_is_lost_in_a_loop(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++)
        expect_said(
            run_seed(seed % 2 == 0 ? "random" : "pos", seed, wait_in_a_loop, NULL),
            "1 ");
}

/* ---- once ---- */

struct single {
    hd_once once;
    int runs, early;
    bool finished;
};

static void first_run(void *arg)
{
    struct single *s = arg;
    s->runs++;
    hd_yield();
    s->finished = true;
}

static void call_once(void *arg)
{
    struct single *s = arg;
    hd_once_do(&s->once, first_run, s);
    s->early += !s->finished;
}

static void callers_of_once(void *arg)
{
    struct single *s = arg;
    *s = (struct single){.runs = 0};
    hd_task *t[3];
    for (int i = 0; i < 3; i++)
        t[i] = hd_go(call_once, s);
    for (int i = 0; i < 3; i++)
        hd_join(t[i]);
}

static void once_runs_once_and_all_wait(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct single s;
        expect_clean(
            run_seed(seed % 2 == 0 ? "random" : "pct", seed, callers_of_once, &s));
        assert_int_equal(s.runs, 1);
        assert_int_equal(s.early, 0);
    }
}

static void panic_once(void *arg)
{
    (void)arg;
    say("run");
    hd_panic("in once");
}

static void once_and_recover(void *once)
{
    hd_defer(report, NULL);
    hd_once_do(once, panic_once, NULL);
    say("skipped");
}

static void panicking_once(void *arg)
{
    (void)arg;
    hd_once once = {0};
    hd_call(once_and_recover, &once);
    hd_once_do(&once, panic_once, NULL);
    say("done");
}

static void a_panic_counts_as_done(void **state)
{
    (void)state;
    expect_said(run_default(panicking_once, NULL), "run [in once] done ");
}

static void once_again(void *once)
{
    hd_once_do(once, once_again, once);
}

static void recursive_once(void *arg)
{
    (void)arg;
    hd_once once = {0};
    hd_once_do(&once, once_again, &once);
}

static void once_in_itself_deadlocks(void **state)
{
    (void)state;
    const struct hd_finding *f =
        expect_only(run_default(recursive_once, NULL), HD_DEADLOCK);
    assert_string_equal(f->signature, "deadlock: once_again once once");
    assert_string_equal(f->site[0].why, "called by its own function");
}

/* ---- semaphore ---- */

struct units {
    hd_sem *sem;
    int64_t n;
};

static void take_units(void *arg)
{
    struct units *u = arg;
    hd_sem_acquire(u->sem, u->n);
    say("got%d", (int)u->n);
    hd_sem_release(u->sem, u->n);
}

static void fifo(void *arg)
{
    (void)arg;
    hd_sem *s = hd_sem_make(3);
    struct units all = {s, 3}, one = {s, 1};
    hd_sem_acquire(s, 2);
    hd_task *t[] = {hd_go(take_units, &all), hd_go(take_units, &one)};
    hd_yield();
    say("try%d", hd_sem_acquire_try(s, 1)); /* one is free, but others wait */
    hd_sem_release(s, 1);
    hd_yield();
    say("main");
    hd_sem_release(s, 1);
    hd_join(t[0]);
    hd_join(t[1]);
    say("try%d", hd_sem_acquire_try(s, 3));
    say("try%d", hd_sem_acquire_try(s, 1));
}

static void a_semaphore_is_first_come_first_served(void **state)
{
    (void)state;
    expect_said(run_default(fifo, NULL), "try0 main got3 got1 try1 try0 ");
}

struct crowd {
    hd_sem *sem;
    int inside, peak;
};

static void enter(void *arg)
{
    struct crowd *c = arg;
    hd_sem_acquire(c->sem, 1);
    c->inside++;
    c->peak = c->inside > c->peak ? c->inside : c->peak;
    hd_yield();
    c->inside--;
    hd_sem_release(c->sem, 1);
}

static void crowded(void *arg)
{
    struct crowd *c = arg;
    *c = (struct crowd){.sem = hd_sem_make(2)};
    for (int i = 0; i < 4; i++)
        hd_go(enter, c);
    hd_sem_acquire(c->sem, 2);
    c->inside += 2;
    c->peak = c->inside > c->peak ? c->inside : c->peak;
    c->inside -= 2;
    hd_sem_release(c->sem, 2);
}

static void a_semaphore_bounds(void **state)
{
    (void)state;
    int peak = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct crowd c;
        expect_clean(run_seed(seed % 2 == 0 ? "random" : "pos", seed, crowded, &c));
        peak = c.peak > peak ? c.peak : peak;
    }
    assert_int_equal(peak, 2);
}

static void too_many(void *arg)
{
    (void)arg;
    hd_sem *s = hd_sem_make(2);
    struct units one = {s, 1};
    hd_join(hd_go(take_units, &one));
    hd_sem_acquire(s, 3);
}

static void more_than_the_size_blocks_for_ever(void **state)
{
    (void)state;
    const struct hd_finding *f =
        expect_only(run_default(too_many, NULL), HD_DEADLOCK);
    assert_string_equal(f->signature,
                        "deadlock: too_many semaphore-acquire semaphore");
    assert_string_equal(f->site[0].why, "wants more than its size of 2");
}

static void release_too_much(void *s)
{
    hd_defer(report, NULL);
    hd_sem_release(s, 2);
}

static void over_release(void *arg)
{
    (void)arg;
    hd_sem *s = hd_sem_make(2);
    hd_sem_acquire(s, 1);
    hd_call(release_too_much, s);
    say("try%d", hd_sem_acquire_try(s, 1)); /* nothing was released */
    say("try%d", hd_sem_acquire_try(s, 1));
}

static void releasing_too_much_panics(void **state)
{
    (void)state;
    expect_said(run_default(over_release, NULL),
                "[semaphore: released more than held] try1 try0 ");
}

static void stuck_semaphore(void *arg)
{
    (void)arg;
    hd_sem *s = hd_sem_make(2);
    struct units two = {s, 2};
    hd_sem_acquire(s, 1);
    hd_go(take_units, &two);
    hd_yield();
    hd_sem_acquire(s, 1);
}

static void a_stuck_semaphore_tells_the_queue(void **state)
{
    (void)state;
    const struct hd_finding *f =
        expect_only(run_default(stuck_semaphore, NULL), HD_DEADLOCK);
    assert_string_equal(f->site[0].why, "1 of 2 taken, wants 1, 1 before it");
    assert_string_equal(f->site[1].why, "1 of 2 taken, wants 2, 0 before it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copied_mutex_is_found),
        cmocka_unit_test(the_first_use_makes_a_home),
        cmocka_unit_test(an_unused_mutex_may_be_copied),
        cmocka_unit_test(a_copied_rwlock_is_found),
        cmocka_unit_test(tasks_know_what_they_hold),
        cmocka_unit_test(readers_share_and_writers_exclude),
        cmocka_unit_test(a_waiting_writer_keeps_readers_out),
        cmocka_unit_test(a_reader_that_locks_again_deadlocks),
        cmocka_unit_test(unlocking_a_free_rwlock_panics),
        cmocka_unit_test(a_signal_wakes_one_a_broadcast_all),
        cmocka_unit_test(a_lost_signal_is_told),
        cmocka_unit_test(waiting_without_the_mutex_panics),
        cmocka_unit_test(no_signal_is_lost_in_a_loop),
        cmocka_unit_test(once_runs_once_and_all_wait),
        cmocka_unit_test(a_panic_counts_as_done),
        cmocka_unit_test(once_in_itself_deadlocks),
        cmocka_unit_test(a_semaphore_is_first_come_first_served),
        cmocka_unit_test(a_semaphore_bounds),
        cmocka_unit_test(more_than_the_size_blocks_for_ever),
        cmocka_unit_test(releasing_too_much_panics),
        cmocka_unit_test(a_stuck_semaphore_tells_the_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
