#!/bin/bash
# libFuzzer finds the bug of a buggy variant from an empty corpus, and the file that it
# saves replays with `heddle replay` to the same finding.
#
#     find_and_replay.sh SCENARIO/VARIANT FLAVOR RUNS
#
# From the environment: HEDDLE_BUILD, the build directory.
set -euo pipefail

scenario=$1 flavor=$2 runs=$3
build=${HEDDLE_BUILD:?}
fuzzer=$build/fuzz/${scenario/\//-}-$flavor

fail()
{
    echo "find_and_replay: $scenario in $flavor: $*" >&2
    exit 1
}

tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

status=0
"$fuzzer" -runs="$runs" -seed=1 -artifact_prefix="$tmp/" >"$tmp/log" 2>&1 || status=$?
mapfile -t crashes < <(find "$tmp" -name 'crash-*' -o -name 'leak-*')
if [ "$status" -eq 0 ] || [ ${#crashes[@]} -ne 1 ]; then
    tail -n 20 -- "$tmp/log" >&2
    fail "no crash file after $runs runs (status $status)"
fi

# What the fuzzer's run printed, without the stacks: the line that names the finding.
signature=$(sed -n 's/^ *signature:* *//p' "$tmp/log" | head -n 1)
status=0
"$build/bin/heddle" replay "${crashes[0]}" --scenario "$scenario" --flavor "$flavor" \
    >"$tmp/replay" 2>&1 || status=$?
if [ "$status" -ne 1 ]; then
    cat -- "$tmp/replay" >&2
    fail "the crash file does not replay (status $status)"
fi
if [ -z "$signature" ] || ! grep -qF -- "$signature" "$tmp/replay"; then
    cat -- "$tmp/log" "$tmp/replay" >&2
    fail "the replay shows something else than: $signature"
fi
