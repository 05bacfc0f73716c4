#!/usr/bin/env bats
# Every schedule file that a hunt wrote replays 100 times of 100, each time in a
# fresh process with address space randomization on: same signature, same trace.
# label: slow

load helper

check_flavor() {
    # Randomization must really be on, or the test shows less than it says.
    [ "$(cat /proc/sys/kernel/randomize_va_space)" -ge 1 ]
    # gcc builds only the first two flavors.
    [ -x "$HEDDLE${2:-}" ] || skip "flavor $1 is not built"
    run "$HEDDLE" hunt --flavor "$1" --out . --seed 11 --runs 2000
    [ "$status" -eq 1 ]
    written=(*.sched)
    [ "${#written[@]}" -ge 8 ]
    for file in "${written[@]}"; do
        run "$HEDDLE" replay "$file" --times 100
        echo "$file: status $status"
        echo "$output"
        [ "$status" -eq 1 ]
        [[ "$output" == *"100 of 100"* ]]
    done
}

@test "100 of 100 in flavor none" {
    check_flavor none
}

@test "100 of 100 in flavor race" {
    check_flavor race -race
}

@test "100 of 100 in flavor asan" {
    check_flavor asan -asan
}

@test "100 of 100 in flavor tsan" {
    check_flavor tsan -tsan
}
