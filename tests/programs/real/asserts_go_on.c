/*
 * A little test framework: a failed assert() ends the test that it is in, and no
 * more.  In the buggy one the handler only takes note, and returns.
 *
 * expect: assertion
 */
#include <assert.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static sigjmp_buf next_test;
static volatile int failed;
static int leaves;
static atomic_int count;

static void on_abort(int sig)
{
    failed++;
    if (leaves)
        siglongjmp(next_test, sig);
}

static void *work(void *arg)
{
    atomic_fetch_add(&count, 1);
    return arg;
}

static void passes(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pthread_join(t, NULL);
    assert(atomic_load(&count) > 0);
}

static void fails(void)
{
    assert(atomic_load(&count) < 0);
}

static void aborts(void)
{
    abort();
}

int main(int argc, char **argv)
{
    static void (*const test[])(void) = {passes, fails, aborts, passes};
    struct sigaction action = {.sa_handler = on_abort};
    leaves = argc > 1 && strcmp(argv[1], "fixed") == 0;
    sigaction(SIGABRT, &action, NULL);
    for (volatile unsigned i = 0; i < sizeof test / sizeof test[0]; i++)
        if (sigsetjmp(next_test, 1) == 0)
            test[i]();
    return failed == 2 && atomic_load(&count) == 2 ? 0 : 1;
}
