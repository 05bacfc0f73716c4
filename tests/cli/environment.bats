#!/usr/bin/env bats
# What surrounds the command: limits, closed streams, signals to the whole group, a
# symbolizer that dies.  One clear line and the right status, and nothing lost.
# label: slow

load helper

bats_require_minimum_version 1.5.0

@test "a file size limit is a write error with a message, not a silent death" {
    # Through a pipe: the limit is for this test's own files as well.
    status=0
    text=$(ulimit -f 0 && "$HEDDLE" hunt 7/buggy --runs 500 2>&1 >/dev/null) || status=$?
    [ "$status" -eq 4 ]
    [ "$(wc -l <<<"$text")" -eq 1 ]
    grep -q '^heddle hunt: .*: File too large$' <<<"$text"
}

@test "a closed standard output is a failure, and the schedule is saved all the same" {
    status=0
    "$HEDDLE" hunt 7/buggy --runs 500 --out found >&- 2>err || status=$?
    [ "$status" -eq 4 ]
    grep -q 'standard output' err
    split 1 "$HEDDLE" replay found/07-never-read-buggy-none.sched
}

@test "a hunt with all standard streams closed saves what it finds" {
    status=0
    "$HEDDLE" hunt 7/buggy --runs 500 --out found <&- >&- 2>&- || status=$?
    [ "$status" -eq 4 ]
    split 1 "$HEDDLE" replay found/07-never-read-buggy-none.sched
}

@test "SIGTERM to the whole process group ends a hunt without an error" {
    # timeout(1) signals its group; it reports 124 itself.
    split 124 timeout 1 "$HEDDLE" hunt 7/fixed --runs 0 --time 60 -j 2
    [ ! -s err ]
    grep -q 'interrupted, no finding' out
}

@test "an interrupted verify counts what it did" {
    split 124 timeout 1 "$HEDDLE" verify 7/fixed --preemptions 40 --early-timers 40
    [ ! -s err ]
    grep -q '^incomplete within' out
    read -r executions distinct < <(sed -n \
        's/.*: \([0-9]*\) executions, >*=*\([0-9]*\) distinct.*/\1 \2/p' out)
    [ "$executions" -gt 0 ]
    [ "$distinct" -gt 0 ]
    [ "$distinct" -le "$executions" ]
}

# hunt_started: a hunt in the background that does not end by itself; sets
# $hunt, and $child, the process that runs its code.
hunt_started() {
    "$HEDDLE" hunt 7/fixed --runs 0 --time 60 -j 1 >out 2>err &
    hunt=$!
    child=''
    for _ in $(seq 100); do
        zygote=$(pgrep -P "$hunt" || :)
        [ -z "$zygote" ] || child=$(pgrep -P "$zygote" || :)
        [ -z "$child" ] || return 0
        sleep 0.05
    done
    echo "no worker appeared"
    return 1
}

@test "a worker that sleeps for ever does not keep an interrupted hunt" {
    hunt_started
    kill -STOP "$child"
    kill -INT "$hunt"
    status=0
    timeout 30 tail --pid="$hunt" -f /dev/null
    wait "$hunt" || status=$?
    [ "$status" -eq 0 ]
    grep -q 'interrupted, no finding' out
    [ ! -s err ]
}

@test "an interrupt ends the wait for a worker that never says hello" {
    schedule=$(hunt_one 7/buggy)
    mkdir bin
    cp "$HEDDLE" bin/heddle
    printf '#!/bin/sh\nexec sleep 1000\n' >bin/heddle-race
    chmod +x bin/heddle-race
    split 124 timeout -k 30 1 bin/heddle hunt 7/fixed --flavor race
    [ ! -s err ]
    grep -q 'interrupted, no finding' out
    for command in 'verify 7/fixed' "minimize $schedule" "replay $schedule" \
        "explain $schedule"; do
        # shellcheck disable=SC2086 # words
        split 124 timeout -k 30 1 bin/heddle $command --flavor race
        [ "$(wc -l <err)" -le 1 ]
        run ! grep -v '^heddle .*: interrupted$' err
    done
    mkdir many
    cp "$schedule" many/
    split 124 timeout -k 30 1 bin/heddle report many --flavor race
    grep -q 'interrupted: 1 of 1 files were not run' err
    run ! pgrep -fx 'sleep 1000'
}

@test "a worker that somebody kills is a failure of the harness, not a finding" {
    hunt_started
    kill -9 "$child"
    status=0
    wait "$hunt" || status=$?
    cat out err
    [ "$status" -eq 4 ]
    [ "$(wc -l <err)" -eq 1 ]
    # Killed in the middle of a message, it has said something that makes no sense, or
    # the rest of it never comes.
    grep -qE 'a worker was killed \(signal 9\)|said something it should not|ended unexpectedly' err
    grep -q 'FAILED, no finding' out
}

@test "a flavor without its program fails, and is not reported as clean" {
    mkdir bin
    cp "$HEDDLE" bin/heddle
    split 4 bin/heddle hunt 7/fixed --flavor race --runs 10 --json hunt.json
    [ "$(wc -l <err)" -eq 1 ]
    grep -q 'cannot run .*/bin/heddle-race: No such file' err
    grep -q 'FAILED, no finding after 0 executions' out
    grep -q '"failed": true' hunt.json
}

@test "no process is left when the front end is killed" {
    "$HEDDLE" hunt 7/fixed --runs 0 --time 60 -j 2 >out 2>err &
    hunt=$!
    for _ in $(seq 100); do
        zygotes=$(pgrep -P "$hunt" || :)
        [ "$(wc -w <<<"$zygotes")" -lt 2 ] || break
        sleep 0.05
    done
    [ "$(wc -w <<<"$zygotes")" -eq 2 ]
    kill -9 "$hunt"
    for _ in $(seq 100); do
        left=0
        for pid in $zygotes; do
            ! grep -q '^State:[[:space:]]*[RSD]' "/proc/$pid/status" 2>/dev/null || left=1
        done
        [ "$left" -eq 1 ] || break
        sleep 0.05
    done
    [ "$left" -eq 0 ]
}

@test "a symbolizer that dies at once costs file and line only" {
    mkdir tools
    printf '#!/bin/sh\nexec <&-\nexit 1\n' >tools/llvm-symbolizer-19
    chmod +x tools/llvm-symbolizer-19
    for _ in 1 2 3 4 5; do
        PATH=$PWD/tools:$PATH split 1 "$HEDDLE" hunt 7/buggy --runs 500 --out found
        grep -q '#0 send_result+0x' out
    done
}

@test "more workers than the limit of open files allows are refused in one line" {
    status=0
    (ulimit -n 256 && "$HEDDLE" hunt 7/fixed --runs 10 -j 1000) >out 2>err ||
        status=$?
    [ "$status" -eq 2 ]
    [ "$(wc -l <err)" -eq 1 ]
    grep -q 'ulimit -n' err
}
