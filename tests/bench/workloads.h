/*
 * workloads.h - what the benchmark runs: code under test, compiled per flavor.
 *
 * In the workloads of the table the scenario's own function is one of the tasks:
 * "2 tasks" are it and one that it starts.
 */
#ifndef BENCH_WORKLOADS_H
#define BENCH_WORKLOADS_H

/* An execution without any work: what beginning and ending one costs. */
void bench_nothing(void *arg);

/* (a) 2 tasks, each locks, increments and unlocks twice. */
void bench_locks(void *arg);
/* (b) 4 tasks, each adds to an atomic variable 5 times. */
void bench_atomics(void *arg);
/* (c) 3 tasks, each increments a plain variable. */
void bench_increments(void *arg);

/*
 * Long loops of one kind of scheduling point, so that the rest of the execution
 * does not count: memory accesses, and lock/unlock of a mutex of the task's own.
 *     alone    one task
 *     watched  one task, and a second one that could run
 *     pair     two tasks in the same loop
 */
void bench_access_alone(void *arg);
void bench_access_watched(void *arg);
void bench_access_pair(void *arg);
void bench_sync_alone(void *arg);
void bench_sync_watched(void *arg);
void bench_sync_pair(void *arg);

#endif
