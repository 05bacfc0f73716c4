#!/bin/bash
# Heddle's race detector against ThreadSanitizer: the same executions, pair by pair.
#
#     races.sh RUNS [PREFIX...]
#
# Over the catalog's targets and all programs of tests/ (or those whose names begin with a
# PREFIX), RUNS random plans each:
#   - each pair that TSan reports is among heddle's, on the same memory, but for what
#     TSan takes for a race and C does not: fences, which it does not model, and a
#     compare and swap that fails, which it counts as a write;
#   - flavors race and asan report the same pairs;
#   - what docs/race-detector.md says of races that TSan misses, and of false ones,
#     is still so.
set -euo pipefail

runs=$1
shift
bin=${HEDDLE_BUILD:?}/bin
out=$(mktemp -d)
trap 'rm -rf -- "$out"' EXIT
export TSAN_OPTIONS=exitcode=0 ASAN_OPTIONS=detect_leaks=0

failed=0
complain()
{
    echo "races: $1" >&2
    head -n 20 -- "$2" >&2
    failed=1
}

pids=()
for flavor in race asan tsan; do
    "$bin/races-$flavor" "$runs" "$@" >"$out/all-$flavor" &
    pids+=($!)
done
for pid in "${pids[@]}"; do
    wait "$pid"
done
for flavor in race asan tsan; do
    LC_ALL=C sort -u -o "$out/all-$flavor" "$out/all-$flavor"
done

# TSan's, without the programs in which it is wrong.
LC_ALL=C comm -13 "$out/all-race" "$out/all-tsan" >"$out/only-tsan"
grep -vE '^(fail-data-race-fence-|pass-fence-)| -$' "$out/only-tsan" >"$out/missed" || [ $? -eq 1 ]
[ ! -s "$out/missed" ] || complain 'ThreadSanitizer reports what heddle does not:' "$out/missed"

# The races of the catalog: heddle names each pair of places that TSan names.  (TSan says
# no more of a word once it has reported it, so heddle may name others.)
for target in 02 03 16 21 24; do
    for flavor in race tsan; do
        sed -n "s|^$target-[^ ]* [0-9]* [0-9a-f]* \([^-]\)|\1|p" "$out/all-$flavor" |
            sort -u >"$out/$target-$flavor"
    done
    [ -s "$out/$target-tsan" ] || complain "target $target has no race in flavor tsan" /dev/null
    comm -13 "$out/$target-race" "$out/$target-tsan" >"$out/$target-other"
    [ ! -s "$out/$target-other" ] ||
        complain "heddle does not name these pairs of target $target:" "$out/$target-other"
done

# The code of flavor asan is compiled apart: offsets are others, and some executions have
# other accesses, hence other schedules.  Those that went the same way must agree.
for flavor in race asan; do
    cut -d ' ' -f 1-3 "$out/all-$flavor" | LC_ALL=C sort -u >"$out/ran-$flavor"
done
LC_ALL=C comm -12 "$out/ran-race" "$out/ran-asan" >"$out/ran-both"
for flavor in race asan; do
    awk 'NR == FNR { same[$1 $2 $3]; next } ($1 $2 $3) in same' "$out/ran-both" "$out/all-$flavor" |
        sed 's/+[0-9]*//g' | LC_ALL=C sort -u >"$out/pairs-$flavor"
done
[ "$(wc -l <"$out/ran-both")" -ge "$(($(wc -l <"$out/ran-race") / 2))" ] ||
    complain 'more than half of the executions went another way in flavor asan' /dev/null
diff "$out/pairs-race" "$out/pairs-asan" >"$out/asan" ||
    complain 'flavors race and asan differ:' "$out/asan"

# reported NAME/VARIANT FLAVOR: whether it has a race there.
reported()
{
    grep -q "^$1 .*[^-]\$" "$out/all-$2"
}
for program in many-readers/buggy large-block/buggy sequence-broken/buggy; do
    reported "fail-data-race-exact-$program" race ||
        complain "heddle misses $program" /dev/null
    ! reported "fail-data-race-exact-$program" tsan ||
        complain "ThreadSanitizer no longer misses $program: docs/race-detector.md" /dev/null
done
for program in fail-data-race-fence-message-passing/fixed pass-fence-failed-exchange/clean; do
    ! reported "$program" race || complain "heddle has a false race in $program" /dev/null
    reported "$program" tsan ||
        complain "ThreadSanitizer no longer has a false race in $program: docs/race-detector.md" /dev/null
done

printf 'races: %s pairs by TSan, %s by heddle in %s executions of each variant\n' \
    "$(grep -c '[^-]$' "$out/all-tsan")" "$(grep -c '[^-]$' "$out/all-race")" "$runs"
exit "$failed"
