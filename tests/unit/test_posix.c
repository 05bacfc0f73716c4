/*
 * test_posix.c - what the programs of tests/pass and tests/fail cannot show:
 * state that survives an execution, use on both sides, many objects, ids.
 */
#include "harness.h"

#include <pthread.h>
#include <semaphore.h>
#include <time.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int runs;

static void count(void)
{
    runs++;
}

static void lock_and_leave(void *arg)
{
    (void)arg;
    pthread_once(&once, count);
    say("%d", pthread_mutex_trylock(&lock));
}

/* A lock that an execution left locked is free in the next one, and outside. */
static void test_epochs(void **state)
{
    (void)state;
    runs = 0;
    run_default(lock_and_leave, NULL);
    run_default(lock_and_leave, NULL);
    assert_string_equal(said, "0 ");
    assert_int_equal(runs, 2);
    assert_int_equal(pthread_mutex_lock(&lock), 0);
    assert_int_equal(pthread_mutex_unlock(&lock), 0);
}

static void *real_thread(void *arg)
{
    pthread_mutex_lock(&lock);
    ++*(int *)arg;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&lock);
    return arg;
}

/* Outside of executions they are the real functions, on real threads. */
static void test_outside(void **state)
{
    pthread_t t;
    void *result;
    int n = 0;
    struct timespec now;
    sem_t sem;
    (void)state;
    assert_int_equal(pthread_create(&t, NULL, real_thread, &n), 0);
    pthread_mutex_lock(&lock);
    while (n == 0)
        pthread_cond_wait(&cond, &lock);
    pthread_mutex_unlock(&lock);
    assert_int_equal(pthread_join(t, &result), 0);
    assert_ptr_equal(result, &n);
    assert_int_equal(sem_init(&sem, 0, 1), 0);
    assert_int_equal(sem_trywait(&sem), 0);
    assert_int_equal(sem_trywait(&sem), -1);
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    assert_true(now.tv_sec > 1600000000);
}

static pthread_mutex_t made_outside;
static pthread_key_t key_outside;

static void *use_recursive(void *arg)
{
    say("%d%d", pthread_mutex_lock(&made_outside),
        pthread_mutex_lock(&made_outside));
    say("%d", pthread_getspecific(key_outside) == NULL);
    return arg;
}

static void use_outside(void *arg)
{
    pthread_t t;
    say("%d", pthread_getspecific(key_outside) == &made_outside);
    pthread_create(&t, NULL, use_recursive, arg);
    pthread_join(t, NULL);
}

/* What was made outside keeps its kind; its keys have a value per task. */
static void test_made_outside(void **state)
{
    pthread_mutexattr_t attr;
    (void)state;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&made_outside, &attr);
    pthread_mutexattr_destroy(&attr);
    pthread_key_create(&key_outside, NULL);
    pthread_setspecific(key_outside, &made_outside);
    expect_clean(run_default(use_outside, NULL));
    assert_string_equal(said, "1 00 1 ");
    pthread_key_delete(key_outside);
}

enum { MANY = 3000 };

static void use_many(void *arg)
{
    pthread_mutex_t *m = hd_alloc(MANY * sizeof *m);
    (void)arg;
    for (int i = 0; i < MANY; i++)
        pthread_mutex_lock(&m[i]);
    for (int i = 0; i < MANY; i++)
        if (pthread_mutex_trylock(&m[i]) == 0)
            say("free%d", i);
    for (int i = 0; i < MANY; i++)
        pthread_mutex_unlock(&m[i]);
}

static void test_many(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        expect_clean(run_default(use_many, NULL));
        assert_string_equal(said, "");
    }
}

static void *say_self(void *arg)
{
    say("%lu", (unsigned long)pthread_self());
    return arg;
}

static void say_ids(void *arg)
{
    pthread_t t[2];
    say_self(arg);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, say_self, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    say("%d", pthread_join((pthread_t)12345, NULL));
}

/* Ids are the same in every execution; one that nobody has is ESRCH. */
static void test_ids(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        expect_clean(run_default(say_ids, NULL));
        assert_string_equal(said, "1 2 3 3 ");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_epochs),       cmocka_unit_test(test_outside),
        cmocka_unit_test(test_made_outside), cmocka_unit_test(test_many),
        cmocka_unit_test(test_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
