#!/usr/bin/env bats
# Known races: suppressions in ThreadSanitizer's format, in each flavor with a detector.

bats_require_minimum_version 1.5.0
load helper

known() {
    printf '%s\n' "$@" >known.txt
}

@test "a race that the file knows is no finding, in each flavor that sees races" {
    for flavor in race asan tsan; do
        for line in race:job_buggy 'race:targets/bug24_*.c$' 'race_top:^job_buggy$' 'race:^heddle'; do
            known "$line"
            # The program's name is a module's, with its path.
            [ "$line" != 'race:^heddle' ] || known "race:heddle-$flavor\$"
            split 0 "$HEDDLE" hunt 24/buggy --flavor "$flavor" --runs 300 --suppressions known.txt
        done
        known race:another_function 'race_top:^run_jobs$' deadlock:job_buggy
        split 1 "$HEDDLE" hunt 24/buggy --flavor "$flavor" --runs 300 --suppressions known.txt
    done
}

@test "what else the execution shows is still found" {
    known race:worker_buggy
    split 1 "$HEDDLE" hunt 3/buggy --flavor race --runs 300 --suppressions known.txt
    grep -q '^assertion: ' out
    run ! grep -q '^data-race: ' out
}

@test "a global is known by its name" {
    known 'race:^shared_flag$'
    split 1 "$HEDDLE" hunt 24/buggy --flavor race --runs 300 --suppressions known.txt
}

@test "replay and the environment know the file as well" {
    file=$(hunt_one 24/buggy --flavor race)
    split 1 "$HEDDLE" replay "$file"
    known race:job_buggy
    split 3 "$HEDDLE" replay "$file" --suppressions known.txt
    HEDDLE_SUPPRESSIONS=known.txt split 3 "$HEDDLE" replay "$file"
    HEDDLE_SUPPRESSIONS=known.txt split 0 "$HEDDLE" hunt 24/buggy --flavor tsan --runs 300
}

@test "a broken file is refused with its line, before anything runs" {
    known race:a foo
    refuses hunt 24/buggy --suppressions known.txt
    grep -q 'known.txt:2: a suppression is TYPE:PATTERN' err
    HEDDLE_SUPPRESSIONS=known.txt refuses list
    grep -q 'HEDDLE_SUPPRESSIONS: known.txt:2: ' err
    refuses hunt 24/buggy --suppressions nowhere.txt
    refuses verify 24/fixed --suppressions known.txt
    refuses replay x.sched --suppressions known.txt
}
