#!/usr/bin/env bats
# label: slow
# Programs that each do one thing that is hard to control (tests/programs/odd): what
# comes of it is said clearly, and soon.

load helper

bats_require_minimum_version 1.5.0

setup_file() {
    cd "$BATS_FILE_TMPDIR" || return 1
    local source
    for source in "${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}"/tests/programs/odd/*.c; do
        for flavor in $(flavors); do
            "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" -g -pthread \
                -o "$(basename "$source" .c)-$flavor" "$source"
        done
    done
}

# Those of race and asan that the build has.  Under ThreadSanitizer a wait in the
# kernel is not noticed, and it runs the program's fork handlers (docs/limits.md).
flavors() {
    local has=" ${HEDDLE_FLAVORS:-race asan} " flavor
    for flavor in race asan; do
        if [[ $has == *" $flavor "* ]]; then
            echo "$flavor"
        fi
    done
}

# odd STATUS NAME OPTION...: hunts in the program, in the flavor of a loop.
odd() {
    local status=$1 name=$2
    shift 2
    split "$status" timeout 120 "$HEDDLE" hunt -j 1 "$@" -- "$BATS_FILE_TMPDIR/$name-$flavor"
}

# quiet NAME RUNS OPTION...: nothing is found, and nothing is said besides.
quiet() {
    local name=$1 runs=$2
    shift 2
    odd 0 "$name" --runs "$runs" "$@"
    grep -q "no finding after $runs executions" out
    run ! grep -qE 'HANG|BLOCKED|out of steps' out
    [ ! -s err ] || { cat err; return 1; }
}

@test "a bug in the start-up: found at execution 1, with its line" {
    for flavor in $(flavors); do
        odd 1 startup_bug
        grep -q 'found memory-error at execution 1 ' out
        grep -q 'it ended without making a thread: there is one execution' out
        grep -q '#0 main .*startup_bug.c:28$' out
    done
}

@test "standard input is the same in each execution, and none is the end of it" {
    for flavor in $(flavors); do
        quiet needs_stdin 20 <<<"1 2"
        odd 1 needs_stdin --runs 20 </dev/null
        grep -q 'the program ended with exit status 3' out
        grep -q '^    needs_stdin: no number$' out
    done
}

@test "500 threads" {
    for flavor in $(flavors); do
        quiet threads_500 5
    done
}

@test "a spin on a volatile ends, and is the race that it is" {
    for flavor in $(flavors); do
        quiet spins_on_volatile 50 --no-races
        odd 1 spins_on_volatile --runs 50
        grep -q '^  signature: data-race: main read global ready; set write global ready$' out
    done
}

@test "without end: out of steps, or a hang where nothing is seen of it" {
    for flavor in $(flavors); do
        odd 0 never_ends --runs 2 --steps 2000
        grep -q 'no finding after 2 executions.*, 2 out of steps$' out
        # It costs seconds, so the hunt ends with the first one.
        odd 0 never_ends_unseen --runs 200 --hang-seconds 1
        grep -q 'no finding after 1 executions.*, 1 HANG (input: .*-hang.input)$' out
    done
}

@test "workers that wait when main returns are no finding" {
    for flavor in $(flavors); do
        quiet parked_workers 50
    done
}

@test "a read from an empty pipe is a deadlock, if nobody else has the other end" {
    for flavor in $(flavors); do
        odd 1 empty_pipe
        grep -q 'deadlock: nobody can run: .* main.1 in fd-read on pipe #1' out
    done
}

@test "a wait in the kernel is noticed, and its call named once" {
    for flavor in $(flavors); do
        odd 0 blocks_for_real --runs 200
        grep -q 'no finding after 1 executions.*BLOCKED in pause (input: ' out
        [ "$(grep -c 'pause is not controlled' err)" -eq 1 ]
    done
}

@test "4 MiB of output go nowhere, and stop nobody" {
    for flavor in $(flavors); do
        quiet prints_a_lot 20
        run ! grep -q 'ooo' out
    done
}

@test "thread-locals and stacks are each thread's own" {
    for flavor in $(flavors); do
        quiet thread_locals 100
        quiet thread_stacks 100
    done
}

@test "pthread_exit() in main: the last thread ends the program" {
    for flavor in $(flavors); do
        quiet exit_from_main 50
    done
}

@test "a sanitizer's finding names its function, whatever the thread did last" {
    flavors | grep -qx asan || skip "only asan sees it"
    flavor=asan
    for seed in {1..20}; do
        odd 1 double_free --no-races --strategy pct --seed "$seed"
        grep -q '^  signature: memory-error: free_if_there double-free$' out
        run ! grep -q '^nondeterminism' out
    done
}

@test "locks that the start-up holds are held" {
    for flavor in $(flavors); do
        quiet held_at_start 100
    done
}

@test "heddle's own forks call no handlers of the program's" {
    for flavor in $(flavors); do
        quiet atfork 50
    done
}

@test "child processes are passed through, and named once" {
    for flavor in $(flavors); do
        odd 0 forks --runs 20
        [ "$(grep -c 'fork is not controlled' err)" -eq 1 ]
        [ "$(grep -c 'waitpid is not controlled' err)" -eq 1 ]
    done
}
