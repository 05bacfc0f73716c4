#!/bin/bash
# Every shell script of the project, and every bats file, is free of warnings.
set -euo pipefail

cd -- "${HEDDLE_SOURCE:-$(dirname -- "${BASH_SOURCE[0]}")/../..}"
# Scripts have no suffix, so what makes a script is its first line.
mapfile -t scripts < <(grep -rlE '^#!/(usr/)?bin/(env )?(ba)?sh' scripts .ci tests integrations oss-fuzz .clusterfuzzlite |
    LC_ALL=C sort)
mapfile -t bats < <(find tests -name '*.bats' -o -name '*.bash' | LC_ALL=C sort)
if [ ${#scripts[@]} -eq 0 ]; then
    echo "shellcheck: found no script to check" >&2
    exit 1
fi
shellcheck "${scripts[@]}"
if [ ${#bats[@]} -gt 0 ]; then
    shellcheck -s bats "${bats[@]}"
fi
