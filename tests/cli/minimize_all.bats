#!/usr/bin/env bats
# label: slow
# heddle minimize on every target of the catalog: three random finds of each become as
# small as docs/catalog.md says, of the same class, and soon.

load helper

ROOT=${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}

@test "random finds of every target reach the catalog's smallest plans" {
    "$ROOT/scripts/minimize-table" --heddle "$HEDDLE" --seeds 3 --check
}

@test "findings that kill their process become small as well" {
    HEDDLE=$(dirname "$HEDDLE")/heddle-tests
    for program in use-after-free out-of-bounds null-deref stack-overflow; do
        for seed in 1 2; do
            split 1 "$HEDDLE" hunt "fail-memory-error-$program/buggy" --flavor asan \
                --strategy random --seed "$seed" --runs 2000 --out found
            # Others beside it, such as a data race, have longer names.
            split 1 "$HEDDLE" minimize "found/fail-memory-error-$program-buggy-asan.sched" \
                -o min.sched
            [ ! -s err ]
            [ "$(grep -c '^deviation ' min.sched)" -le 1 ]
            [ "$(grep '^class' min.sched)" = "class memory-error" ]
            split 1 "$HEDDLE" replay min.sched
            rm -r found
        done
    done
}
