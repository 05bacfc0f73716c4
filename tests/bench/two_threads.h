/* two_threads.h - see two_threads.c. */
#ifndef TESTS_BENCH_TWO_THREADS_H
#define TESTS_BENCH_TWO_THREADS_H

void bench_two_threads(void *unused);

#endif
