#!/bin/bash
# An engine, through `heddle fuzz`, from nothing: finds the bug of a buggy variant, and
# what it saved replays; finds nothing in a clean one.
#
#     engine.sh finds|clean ENGINE SCENARIO/VARIANT FLAVOR SECONDS
#
# From the environment: HEDDLE_BUILD, the build directory.
set -euo pipefail

what=$1 engine=$2 scenario=$3 flavor=$4 seconds=$5
heddle=${HEDDLE_BUILD:?}/bin/heddle

tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

fail()
{
    cat -- "$tmp/log" >&2
    echo "engine: $engine, $scenario in $flavor: $*" >&2
    exit 1
}

status=0
"$heddle" fuzz "$scenario" --engine "$engine" --flavor "$flavor" --time "$seconds" --seed 1 \
    --out "$tmp/schedules" --crashes "$tmp/crashes" >"$tmp/log" 2>&1 || status=$?
if [ "$what" = clean ]; then
    [ "$status" -eq 0 ] || fail "not clean (status $status)"
    exit 0
fi
if [ "$status" -ne 1 ] || grep -q UNEXPECTED "$tmp/log"; then
    fail "did not find what is expected (status $status)"
fi
# The raw file as well as the schedule; where each input has the bug, AFL++ saved none.
for file in "$tmp"/schedules/*.sched "$tmp"/crashes/*; do
    [ -e "$file" ] || continue
    status=0
    "$heddle" replay "$file" --scenario "$scenario" --flavor "$flavor" >"$tmp/log" 2>&1 ||
        status=$?
    [ "$status" -eq 1 ] || fail "$file does not replay (status $status)"
done
