#!/usr/bin/env bats
# What ThreadSanitizer must show of targets 3 and 16, in every replay.

bats_require_minimum_version 1.5.0
load helper

# The data-race report of a replay, up to its last line.
race_of() {
    sed -n '/^data-race: /,/^  replay: /p' "$1" | sed '/^  replay: /q'
}

@test "the races of 3 and 16 are in each of 20 replays, both stacks in the target" {
    for target in 03-sleep-sync 16-shared-map; do
        file=$(hunt_one "$target/buggy" --flavor tsan --seed 4)
        split 1 "$HEDDLE" replay "$file" --times 20
        grep -q '^20 of 20 ' out
        split 1 "$HEDDLE" replay "$file"
        race_of out >race
        source="targets/bug${target:0:2}_"
        # The two accesses; where the tasks were started comes behind them.
        [ "$(grep -A 1 '^  task .* of [0-9]* byte' race | grep -c "#0 .*$source")" -eq 2 ]
    done
}

@test "bug 3: the wrong value and the race are found in the same execution" {
    file=$(hunt_one 03-sleep-sync/buggy --flavor none --seed 4)
    grep -q '^class assertion$' "$file"
    split 1 "$HEDDLE" replay "$file" --flavor tsan
    grep -q '^data-race: ' out
    grep -q '^assertion: ' out
}
