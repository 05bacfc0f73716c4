#!/bin/bash
# A fuzz target with pthreads inside: libFuzzer finds the bug of the buggy one, and the
# file that it saves shows the same finding again in a fresh process.
#
#     posix_target.sh FUZZER RUNS SEEDS-DIRECTORY
#
# FUZZER is the binary's name in HEDDLE_BUILD/fuzz.  The seeds carry a trailer, since no
# blind mutation makes one.
set -euo pipefail

fuzzer=${HEDDLE_BUILD:?}/fuzz/$1 runs=$2 seeds=$3

tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

fail()
{
    tail -n 40 -- "$tmp/log" >&2
    echo "posix_target: $1" >&2
    exit 1
}

mkdir -- "$tmp/corpus"
if "$fuzzer" -runs="$runs" -seed=1 -max_len=512 -keep_seed=1 -reduce_inputs=0 \
    -artifact_prefix="$tmp/" "$tmp/corpus" "$seeds" >"$tmp/log" 2>&1; then
    fail "nothing found in $runs runs"
fi
mapfile -t crashes < <(find "$tmp" -name 'crash-*')
[ ${#crashes[@]} -eq 1 ] || fail "no crash file"
signature=$(sed -n 's/^ *signature:* *//p' "$tmp/log" | head -n 1)
[ "$signature" = "assertion: test assert s->sum == expected" ] ||
    fail "another finding: $signature"
if "$fuzzer" "${crashes[0]}" >"$tmp/log" 2>&1; then
    fail "the crash file shows nothing"
fi
grep -qF -- "$signature" "$tmp/log" || fail "the crash file shows another finding"
