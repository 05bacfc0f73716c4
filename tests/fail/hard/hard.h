/*
 * hard.h - what the hard programs share.
 *
 * Each needs several preemptions, all at the right places, among thousands of
 * scheduling points that do not matter: work on memory that no other task sees.
 * That work also keeps a random walk from staying in one task for long enough.
 * No step on the way to the bug takes a branch that a harmless run does not
 * take, so coverage of the code shows no progress; what a read saw does.
 *
 * Everything shared is atomic, so none of the bugs is a data race.
 */
#ifndef TESTS_FAIL_HARD_H
#define TESTS_FAIL_HARD_H

#include <heddle/heddle.h>
#include <stdatomic.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { HARD_WORK = 100 };

/*
 * 200 scheduling points that nobody else sees, times `much`.  Tasks that work
 * more and less come to the same place at different times, whatever a fair walk
 * does.
 */
static inline void hard_work(int much)
{
    int *mine = hd_alloc(sizeof *mine);
    for (int i = 0; i < much * HARD_WORK; i++) {
        *mine = i;
        (void)*(volatile int *)mine;
    }
}

/*
 * The same, and it tells its progress, as a long job may: scheduling points that
 * others do see and that do not matter.  Whoever watches need only look once.
 */
static inline void hard_work_told(int much, atomic_int *progress)
{
    for (int i = 0; i < much * 10; i++) {
        int *mine = hd_alloc(sizeof *mine);
        for (int k = 0; k < HARD_WORK / 10; k++) {
            *mine = k;
            (void)*(volatile int *)mine;
        }
        atomic_store(progress, i);
    }
}

#endif
