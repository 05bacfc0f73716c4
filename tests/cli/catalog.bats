#!/usr/bin/env bats
# Each buggy variant is found fast: within 200 executions by `random` or `pct` with
# each of 20 seeds, within 32 where no preemption is needed.
# label: slow

load helper

setup_file() {
    export ROOT="${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}"
}

@test "each buggy variant is found in time, whatever the seed" {
    names=$(catalog_variants | sed 's,/.*,,' | sort -u)
    # shellcheck disable=SC2086 # they are words
    split 0 "$ROOT/scripts/catalog-table" --heddle "$HEDDLE" --check $names
    [ ! -s err ]
    # A row for each of them, all measured.
    sed -n 's/^| \([0-9][^ ]*\) |.*/\1/p' out | sort >rows
    catalog_variants | awk '$2 != "nothing" { print $1 }' | sort | diff - rows
    [ "$(sed 's/-.*//' rows | sort -u | wc -l)" -ge 24 ]
    run grep -F '?' out
    [ "$status" -eq 1 ]
}
