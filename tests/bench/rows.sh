#!/bin/bash
# scripts/bench prints every row of every flavor, and its JSON holds the same rows.
# The numbers are nobody's business here: the batches are as short as they can be.
set -euo pipefail

source=${HEDDLE_SOURCE:?}
build=${HEDDLE_BUILD:?}
out=$(mktemp -d)
trap 'rm -rf -- "$out"' EXIT

"$source/scripts/bench" --built "$build" --batches 1 --batch-us 1 \
    --json "$out/bench.json" >"$out/table"

failed=0
expect()
{
    if ! grep -Eq -- "$2" "$1"; then
        echo "rows: no line of the output matches: $2" >&2
        failed=1
    fi
}

number='[0-9][0-9.]*'
for flavor in ${HEDDLE_FLAVORS:?}; do
    expect "$out/table" "^$flavor +bare round trip +- +- +- +$number +-"
    expect "$out/table" "^$flavor +bare loop, switches of \(a\) +$number +- +$number +$number"
    for workload in '\(a\) 2 tasks x 2 lock/unlock' '\(b\) 4 tasks x 5 fetch_add' \
        '\(c\) 3 tasks, racy increment' 'two pthreads, a mutex' 'an execution of nothing'; do
        expect "$out/table" "^$flavor +$workload +$number +$number +$number +$number"
    done
    points=('sync stays, empty plan' 'sync stays, asked' 'sync switches')
    if [ "$flavor" != none ]; then
        points+=('access stays, empty plan' 'access stays, asked' 'access switches')
    fi
    for point in "${points[@]}"; do
        expect "$out/table" "^$flavor +$point +- +$number +$number +$number +$number +<[13] +(yes|no)\$"
    done
done

# One row of the array per line of the table below its heading.
python3 - "$out/bench.json" "$(($(wc -l <"$out/table") - 1))" <<'PYTHON' || failed=1
import json, sys
bench = json.load(open(sys.argv[1]))
assert bench["schema"] == 1, bench["schema"]
assert len(bench["rows"]) == int(sys.argv[2]), len(bench["rows"])
assert all(row["ns"] > 0 for row in bench["rows"])
PYTHON
if [ "$failed" -ne 0 ]; then
    cat -- "$out/table" >&2
fi
exit "$failed"
