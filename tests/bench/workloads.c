/*
 * workloads.c - see workloads.h.
 */
#include "workloads.h"

#include <heddle/heddle.h>

enum { LOOPS = 1000, TASKS_MAX = 4 };

static int shared;
static hd_mutex mu;

/* Runs fn in `tasks` tasks, of which the caller is the last, to their ends. */
static void in_tasks(int tasks, hd_fn *fn)
{
    hd_task *t[TASKS_MAX];
    for (int i = 1; i < tasks; i++)
        t[i] = hd_go(fn, NULL);
    fn(NULL);
    for (int i = 1; i < tasks; i++)
        hd_join(t[i]);
}

void bench_nothing(void *arg)
{
    (void)arg;
}

/* ---- the workloads of the table ---- */

static void lock_twice(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++) {
        hd_mutex_lock(&mu);
        shared++;
        hd_mutex_unlock(&mu);
    }
}

void bench_locks(void *arg)
{
    (void)arg;
    shared = 0;
    in_tasks(2, lock_twice);
    hd_assert(shared == 4);
}

static void add_five_times(void *arg)
{
    (void)arg;
    for (int i = 0; i < 5; i++)
        __atomic_fetch_add(&shared, 1, __ATOMIC_SEQ_CST);
}

void bench_atomics(void *arg)
{
    (void)arg;
    shared = 0;
    in_tasks(4, add_five_times);
    hd_assert(shared == 20);
}

static void increment(void *arg)
{
    (void)arg;
    shared++;
}

/* Without an assertion: what is measured is the race, not the lost update. */
void bench_increments(void *arg)
{
    (void)arg;
    shared = 0;
    in_tasks(3, increment);
}

/* ---- loops of scheduling points ---- */

static void idle(void *arg)
{
    (void)arg;
}

/* Each task has a variable of its own: a race report would be all one sees. */
static void access_loop(void *arg)
{
    volatile int *n = arg;
    for (int i = 0; i < LOOPS; i++)
        (*n)++;
}

static void sync_loop(void *arg)
{
    hd_mutex *own = arg;
    for (int i = 0; i < LOOPS; i++) {
        hd_mutex_lock(own);
        hd_mutex_unlock(own);
    }
}

void bench_access_alone(void *arg)
{
    (void)arg;
    static int n;
    access_loop(&n);
}

void bench_access_watched(void *arg)
{
    hd_task *other = hd_go(idle, NULL);
    bench_access_alone(arg);
    hd_join(other);
}

/* 64 bytes apart, so that not even a sanitizer's shadow is shared. */
void bench_access_pair(void *arg)
{
    (void)arg;
    static struct {
        _Alignas(64) int n;
    } own[2];
    hd_task *other = hd_go(access_loop, &own[0].n);
    access_loop(&own[1].n);
    hd_join(other);
}

void bench_sync_alone(void *arg)
{
    (void)arg;
    static hd_mutex own;
    sync_loop(&own);
}

void bench_sync_watched(void *arg)
{
    hd_task *other = hd_go(idle, NULL);
    bench_sync_alone(arg);
    hd_join(other);
}

void bench_sync_pair(void *arg)
{
    (void)arg;
    static hd_mutex own[2];
    hd_task *other = hd_go(sync_loop, &own[0]);
    sync_loop(&own[1]);
    hd_join(other);
}
