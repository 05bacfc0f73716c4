#!/usr/bin/env bats
# label: slow
# A program of the user's own behind `--`: hunt, replay, minimize, explain, verify.

load helper

bats_require_minimum_version 1.5.0

# Two locks in opposite order; the number of arguments chooses what main() does.
setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    cat >locks.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_mutex_t a = PTHREAD_MUTEX_INITIALIZER, b = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int mine;

static void *forth(void *arg)
{
    mine = 1;
    pthread_mutex_lock(&a);
    pthread_mutex_lock(&b);
    pthread_mutex_unlock(&b);
    pthread_mutex_unlock(&a);
    return mine == 1 ? arg : NULL;
}

static void *back(void *arg)
{
    mine = 2;
    pthread_mutex_lock(&b);
    pthread_mutex_lock(&a);
    pthread_mutex_unlock(&a);
    pthread_mutex_unlock(&b);
    return mine == 2 ? arg : NULL;
}

int main(int argc, char **argv)
{
    pthread_t t, u;
    void *one, *two;
    char line[64] = "nothing";
    if (argc > 2 && fgets(line, sizeof line, stdin) == NULL)
        return 9;
    printf("begin %s\n", line);
    pthread_create(&t, NULL, forth, &a);
    pthread_create(&u, NULL, argc > 1 ? forth : back, &a);
    pthread_join(t, &one);
    pthread_join(u, &two);
    if (one != &a || two != &a)
        return 8; /* a thread-local was shared */
    return argc > 1 ? atoi(argv[1]) : 0;
}
END
    for flavor in ${HEDDLE_FLAVORS:-none race asan tsan}; do
        "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" -g -o "locks-$flavor" locks.c
    done
    cc -g -o plain locks.c -pthread
}

flavors() {
    echo "${HEDDLE_FLAVORS:-none race asan tsan}"
}

@test "hunt finds the deadlock in each flavor, and it comes back" {
    for flavor in $(flavors); do
        split 1 "$HEDDLE" hunt -- "$BATS_FILE_TMPDIR/locks-$flavor"
        grep -q '^  signature: deadlock: back mutex-lock mutex; forth mutex-lock mutex$' out
        grep -q '^    begin nothing$' out
        file=schedules/locks-$flavor-$flavor.sched
        grep -qx 'carrier thread' "$file"
        split 1 "$HEDDLE" replay "$file" --times 20 -- "$BATS_FILE_TMPDIR/locks-$flavor"
        grep -q '^20 of 20 replays .* same signature, same trace hash$' out
    done
}

@test "nothing is found where there is nothing" {
    for flavor in $(flavors); do
        split 0 "$HEDDLE" hunt --runs 200 -- "$BATS_FILE_TMPDIR/locks-$flavor" 0
        grep -q 'no finding after 200 executions' out
    done
}

@test "the command that is printed is the one that replays" {
    split 1 "$HEDDLE" hunt --expect-exit 3 --no-races --check task-leak -- \
        "$BATS_FILE_TMPDIR/locks-race"
    command=$(sed -n 's/^  replay: //p' out | head -1)
    [[ $command == *" --expect-exit 3 --no-races --check task-leak -- "* ]]
    run -1 bash -c "$command"
    [[ $output == *"same signature, same trace hash"* ]]
}

@test "what is found does not depend on the number of workers" {
    split 1 "$HEDDLE" hunt -j 1 --out one -- "$BATS_FILE_TMPDIR/locks-none"
    split 1 "$HEDDLE" hunt -j 4 --out four -- "$BATS_FILE_TMPDIR/locks-none"
    cmp one/*.sched four/*.sched
}

@test "minimize, explain and verify take a program" {
    prog=$BATS_FILE_TMPDIR/locks-race
    split 1 "$HEDDLE" hunt -- "$prog"
    split 1 "$HEDDLE" minimize schedules/locks-race-race.sched -- "$prog"
    grep -q ' became 1, in ' out
    grep -q '^complete: no schedule with at most 0 deviations has the class' out
    grep -q '^it fails when mutex-lock on mutex' out
    split 1 "$HEDDLE" replay schedules/locks-race-race.min.sched -- "$prog"
    split 0 "$HEDDLE" replay schedules/locks-race-race.min.pass.sched -- "$prog"
    split 1 "$HEDDLE" explain schedules/locks-race-race.min.sched -- "$prog"
    grep -q 'blocked for ever' out
    split 1 "$HEDDLE" verify -- "$prog"
    grep -q '^deadlock: cycle' out
    split 0 "$HEDDLE" verify --preemptions 1 -- "$BATS_FILE_TMPDIR/locks-none" 0
    grep -q '^complete within 1 preemptions' out
}

@test "the exit status is a finding unless it is expected" {
    for flavor in none race; do
        prog=$BATS_FILE_TMPDIR/locks-$flavor
        split 1 "$HEDDLE" hunt --runs 20 -- "$prog" 3
        grep -q '^assertion: main: the program ended with exit status 3$' out
        split 0 "$HEDDLE" hunt --runs 20 --expect-exit 3 -- "$prog" 3
        split 0 "$HEDDLE" hunt --runs 20 --expect-exit any -- "$prog" 3
        split 1 "$HEDDLE" hunt --runs 20 --expect-exit 4 -- "$prog" 3
    done
}

@test "each execution reads standard input from the beginning" {
    prog=$BATS_FILE_TMPDIR/locks-race
    echo hello >input
    split 0 "$HEDDLE" hunt --runs 50 -- "$prog" 0 read <input
    # A pipe is kept.
    split 0 "$HEDDLE" hunt --runs 50 -j 2 -- "$prog" 0 read < <(cat input)
    # Its status without input: it made no thread, so there is one execution.
    split 1 "$HEDDLE" hunt --runs 50 -- "$prog" 0 read </dev/null
    grep -q 'exit status 9' out
    grep -q '^it ended without making a thread' out
}

@test "a start-up that waits for ever is given up, in each flavor" {
    printf '#include <unistd.h>\nint main(void) { pause(); return 0; }\n' >waits.c
    for flavor in $(flavors); do
        "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" -o waits waits.c
        split 0 timeout -s KILL 60 "$HEDDLE" hunt --runs 1 -- ./waits
        grep -q 'BLOCKED in pause' out
    done
}

@test "a program may have names of libc's for something of its own" {
    cat >names.c <<'END'
#include <pthread.h>
#include <stdbool.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
bool send, poll = true;
int alarm = 3;

int read(int box)
{
    pthread_mutex_lock(&lock);
    int got = box + alarm;
    pthread_mutex_unlock(&lock);
    return got;
}

void wait(int *box)
{
    send = *box == 5 && poll;
}

static void *work(void *arg)
{
    return read(2) == 5 ? arg : NULL;
}

int main(void)
{
    pthread_t t;
    void *got;
    int five = 5;
    wait(&five);
    pthread_create(&t, NULL, work, &five);
    pthread_join(t, &got);
    return got == &five && send ? 0 : 1;
}
END
    for flavor in $(flavors); do
        "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" -w -fno-builtin -g -o names names.c
        ./names
        split 0 "$HEDDLE" hunt --runs 50 -- ./names
        grep -q 'no finding after 50 executions' out
    done
}

@test "a program that heddle-cc did not build" {
    split 1 "$HEDDLE" hunt -- "$BATS_FILE_TMPDIR/plain"
    grep -q '^deadlock: cycle: ' out
    split 1 "$HEDDLE" replay schedules/plain-none.sched -- "$BATS_FILE_TMPDIR/plain"
    split 0 "$HEDDLE" hunt --runs 200 -- "$BATS_FILE_TMPDIR/plain" 0
}

@test "a debugger stops in the program, on the schedule" {
    prog=$BATS_FILE_TMPDIR/locks-race
    split 1 "$HEDDLE" hunt -- "$prog"
    printf 'set pagination off\nbreak back\nrun\nbt 1\ndelete\ncontinue\n' |
        "$HEDDLE" replay schedules/locks-race-race.sched --gdb -- "$prog" >out 2>&1
    grep -q 'hit Breakpoint 1' out
    grep -q '^deadlock: cycle' out
    grep -q '^outcome stuck, 1 finding' out
}

@test "a schedule of another program, or of a scenario" {
    split 1 "$HEDDLE" hunt --out found -- "$BATS_FILE_TMPDIR/locks-none"
    split 2 "$HEDDLE" replay found/locks-none-none.sched
    grep -q '^found/locks-none-none.sched:2: the schedule is of a program: say which' err
    file=$(hunt_one 07/buggy --runs 500)
    split 2 "$HEDDLE" replay "$file" -- "$BATS_FILE_TMPDIR/locks-none"
    grep -q "^$file:2: the schedule is of scenario 07-never-read/buggy" err
    # The fixed program, by another name: the deviations no longer lead there.
    cp "$BATS_FILE_TMPDIR/locks-none" other
    split 3 "$HEDDLE" replay found/locks-none-none.sched -- ./other 0
    grep -q '^diverged' out
}

@test "bad usage" {
    prog=$BATS_FILE_TMPDIR/locks-none
    refuses hunt --
    refuses hunt -- ./no-such-program
    refuses hunt 07 -- "$prog"
    refuses hunt --flavor tsan -- "$prog"
    refuses hunt --expect-exit x -- "$prog"
    refuses hunt --expect-exit 256 -- "$prog"
    refuses hunt --check deadlock -- "$prog"
    refuses hunt --no-races 07
    refuses hunt --expect -- "$prog"
    refuses verify 07/fixed -- "$prog"
    printf '#!/bin/sh\nexit 0\n' >script
    chmod +x script
    refuses hunt -- ./script
    grep -q 'is a script' err
    printf 'no program at all\n' >text
    chmod +x text
    refuses hunt -- ./text
}
