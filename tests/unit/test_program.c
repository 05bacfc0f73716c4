/*
 * What a program of the user's own rests on: the thread carrier, the guard over a
 * process that runs code under test, and what the command tells the program.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <heddle/heddle.h>

#include "engine/engine.h"
#include "repro/guard.h"
#include "repro/program.h"

static void *shared(size_t size)
{
    void *p =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(p, MAP_FAILED);
    return p;
}

/* ---- options ---- */

static void test_options_cross_the_environment(void **state)
{
    (void)state;
    struct hd_program_options got, o = {.hang_seconds = 7,
                                        .policies = 0x30,
                                        .no_races = true,
                                        .expect_exit = -1};
    char text[128];
    hd_program_options_write(&o, text, sizeof text);
    assert_true(hd_program_options_read(&got, text));
    assert_int_equal(got.hang_seconds, 7);
    assert_int_equal(got.policies, 0x30);
    assert_true(got.no_races);
    assert_int_equal(got.expect_exit, HD_EXIT_ANY);
}

static void test_options_that_are_none(void **state)
{
    (void)state;
    static const char *const bad[] = {"",         "1",         "2:10:0:0:0",
                                      "1:10:0:0", "1:x:0:0:0", "1:10:0:0:0 "};
    struct hd_program_options got;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(hd_program_options_read(&got, bad[i]));
}

static void test_expected_status(void **state)
{
    (void)state;
    struct hd_program_options o = {.expect_exit = 3};
    assert_true(hd_program_expects(&o, 3));
    assert_false(hd_program_expects(&o, 0));
    o.expect_exit = HD_EXIT_ANY;
    assert_true(hd_program_expects(&o, 77));
}

/* ---- the guard ---- */

static struct hd_deathnote *note;
static uint64_t *beats;

/* The death of a child that does something, while an execution runs. */
static struct hd_death watch(void (*child)(void))
{
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    hd_guard_note_clear(note);
    note->running = 1;
    pid_t pid = fork();
    if (pid == 0) {
        child();
        _exit(5);
    }
    struct hd_guard g = {.note = note, .beats = beats, .hang_seconds = 1};
    return hd_guard_watch(&g, pid);
}

static void nothing(void)
{
}

static void die(void)
{
    raise(SIGKILL);
}

static void spin(void)
{
    for (volatile int i = 0;; i++)
        ;
}

static void wait_for_ever(void)
{
    int fd[2];
    char c;
    if (pipe(fd) == 0)
        while (read(fd[0], &c, 1) >= 0)
            ;
}

static void test_an_end_is_reported(void **state)
{
    (void)state;
    struct hd_death d = watch(nothing);
    assert_true(WIFEXITED(d.status));
    assert_int_equal(WEXITSTATUS(d.status), 5);
    assert_false(d.hang || d.blocked);
    d = watch(die);
    assert_true(WIFSIGNALED(d.status));
    assert_false(d.hang || d.blocked);
}

static void test_a_loop_is_a_hang(void **state)
{
    (void)state;
    struct hd_account a;
    struct hd_death d = watch(spin);
    assert_true(d.hang);
    assert_false(d.blocked);
    hd_guard_account(note, &d, &a);
    assert_int_equal(a.outcome, HD_OUTCOME_HANG);
    assert_int_equal(a.findings, 0);
    hd_account_free(&a);
}

static void test_who_sleeps_is_blocked_and_the_call_is_named(void **state)
{
    (void)state;
    struct hd_account a;
    struct hd_death d = watch(wait_for_ever);
    assert_true(d.blocked);
    assert_false(d.hang);
    assert_string_equal(d.call, "read");
    hd_guard_account(note, &d, &a);
    assert_int_equal(a.outcome, HD_OUTCOME_UNCONTROLLED);
    assert_string_equal(a.call, "read");
    assert_int_equal(a.findings, 0);
    hd_account_free(&a);
}

static void test_the_account_of_the_dead(void **state)
{
    (void)state;
    struct hd_account a;
    struct hd_death d = {.status = SIGSEGV};
    hd_guard_note_clear(note);
    note->index = 12;
    note->steps = 34;
    note->deviations = 1;
    note->dev[0] = (struct hd_deviation){.task = 1, .segment = 2, .choice = 3};
    hd_guard_account(note, &d, &a);
    assert_int_equal(a.outcome, HD_OUTCOME_CRASH);
    assert_int_equal(a.index, 12);
    assert_int_equal(a.steps, 34);
    assert_int_equal(a.plan.count, 1);
    assert_int_equal(a.plan.dev[0].segment, 2);
    assert_int_equal(a.findings, 1);
    assert_int_equal(a.finding[0].cls, HD_MEMORY_ERROR);
    assert_string_equal(a.finding[0].site[0].task, "main");
    hd_account_free(&a);
    d.status = 7 << 8; /* it exited */
    hd_guard_account(note, &d, &a);
    assert_int_equal(a.finding[0].cls, HD_ASSERTION);
    hd_account_free(&a);
}

/* ---- the thread carrier ---- */

/* What an execution in a process of its own tells. */
struct told {
    uint64_t trace_hash;
    enum hd_outcome outcome;
    size_t findings, deviations;
    int mine[3]; /* thread-locals, as their threads saw them */
    bool over;
};

static struct told *told;
static _Thread_local int mine;
static int turn;

static void over(const struct hd_result *r)
{
    told->trace_hash = r->trace_hash;
    told->outcome = r->outcome;
    told->findings = r->findings;
    told->deviations = r->plan->count;
    told->over = true;
}

static void worker(void *arg)
{
    int index = *(int *)arg;
    for (int i = 0; i < 3; i++) {
        mine += index;
        turn = index;
        hd_yield();
    }
    told->mine[index] = mine;
}

static void two_workers(void)
{
    static int index[] = {1, 2};
    hd_task *a = hd_go(worker, &index[0]), *b = hd_go(worker, &index[1]);
    hd_join(a);
    hd_join(b);
    told->mine[0] = mine;
}

static void stuck_worker(void)
{
    hd_chan *c = hd_chan_make(sizeof(int), 0);
    int got;
    hd_chan_recv(c, &got);
}

static void failing_worker(void)
{
    two_workers();
    hd_assert(turn == 0);
}

/* Runs it as the first task; how the process ended. */
static int run_here(void (*code)(void), uint64_t seed)
{
    int status;
    memset(told, 0, sizeof *told);
    pid_t pid = fork();
    if (pid == 0) {
        struct hd_options o = HD_OPTIONS_DEFAULT;
        o.strategy = hd_strategy_find("random");
        o.seed = seed;
        hd_run_here(&o, over);
        code();
        hd_run_exit();
        _exit(3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void test_tasks_are_threads_with_thread_locals(void **state)
{
    (void)state;
    assert_int_equal(run_here(two_workers, 1), 3 << 8);
    assert_true(told->over);
    assert_int_equal(told->outcome, HD_OUTCOME_DONE);
    assert_int_equal(told->mine[0], 0);
    assert_int_equal(told->mine[1], 3);
    assert_int_equal(told->mine[2], 6);
}

static void test_the_same_seed_gives_the_same_trace(void **state)
{
    (void)state;
    uint64_t hash[20];
    size_t differ = 0;
    for (uint64_t seed = 0; seed < 20; seed++) {
        run_here(two_workers, seed);
        hash[seed] = told->trace_hash;
        differ += seed > 0 && hash[seed] != hash[0];
    }
    assert_true(differ > 0);
    for (uint64_t seed = 0; seed < 20; seed++) {
        run_here(two_workers, seed);
        assert_true(told->trace_hash == hash[seed]);
    }
}

static void test_who_finds_that_it_is_over_ends_the_process(void **state)
{
    (void)state;
    assert_int_equal(run_here(stuck_worker, 1), 0);
    assert_true(told->over);
    assert_int_equal(told->outcome, HD_OUTCOME_STUCK);
    assert_int_equal(run_here(failing_worker, 1), 0);
    assert_int_equal(told->outcome, HD_OUTCOME_STOPPED);
    assert_int_equal(told->findings, 1);
}

static void end_early(void)
{
    static int index = 1;
    hd_go(worker, &index);
}

static void test_an_end_while_threads_live(void **state)
{
    (void)state;
    assert_int_equal(run_here(end_early, 1), 3 << 8);
    assert_int_equal(told->outcome, HD_OUTCOME_EXIT);
    assert_int_equal(told->findings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_cross_the_environment),
        cmocka_unit_test(test_options_that_are_none),
        cmocka_unit_test(test_expected_status),
        cmocka_unit_test(test_an_end_is_reported),
        cmocka_unit_test(test_a_loop_is_a_hang),
        cmocka_unit_test(test_who_sleeps_is_blocked_and_the_call_is_named),
        cmocka_unit_test(test_the_account_of_the_dead),
        cmocka_unit_test(test_tasks_are_threads_with_thread_locals),
        cmocka_unit_test(test_the_same_seed_gives_the_same_trace),
        cmocka_unit_test(test_who_finds_that_it_is_over_ends_the_process),
        cmocka_unit_test(test_an_end_while_threads_live),
    };
    enum { DEVIATIONS = 16 };
    note = shared(sizeof *note + DEVIATIONS * sizeof note->dev[0]);
    note->deviations_max = DEVIATIONS;
    beats = shared(sizeof *beats);
    told = shared(sizeof *told);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
