#!/bin/bash
# libFuzzer finds nothing: in a fixed variant, or in one of heddle's parsers.
#
#     stay_clean.sh FUZZER RUNS SEED [SEEDS-DIRECTORY]
#
# FUZZER is the binary's name in HEDDLE_BUILD/fuzz, SEED the random seed.  -timeout
# is far above what any input may take, and 4 KiB hold any plan worth trying.
set -euo pipefail

name=$1 runs=$2 seed=$3
fuzzer=${HEDDLE_BUILD:?}/fuzz/$name

tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

# The first directory is where libFuzzer writes; the seeds are only read.
mkdir -- "$tmp/corpus"
directories=("$tmp/corpus" "${@:4:1}")
status=0
"$fuzzer" -runs="$runs" -seed="$seed" -timeout=10 -max_len=4096 -artifact_prefix="$tmp/" \
    "${directories[@]}" >"$tmp/log" 2>&1 || status=$?
# libFuzzer's own last words: it must have done all of them.
if [ "$status" -ne 0 ] || ! grep -q "^Done $runs runs" "$tmp/log"; then
    tail -n 60 -- "$tmp/log" >&2
    echo "stay_clean: $name is not clean (status $status)" >&2
    exit 1
fi
