#!/usr/bin/env bats
# Code that is not deterministic: the finding says the first step that differs, which
# values did before it, and what was not controlled there.

load helper

# program NAME: compiles standard input with heddle-cc.
program() {
    cat >"$1.c"
    "$HEDDLE_BUILD/bin/heddle-cc" -g -pthread -o "$1" "$1.c"
}

# line N WORD: the number of the line of N.c that has the word, in its comment.
line() {
    grep -n "/\* $2 \*/" "$1.c" | cut -d: -f1
}

# The part of the report that is about nondeterminism.
report() {
    sed -n '/^nondeterminism: /,/^  replay: /p' out >report
    [ -s report ] || { cat out; return 1; }
}

@test "a value that an execution leaves behind is named" {
    split 1 "$HEDDLE_BUILD/bin/heddle-tests" hunt fail-nondeterminism-static-counter/buggy \
        --flavor race --out found
    report
    grep -Eq '^nondeterminism: the same plan gave trace [0-9a-f]{16}, then [0-9a-f]{16} in the same process; they part at step 9$' report
    grep -q '^  task main.1, in one run: task-exit$' report
    grep -q '^  task main.1, in the other: yield$' report
    grep -q 'static_counter.c:14' report
    grep -Eq 'before it main, step 1, read of executions: 0 in one run, 1 in the other, at buggy .*static_counter.c:20' report
    grep -q 'the first execution in a process differs from the next' report
    # A replay says it as well.
    split 1 "$HEDDLE_BUILD/bin/heddle-tests" replay found/*.sched
    grep -q '; they part at step 9$' out
    grep -q 'read of executions: 0 in one run, 1 in the other' out
}

@test "a decision by the value of a pointer is told from others" {
    program bucket <<'C'
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static unsigned bucket;

static void *work(void *p)
{
    uintptr_t high = (uintptr_t)work >> 24; /* of a program that is not randomized: */
    bucket = high == 0x555555 || high == 0xaaaaaa ? 1 : 2; /* hash */
    (void)p;
    for (unsigned i = 0; i < bucket; i++) {
        pthread_mutex_lock(&mu); /* more */
        pthread_mutex_unlock(&mu);
    }
    return NULL;
}

int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pthread_join(t, NULL);
    abort();
}
C
    split 1 "$HEDDLE" hunt --out found -- ./bucket
    report
    grep -q 'in a fresh process; they part at step ' report
    grep -Eq "before it main.1, step [0-9]+, write of bucket: [0-9]+ in one run, [0-9]+ in the other, at work .*bucket.c:$(line bucket hash)" report
    grep -q 'executions at fixed addresses agree, at others they differ: the value of a pointer decides' report
    grep -q "bucket.c:$(line bucket more)" report
}

@test "the call that was not controlled is named with its task" {
    program child <<'C'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static int answer;

static void *work(void *p)
{
    FILE *child = popen("echo >>runs; wc -l <runs", "r");
    (void)p;
    if (fscanf(child, "%d", &answer) != 1)
        exit(3);
    pclose(child);
    for (int i = answer; i > 0; i--) { /* loop */
        pthread_mutex_lock(&mu);
        pthread_mutex_unlock(&mu);
    }
    return NULL;
}

int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, work, NULL);
    pthread_join(t, NULL);
    abort();
}
C
    split 1 "$HEDDLE" hunt -j 1 --out found -- ./child
    report
    grep -Eq "before it main.1, step [0-9]+, read of answer: [0-9]+ in one run, [0-9]+ in the other, at work .*child.c:$(line child loop)" report
    grep -Eq 'not controlled, and called before it: (popen|pclose)\(\), by main.1 after step [0-9]+' report
    run ! grep -q 'value of a pointer' report
    # And a picture shows it where it was made.
    split 1 "$HEDDLE" explain found/child-race.sched -- ./child
    grep -q 'calls popen(), which is not' out
}
