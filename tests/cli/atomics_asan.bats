#!/usr/bin/env bats
# Flavor asan: an atomic operation on freed memory is found, whichever it is.
#
# label: slow

load helper

# replay STATUS VARIANT OPERATION SIZE: the scenario's plain run with these parameters.
replay_plain() {
    printf '%b' "\\x$(printf %02x "$3")\\x$(printf %02x "$4")" >input
    split "$1" "${HEDDLE%/*}/heddle-tests" replay input --flavor asan \
        --scenario "fail-memory-error-atomic-operations/$2"
}

@test "each atomic operation in each size is a use after free, and right on live memory" {
    for operation in {0..9}; do
        for size in {0..4}; do
            replay_plain 1 buggy "$operation" "$size"
            grep -q "^memory-error: heap-use-after-free in operate$((8 << size))\$" out
            grep -q "^  parameters: operation=$operation size=$size\$" out
            grep -q '^1 finding$' out
            replay_plain 0 fixed "$operation" "$size"
        done
    done
}
