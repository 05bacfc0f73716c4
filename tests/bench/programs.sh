#!/bin/bash
# scripts/bench-programs prints a row for every flavor.  The numbers are nobody's
# business here.
set -euo pipefail

table=$("${HEDDLE_SOURCE:?}/scripts/bench-programs" --built "${HEDDLE_BUILD:?}" --runs 3)
for flavor in ${HEDDLE_FLAVORS:?}; do
    if ! grep -Eq "^$flavor +[1-9][0-9]* +[1-9][0-9]* +[0-9]+\.[0-9] +[1-9][0-9]* +[0-9]+\$" <<<"$table"; then
        echo "programs: no row of $flavor in:" >&2
        echo "$table" >&2
        exit 1
    fi
done
