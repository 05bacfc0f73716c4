/*
 * test_world.c - what a program is told of the world around it before its first
 * execution, calls that are not controlled, and other processes.
 */
#include "harness.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../src/posix/clock.h"
#include "../../src/posix/cpus.h"
#include "../../src/posix/ids.h"
#include "../../src/posix/uncontrolled.h"

/* ---- before the first execution ---- */

/* In a program under heddle time is virtual from the start, and goes on. */
static void test_clock_before(void **state)
{
    struct timespec t;
    (void)state;
    assert_true(time(NULL) > 1600000000);
    hd__program = true;
    time_t now = time(NULL);
    int64_t start_ns = hd__clock_before();
    sleep(5);
    usleep(7);
    nanosleep(&(struct timespec){0, 3}, NULL);
    int64_t slept_ns = hd__clock_before() - start_ns;
    clock_gettime(CLOCK_REALTIME, &t);
    clock_t used = clock();
    hd__program = false;
    assert_int_equal(now, 1000000000);
    assert_int_equal(slept_ns, 5000007003);
    assert_int_equal(t.tv_sec, 1000000005);
    assert_true(used >= 5 * CLOCKS_PER_SEC);
    assert_true(time(NULL) > 1600000000);
}

/* So are its ids and processors; random bytes go on through its executions. */
static uint64_t drawn;

static void draw(void *arg)
{
    (void)arg;
    if (getrandom(&drawn, sizeof drawn, 0) != sizeof drawn)
        drawn = 0;
}

static void test_answers_before(void **state)
{
    uint64_t first = 0;
    (void)state;
    run_default(draw, NULL);
    uint64_t once = drawn;
    run_default(draw, NULL);
    assert_true(once == drawn); /* each execution draws the same... */
    hd__program = true;
    int pid = getpid(), cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
    draw(NULL);
    first = drawn;
    run_default(draw, NULL);
    hd__program = false;
    assert_true(first != drawn); /* ...but not what start-up had before */
    assert_int_equal(pid, HD_PID);
    assert_int_equal(cpus, HD_CPUS);
    assert_true(getpid() < HD_PID);
}

/* ---- what is named ---- */

/* stderr into a file, and what was written there. */
static int said_fd, stderr_fd;

static void stderr_catch(void)
{
    said_fd = memfd_create("stderr", 0);
    stderr_fd = dup(STDERR_FILENO);
    dup2(said_fd, STDERR_FILENO);
}

static const char *stderr_back(void)
{
    static char text[4096];
    dup2(stderr_fd, STDERR_FILENO);
    close(stderr_fd);
    ssize_t n = pread(said_fd, text, sizeof text - 1, 0);
    text[n < 0 ? 0 : n] = '\0';
    close(said_fd);
    return text;
}

static void set_alarms(void *arg)
{
    (void)arg;
    alarm(0);
    alarm(0);
}

/* Once, and only in an execution. */
static void test_named_once(void **state)
{
    (void)state;
    stderr_catch();
    alarm(0);
    run_default(set_alarms, NULL);
    run_default(set_alarms, NULL);
    assert_string_equal(stderr_back(), "heddle: alarm() is not controlled: it goes "
                                       "off in real time (docs/limits.md)\n");
}

static void ask_for_lists(void *arg)
{
    (void)arg;
    killpg(0, 0);
}

/* A child that must be quiet only takes note, which its parent can see. */
static void test_noted_for_parent(void **state)
{
    int status = -1;
    (void)state;
    hd__uncontrolled_share();
    assert_false(hd__uncontrolled_happened(HD_U_killpg));
    stderr_catch();
    pid_t pid = fork();
    if (pid == 0) {
        hd__uncontrolled_quiet = true;
        run_default(ask_for_lists, NULL);
        _exit(0);
    }
    waitpid(pid, &status, 0);
    assert_string_equal(stderr_back(), "");
    assert_int_equal(status, 0);
    assert_true(hd__uncontrolled_happened(HD_U_killpg));
}

/* ---- the table ---- */

static char *read_limits(void)
{
    static char text[1 << 16];
    char path[512];
    snprintf(path, sizeof path, "%s/docs/limits.md", getenv("HEDDLE_SOURCE"));
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    return text;
}

/* docs/limits.md has a row for each group, with all its calls, and no other row. */
static void test_table(void **state)
{
    static char row[4096];
    const char *limits = read_limits();
    size_t rows = 0;
    (void)state;
    for (unsigned i = 0; i < HD_UNCONTROLLED_COUNT; i++) {
        const char *text = hd__uncontrolled_text(i);
        bool first = true;
        for (unsigned j = 0; j < i; j++)
            first = first && hd__uncontrolled_text(j) != text;
        if (!first)
            continue;
        size_t n =
            (size_t)snprintf(row, sizeof row, "| `%s`", hd__uncontrolled_name(i));
        for (unsigned j = i + 1; j < HD_UNCONTROLLED_COUNT; j++)
            if (hd__uncontrolled_text(j) == text)
                n += (size_t)snprintf(row + n, sizeof row - n, ", `%s`",
                                      hd__uncontrolled_name(j));
        snprintf(row + n, sizeof row - n, " | %s |\n", text);
        if (strstr(limits, row) == NULL)
            print_message("docs/limits.md lacks: %s", row);
        assert_non_null(strstr(limits, row));
        rows++;
    }
    for (const char *p = limits; (p = strstr(p, "\n| `")) != NULL; p++)
        rows--;
    assert_int_equal(rows, 0);
}

/* ---- other processes ---- */

static int to_child[2], from_child[2];

static void *returns(void *arg)
{
    return arg;
}

/* In the child nothing is heddle's: threads and ids are real. */
static void child_body(void)
{
    pthread_t t;
    void *result = NULL;
    bool good = hd__cur == NULL && getpid() < HD_PID &&
                pthread_create(&t, NULL, returns, said) == 0 &&
                pthread_join(t, &result) == 0 && result == said;
    _exit(good ? 7 : 1);
}

static pid_t (*forks)(void);

static void fork_and_wait(void *arg)
{
    int status = 0;
    (void)arg;
    pid_t pid = forks();
    if (pid == 0)
        child_body();
    say("%d", waitpid(pid, &status, 0) == pid && WIFEXITED(status));
    say("%d", WEXITSTATUS(status));
}

static void test_fork(void **state)
{
    (void)state;
    stderr_catch();
    forks = fork;
    expect_said(run_default(fork_and_wait, NULL), "1 7 ");
    forks = _Fork;
    expect_said(run_default(fork_and_wait, NULL), "1 7 ");
    const char *text = stderr_back();
    assert_non_null(strstr(text, "heddle: fork() is not controlled"));
    assert_non_null(strstr(text, "heddle: _Fork() is not controlled"));
    assert_non_null(strstr(text, "heddle: waitpid() is not controlled"));
}

static void *ask_child(void *arg)
{
    char c = 0;
    say("%zd", write(to_child[1], "?", 1));
    ssize_t n = read(from_child[0], &c, 1);
    say("%zd%c", n, c);
    return arg;
}

static void ask_twice(void *arg)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, ask_child, arg);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
}

/* What only another process can bring is really waited for, and named. */
static void test_outside(void **state)
{
    char c;
    (void)state;
    assert_int_equal(pipe(to_child) | pipe(from_child), 0);
    stderr_catch();
    pid_t pid = fork();
    if (pid == 0) {
        close(to_child[1]);
        while (read(to_child[0], &c, 1) == 1)
            if (usleep(20000) != 0 || write(from_child[1], "!", 1) != 1)
                _exit(1);
        _exit(0);
    }
    close(to_child[0]);
    close(from_child[1]);
    const struct hd_result *r = run_default(ask_twice, NULL);
    close(to_child[1]);
    waitpid(pid, NULL, 0);
    const char *text = stderr_back();
    close(from_child[0]);
    expect_said(r, "1 1 1! 1! ");
    assert_non_null(strstr(text, "heddle: read() is not controlled: it waits for "
                                 "another process in real time"));
}

/* ---- descriptors within the process ---- */

static int inner[2];

static void *put(void *arg)
{
    say("w%zd", write(inner[1], arg, 1));
    return NULL;
}

static void *get(void *arg)
{
    char c;
    (void)arg;
    say("r%zd", read(inner[0], &c, 1));
    say("%c", c);
    return NULL;
}

static void exchange(void *arg)
{
    pthread_t t[4];
    (void)arg;
    if (pipe(inner) != 0)
        return;
    for (int i = 0; i < 2; i++) {
        pthread_create(&t[i], NULL, get, NULL);
        pthread_create(&t[2 + i], NULL, put, i == 0 ? "a" : "b");
    }
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    close(inner[0]);
    close(inner[1]);
}

/* The schedule alone decides who gets what; and it does decide. */
static void test_pipe_repeats(void **state)
{
    char before[sizeof said];
    bool differs = false;
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        expect_clean(run_seed("random", seed, exchange, NULL));
        differs = differs || (seed > 1 && strcmp(before, said) != 0);
        strcpy(before, said);
        expect_clean(run_seed("random", seed, exchange, NULL));
        assert_string_equal(before, said);
    }
    assert_true(differs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clock_before),
        cmocka_unit_test(test_answers_before),
        cmocka_unit_test(test_named_once),
        cmocka_unit_test(test_pipe_repeats),
        cmocka_unit_test(test_outside),
        cmocka_unit_test(test_noted_for_parent),
        cmocka_unit_test(test_fork),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
