#!/bin/bash
# Feedback and mutator lead libFuzzer to a hard bug for which neither a random walk nor
# libFuzzer by itself has enough executions.
#
#     guided.sh SCENARIO/VARIANT RUNS
#
# Code locations are among what is hashed, so a change of the runtime makes other
# executions out of the same seed; RUNS is far above the median for that reason.
set -euo pipefail

scenario=$1 runs=$2
build=${HEDDLE_BUILD:?}
fuzzer=$build/fuzz/${scenario/\//-}-asan

fail()
{
    echo "guided: $scenario: $*" >&2
    exit 1
}

tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

# fuzz NAME: with what is in the environment; leaves a log and perhaps a crash file.
fuzz()
{
    mkdir -- "$tmp/$1"
    "$fuzzer" -seed=1 -runs="$runs" -artifact_prefix="$tmp/$1/" >"$tmp/$1.log" 2>&1
}

if fuzz guided; then
    fail "not found in $runs executions with feedback and mutator"
fi
signature=$(sed -n 's/^ *signature:* *//p' "$tmp/guided.log" | head -n 1)
mapfile -t crashes < <(find "$tmp/guided" -name 'crash-*')
[ ${#crashes[@]} -eq 1 ] || fail "no crash file"
status=0
"$build/bin/heddle-tests" replay "${crashes[0]}" --scenario "$scenario" --flavor asan \
    >"$tmp/replay" 2>&1 || status=$?
[ "$status" -eq 1 ] || fail "the crash file does not replay (status $status)"
grep -qF -- "${signature:?}" "$tmp/replay" || fail "the replay shows something else"

HEDDLE_FEEDBACK=0 HEDDLE_MUTATOR=0 fuzz alone ||
    fail "found without feedback and mutator as well"
"$build/bin/heddle-tests" hunt "$scenario" --flavor race --strategy random --seed 1 \
    --runs "$runs" --out "$tmp/hunt" >"$tmp/hunt.log" 2>&1 ||
    fail "found by a random walk as well"
