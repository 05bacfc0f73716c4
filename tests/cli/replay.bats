#!/usr/bin/env bats
# heddle replay and heddle verify.

load helper

@test "three replays in fresh processes: the same each time" {
    file=$(hunt_one 04/buggy --runs 500)
    split 1 "$HEDDLE" replay "$file" --times 3
    grep -q '^3 of 3 replays .* same signature, same trace hash$' out
    for i in 1 2 3; do
        split 1 "$HEDDLE" replay "$file"
        cp out "out.$i"
    done
    cmp out.1 out.2
    cmp out.1 out.3
}

@test "the same finding with address space randomisation off" {
    file=$(hunt_one 16/buggy --runs 500)
    split 1 "$HEDDLE" replay "$file"
    cp out with
    split 1 setarch -R "$HEDDLE" replay "$file"
    cmp with out
}

@test "broken schedule files: FILE:LINE, status 2, nothing run" {
    file=$(hunt_one 07/buggy --runs 500)
    last=$(wc -l <"$file")
    for ((line = 1; line <= last; line++)); do
        sed "${line}s/^[^ ]*/garbage/" "$file" >broken.sched
        [ "$line" -gt 1 ] || continue
        split 2 "$HEDDLE" replay broken.sched
        grep -Eq "^broken.sched:[0-9]+: ." err
        [ "$(wc -l <err)" -eq 1 ]
        [ ! -s out ]
    done
    sed 's/^param work .*/param work 3/' "$file" >broken.sched
    split 2 "$HEDDLE" replay broken.sched
    grep -Eq '^broken.sched:[0-9]+: ' err
    sed 's/^scenario .*/scenario 99-gone\/buggy/' "$file" >broken.sched
    split 2 "$HEDDLE" replay broken.sched
    grep -q '^broken.sched:2: ' err
    head -3 "$file" >broken.sched
    split 2 "$HEDDLE" replay broken.sched
    grep -q '^broken.sched:' err
}

@test "bad usage of replay" {
    refuses replay
    refuses replay a b
    refuses replay no-such-file
    refuses replay . --scenario 07/buggy
    echo x >raw
    refuses replay raw
    refuses replay raw --scenario 07
    refuses replay raw --scenario 07/nothing
    refuses replay raw --scenario 07/buggy --flavor sweet
    refuses replay raw --scenario 07/buggy --times 0
}

@test "a raw crash input replays with --scenario" {
    file=$(hunt_one 04/buggy --runs 500)
    sed -n 's/^plan //p' "$file" | python3 -c '
import sys
sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read().strip()))' >raw
    split 1 "$HEDDLE" replay raw --scenario 04-done-not-deferred/buggy
    grep -q '^deadlock: ' out
    grep -q 'replay raw --scenario 04-done-not-deferred/buggy --flavor none$' out
    hash=$(sed -n 's/^trace-hash //p' "$file")
    grep -q "trace hash $hash" out
}

@test "any bytes are an input; an empty one is the benign run" {
    : >empty
    split 0 "$HEDDLE" replay empty --scenario 07/fixed
    grep -q '^0 findings$' out
    head -c 1000 "$HEDDLE" >noise
    split 0 "$HEDDLE" replay noise --scenario 25/fixed
}

@test "a schedule whose finding is gone diverges: status 3, and says where" {
    file=$(hunt_one 04/buggy --runs 500)
    split 3 "$HEDDLE" replay "$file" --scenario 04-done-not-deferred/fixed
    grep -q 'matching by task, operation and occurrence' out
    grep -q '^diverged: ' out
}

@test "re-anchoring finds a deviation whose recorded position is off" {
    file=$(hunt_one 16/buggy --runs 3000)
    python3 "$BATS_TEST_DIRNAME/shift_schedule.py" "$file" >shifted.sched
    split 1 "$HEDDLE" replay shifted.sched
    grep -q 'matching by task, operation and occurrence' out
    grep -q '^found again after re-anchoring$' out
}

@test "verify explores the fixed variants completely" {
    for name in 01-add-inside 04-done-not-deferred 07-never-read; do
        split 0 "$HEDDLE" verify "$name/fixed" --json v.json
        grep -q '^complete within 2 preemptions and 1 early timers: .* no finding$' out
        python3 -c '
import json
v = json.load(open("v.json"))
assert v["schema"] == "heddle/verify/1" and v["complete"] and v["finding"] is None
assert v["executions"] >= v["distinct_interleavings"] > 0'
    done
}

@test "verify finds the bug of a buggy variant and writes its schedule" {
    split 1 "$HEDDLE" verify 07/buggy
    grep -q '^task-leak: ' out
    split 1 "$HEDDLE" replay schedules/07-never-read-buggy-none.sched
}

@test "verify says incomplete when --runs ends it" {
    split 0 "$HEDDLE" verify 07/fixed --runs 10 --json v.json
    grep -q '^incomplete within' out
    grep -q '"complete": false' v.json
}
