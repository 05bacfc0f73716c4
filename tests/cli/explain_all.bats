#!/usr/bin/env bats
# heddle explain on every committed schedule.
# label: slow

load helper

schedules=${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}/schedules

@test "every committed schedule is explained, twice the same" {
    for file in "$schedules"/[0-9][0-9]-*.sched; do
        case ${file##*/} in *-none*.sched | *-race*.sched | *-asan*.sched | *-tsan*.sched)
            [ "${file##*/}" = 24-no-race-detector.sched ] || continue ;; esac
        grep -q '^flavor none$' "$file" || continue
        split 1 "$HEDDLE" explain "$file"
        [ ! -s err ]
        mv out first
        grep -q "^$(sed -n 's/^class //p' "$file"): " first
        grep -qE '! [a-z]' first
        split 1 "$HEDDLE" explain "$file"
        cmp out first
    done
}
