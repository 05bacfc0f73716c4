#!/usr/bin/env bats
# heddle triage: which inputs of a directory are the same bug.

load helper

# raw FILE HEX: the file has these bytes.
raw() {
    # shellcheck disable=SC2001 # no pattern of the shell does it
    printf '%b' "$(sed 's/../\\x&/g' <<<"$2")" >"$1"
}

# Inputs of 07-never-read/buggy: duration of the work, then when the cancel lands.
crashes() {
    mkdir crashes
    raw crashes/crash-leak 3d39
    raw crashes/crash-leak-long 3d3800000000
    raw crashes/crash-leak-longer 3c200000000000
    raw crashes/timeout-calm 0109
    : >crashes/crash-empty
}

@test "inputs of one bug form one group, the smallest is marked" {
    crashes
    split 1 "$HEDDLE" triage crashes --scenario 07/buggy
    [ "$(grep -c '^07-never-read/buggy  task-leak: ' out)" -eq 1 ]
    [ "$(grep -c '^  \* ' out)" -eq 1 ]
    grep -q '^  \* crashes/crash-leak  none, 0 deviations, 2 bytes$' out
    grep -q '^    crashes/crash-leak-long  ' out
    grep -q '^    crashes/crash-leak-longer  ' out
    grep -q '^shows nothing (2 files):$' out
    grep -q '^  crashes/timeout-calm$' out
    grep -q '^1 distinct finding in 3 of 5 files$' out
    [ ! -s err ]
}

@test "the same in every flavor, and twice the same text" {
    crashes
    split 1 "$HEDDLE" triage crashes --scenario 07/buggy --flavor race
    cp out once
    grep -q '^  \* crashes/crash-leak  race, ' out
    split 1 "$HEDDLE" triage crashes --scenario 07/buggy --flavor race
    cmp once out
}

@test "inputs that show nothing: status 0" {
    crashes
    split 0 "$HEDDLE" triage crashes --scenario 07/fixed
    grep -q '^shows nothing (5 files):$' out
    grep -q '^0 distinct findings in 0 of 5 files$' out
}

@test "inputs that kill their process are triaged as well" {
    if [[ " $HEDDLE_FLAVORS " != *" asan "* ]]; then
        skip "this build has no flavor asan"
    fi
    scenario=fail-memory-error-null-deref/buggy
    mkdir crashes
    : >crashes/crash-a
    raw crashes/crash-b 00
    raw crashes/crash-c 0000000000
    split 1 "$(dirname "$HEDDLE")/heddle-tests" triage crashes --scenario "$scenario" --flavor asan
    grep -q '^1 distinct finding in 3 of 3 files$' out
    grep -q 'memory-error: ' out
}

@test "an input of 1 MiB, and what fuzzers leave beside their inputs" {
    mkdir crashes
    head -c 1048576 "$HEDDLE" >crashes/crash-large
    echo 'about this folder' >crashes/README.txt
    split 1 "$HEDDLE" triage crashes --scenario 07/buggy || split 0 "$HEDDLE" triage crashes --scenario 07/buggy
    grep -q ' of 1 file$' out
}

@test "bad usage of triage" {
    crashes
    refuses triage
    refuses triage crashes
    refuses triage crashes --scenario 07
    refuses triage crashes --scenario 07/buggy --flavor sweet
    refuses triage no-such-folder --scenario 07/buggy
    refuses triage crashes crashes --scenario 07/buggy
}
