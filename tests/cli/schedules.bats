#!/usr/bin/env bats
# schedules/*.sched, the smallest reproducer of each target: each replays 100 times of
# 100 in fresh processes, in this build whatever build wrote it, and a complete search
# finds nothing with one deviation fewer.
# label: slow

load helper

setup_file() {
    export ROOT="${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}"
}

# The committed files are named after their scenario; a hunt in the same checkout
# writes others beside them, with variant and flavor in the name.
committed() {
    local file
    for file in "$ROOT"/schedules/*.sched; do
        if grep -q "^scenario $(basename "$file" .sched)/" "$file"; then echo "$file"; fi
    done
}

# value KEY FILE: what stands behind a key that occurs once.
value() {
    sed -n "s/^$1 //p" "$2"
}

replays() {
    local file=$1
    split 1 "$HEDDLE" replay "$file" --times 100
    # The trace may be another one, since the compiler decides what is an access.
    grep -q '^100 of 100 replays in fresh processes: ' out
    [ "$(sed -n 's/^ *signature: *//p' out | head -1)" = "$(value signature "$file")" ]
    grep -q "^$(value class "$file"): " out
}

# smallest FILE: nothing is found with one deviation fewer, and that is all there is.
smallest() {
    local file=$1 deviations param params=()
    deviations=$(grep -c '^deviation ' "$file") || [ "$deviations" -eq 0 ] || return 1
    [ "$deviations" -gt 0 ] || return 0
    while read -r _ param; do
        params+=(--param "${param/ /=}")
    done < <(grep '^param ' "$file")
    split 0 "$HEDDLE" verify "$(value scenario "$file")" --flavor "$(value flavor "$file")" \
        --deviations $((deviations - 1)) "${params[@]}"
    grep -q "^complete within $((deviations - 1)) deviations: .*, no finding\$" out
}

@test "each target that shows something has its schedule, and no other is there" {
    catalog_variants | sed -n '/ nothing$/!s,/.*,,p' | sort -u >targets
    [ "$(wc -l <targets)" -ge 24 ]
    committed | sed 's,.*/,,; s,[.]sched$,,' | sort | diff targets -
}

@test "each says in comments what it is, and shows what its variant must show" {
    for file in $(committed); do
        echo "$file"
        head -1 "$file" | grep -qx 'heddle-schedule 1'
        grep -q '^# .' "$file"
        scenario=$(value scenario "$file")
        [ "${scenario%/*}" = "$(basename "$file" .sched)" ]
        # Flavors without a race detector show a race by what comes of it.
        "$HEDDLE" list | sed -n "s,^  $scenario  *\(.*\) - .*,\1,p" | tr -s ', ' '\n' |
            grep -qx "$(value class "$file")"
    done
}

@test "each replays 100 times of 100" {
    for file in $(committed); do
        echo "$file"
        replays "$file"
    done
}

@test "none can be found with one deviation fewer" {
    for file in $(committed); do
        echo "$file"
        smallest "$file"
    done
}

@test "a schedule that is not the smallest is noticed" {
    # The plain run shows it; what a random walk finds has deviations beside the point.
    file=$(hunt_one 20/buggy --seed 1)
    grep -q '^deviation ' "$file"
    run smallest "$file"
    [ "$status" -ne 0 ]
    [[ $output == *'stopped within '* ]]
}
