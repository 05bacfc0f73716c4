#!/usr/bin/env bats
# A use after free kills the process; the race behind it was found a moment before,
# in the same run.  Both must come out (engine/run.h, hd_deathnote).

bats_require_minimum_version 1.5.0
load helper

SCENARIO=fail-memory-error-reader-not-waited-for/buggy

# Classes of the findings in an output, sorted, on one line.
classes() {
    grep -oE '^(memory-error|data-race): ' "$1" | sort | tr -d ':\n'
}

hunt() {
    HEDDLE=$HEDDLE-tests
    split 1 "$HEDDLE" hunt "$SCENARIO" --flavor asan --seed 1 --out found
}

@test "a hunt finds the use after free and the race, each with a file that replays" {
    hunt
    [ "$(classes out)" = "data-race memory-error " ]
    [ "$(find found -name '*.sched' | wc -l)" -eq 2 ]
    grep -l '^class memory-error$' found/*.sched
    grep -l '^class data-race$' found/*.sched
    for file in found/*.sched; do
        split 1 "$HEDDLE" replay "$file" --times 5
        grep -q '^5 of 5 .*same signature, same trace hash$' out
    done
}

@test "one run that dies of it shows both, and all of the race" {
    hunt
    split 1 "$HEDDLE" replay "$(grep -l '^class memory-error$' found/*.sched)"
    [ "$(classes out)" = "data-race memory-error " ]
    grep -q '^outcome crash ' out
    sed -n '/^data-race: /,/^  replay: /p' out >race
    grep -qx 'data-race: read by main.1 in reader and free by main in run, on heap memory' race
    grep -q '^  task main.1, read of 4 bytes: ' race
    grep -q '^  task main, free of 4 bytes: ' race
    grep -q '^  task main, allocated the block of 4 bytes$' race
    grep -q '^  task main, started main.1$' race
}

@test "a double free is called that, beside the race of the two" {
    split 1 "$HEDDLE-tests" hunt fail-memory-error-double-free/buggy --flavor asan --seed 1
    [ "$(classes out)" = "data-race memory-error " ]
    grep -qE '^  signature: memory-error: .*double-free' out
    grep -qx '  signature: data-race: free_it free heap memory' out
}
