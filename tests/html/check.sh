#!/bin/bash
# The pages of `heddle explain --html` in headless Chromium: page.mjs says what must
# hold.  The inputs are findings of every size: few steps, many tasks, a hundred
# thousand steps, a dead process, a race, names that break what does not escape them.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source=${HEDDLE_SOURCE:?} bin=${HEDDLE_BUILD:?}/bin
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

cp -- "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work"
(cd "$work" && npm ci --silent)

# explain PAGE PROGRAM FILE...: status 1 is what a finding gives.
explain()
{
    local page=$1 program=$2 status=0
    shift 2
    "$bin/$program" explain "$@" --html "$work/$page.html" >"$work/out" || status=$?
    [ "$status" -eq 1 ] || { echo "check: $page: status $status" >&2; exit 1; }
}

cd -- "$source"
explain never-read heddle schedules/07-never-read.sched
explain set-limit heddle schedules/12-nested-set-limit.sched
explain across-send heddle schedules/13-lock-across-send.sched
explain many-tasks heddle schedules/09-unbounded-tasks.sched
explain shared-map heddle schedules/16-shared-map.sched --flavor race

found=$work/found
hunt()
{
    "$bin/heddle-tests" hunt "fail-$1/buggy" --flavor "$2" --out "$found" --seed 1 >/dev/null ||
        [ $? -eq 1 ]
    file=$found/fail-$1-buggy-$2.sched
}
hunt deadlock-abba race && explain abba heddle-tests "$file"
hunt livelock-mutual-spin race && explain long heddle-tests "$file"
hunt memory-error-null-deref race && explain dead heddle-tests "$file"
hunt data-race-counter tsan && explain race heddle-tests "$file"
hunt assertion-odd-names none
odd="$found/odd <b>\"x\" & 'y' $(printf '\320\272\320\273\321\216\321\207').sched"
mv -- "$file" "$odd"
explain odd heddle-tests "$odd"
explain odd-flavor heddle-tests "$odd" --flavor race

cd -- "$work"
node "$here/page.mjs" ./*.html
