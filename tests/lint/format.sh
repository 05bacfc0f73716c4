#!/bin/bash
# Every C file is formatted as .clang-format says.
set -euo pipefail

cd -- "${HEDDLE_SOURCE:-$(dirname -- "${BASH_SOURCE[0]}")/../..}"
mapfile -t files < <(find include src targets tests -name '*.[ch]' | LC_ALL=C sort)
if [ ${#files[@]} -eq 0 ]; then
    echo "format: found no file to check" >&2
    exit 1
fi
clang-format-19 --dry-run -Werror "${files[@]}"
