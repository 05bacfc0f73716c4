#!/bin/bash
# clang-tidy with the checks of .clang-tidy over heddle's own sources, with the flags
# that the build recorded.
set -euo pipefail

cd -- "${HEDDLE_SOURCE:?}"
mapfile -t files < <(find src -name '*.c' | LC_ALL=C sort)
if [ ${#files[@]} -eq 0 ]; then
    echo "tidy: found no file to check" >&2
    exit 1
fi
# Two at a time, as the tests around it; the count of suppressed warnings that it
# prints on stderr for each file says nothing.
log=$(mktemp)
trap 'rm -f -- "$log"' EXIT
if ! printf '%s\0' "${files[@]}" |
    xargs -0 -P 2 -n 4 clang-tidy-19 --quiet -p "${HEDDLE_BUILD:?}" >"$log" 2>&1; then
    grep -v 'warnings generated' "$log" >&2
    exit 1
fi
