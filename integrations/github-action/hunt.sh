#!/bin/bash
# What the action does between restoring and saving its corpus: hunt or fuzz for some
# minutes, keep the schedules, write SARIF, and say whether anything is new.
#
# From the environment, as action.yml sets it: HEDDLE, HEDDLE_SCENARIOS, HEDDLE_FLAVORS,
# HEDDLE_MINUTES, HEDDLE_ENGINE, HEDDLE_SEED, HEDDLE_BASELINE, HEDDLE_CORPUS, HEDDLE_OUT,
# HEDDLE_CATEGORY.
# Writes to GITHUB_OUTPUT checked=true once the inputs are seen to be right (before that
# nothing should be saved), and at the end new=true or new=false.  Fails only if an
# input is wrong or heddle itself fails; then what was found is kept and reported first.
#
# The corpus has schedules/, which are run again each time, so that a finding of an
# earlier run is reported until it is fixed or in the baseline; set-aside/, see
# corpus.py; and one folder of engine inputs per variant.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
schedules=$HEDDLE_OUT/schedules
failed=false

# trouble TEXT...: an annotation; the script goes on and fails at its end.
trouble()
{
    echo "::error::heddle: ${*//$'\n'/ }"
    failed=true
}

fail()
{
    trouble "$@"
    exit 1
}

# ---- the inputs ----------------------------------------------------------------------

# number INPUT TEXT
number()
{
    [[ $2 =~ ^[0-9]+$ ]] || fail "$1 must be a whole number, not '$2'"
}

# Sets flavors.  With an engine, those that heddle fuzz can do.
check_flavors()
{
    local flavor good=(none race asan tsan)
    [ -z "$HEDDLE_ENGINE" ] || good=(asan tsan)
    IFS=, read -ra flavors <<<"${HEDDLE_FLAVORS//[[:space:]]/}"
    [ ${#flavors[@]} -gt 0 ] || fail "flavors names none"
    [ "${flavors[*]}" != all ] || flavors=("${good[@]}")
    for flavor in "${flavors[@]}"; do
        [[ " ${good[*]} " == *" $flavor "* ]] ||
            fail "no flavor '$flavor'${HEDDLE_ENGINE:+ for $HEDDLE_ENGINE}: ${good[*]}"
    done
}

# What the words of $1 mean as SCENARIO/VARIANT, one per line; no word means all.
# Fails with one line that has each word that means nothing.  Standard input is what
# heddle list --json writes.
variants()
{
    python3 -c '
import json, sys
words = sys.argv[1].split()
names, unknown = [], set(words)
for s in json.load(sys.stdin)["scenarios"]:
    for v in s["variants"]:
        both = {s["name"], s["name"] + "/" + v["name"]}
        unknown -= both
        if not words or both & set(words):
            names.append(s["name"] + "/" + v["name"])
if unknown:
    print("no scenario is named", *sorted(unknown))
    sys.exit(1)
print(*names, sep="\n")
' "$1"
}

# Sets names.
check_scenarios()
{
    local list text
    list=$("$HEDDLE" list --json) || fail "status $? of $HEDDLE list"
    text=$(variants "$HEDDLE_SCENARIOS" <<<"$list") || fail "${text:-heddle list cannot be read}"
    [ -n "$text" ] || fail "$HEDDLE has no scenario"
    mapfile -t names <<<"$text"
}

# Sets seconds, too: for each variant in each flavor.
check()
{
    # The keys of the cache end the category with a slash.
    [[ $HEDDLE_CATEGORY =~ ^[A-Za-z0-9._-]+$ ]] ||
        fail "category may hold letters, digits and ._- only, not '$HEDDLE_CATEGORY'"
    [ -n "$(type -P -- "$HEDDLE")" ] || fail "there is no command $HEDDLE; was it built?"
    number minutes "$HEDDLE_MINUTES"
    number seed "$HEDDLE_SEED"
    case $HEDDLE_ENGINE in
    "" | libfuzzer | afl++) ;;
    *) fail "no engine '$HEDDLE_ENGINE': libfuzzer or afl++, or nothing" ;;
    esac
    check_flavors
    check_scenarios
    seconds=$((10#$HEDDLE_MINUTES * 60 / (${#names[@]} * ${#flavors[@]})))
    [ "$seconds" -ge 1 ] || seconds=1
}

# ---- looking for bugs ----------------------------------------------------------------

# attempt WHAT COMMAND...: its findings are in the schedules, so that 0 and 1 are both
# fine.  Anything else is no reason to lose what was found before or would be after.
attempt()
{
    local status=0
    "${@:2}" || status=$?
    [ "$status" -le 1 ] || trouble "status $status of $1"
}

hunt()
{
    local IFS=,
    attempt "heddle hunt" "$HEDDLE" hunt "${names[@]}" --flavor "${flavors[*]}" \
        --time "$seconds" --runs 0 --seed "$HEDDLE_SEED" --keep-going --out "$schedules" \
        --json "$HEDDLE_OUT/hunt.json"
}

fuzz()
{
    local name flavor
    for name in "${names[@]}"; do
        for flavor in "${flavors[@]}"; do
            attempt "heddle fuzz $name in $flavor" \
                "$HEDDLE" fuzz "$name" --engine "$HEDDLE_ENGINE" --flavor "$flavor" \
                --time "$seconds" --seed "$HEDDLE_SEED" --keep-going \
                --corpus "$HEDDLE_CORPUS/${name//\//-}" --out "$schedules"
        done
        attempt "the merge of $name" \
            "$HEDDLE" fuzz "$name" --engine "$HEDDLE_ENGINE" --flavor "${flavors[0]}" \
            --corpus "$HEDDLE_CORPUS/${name//\//-}" --merge
    done
}

# ---- what was found ------------------------------------------------------------------

# The corpus takes what is new, and its schedules go beside the new ones.
keep()
{
    local status=0
    python3 "$here/corpus.py" add "$HEDDLE_CORPUS" "$schedules"
    # Status 2: some cannot be read any more, which the next command deals with.
    "$HEDDLE" report "$schedules" --format json -o "$HEDDLE_OUT/report.json" || status=$?
    [ "$status" -le 2 ] || trouble "status $status of heddle report"
    if [ -f "$HEDDLE_OUT/report.json" ]; then
        python3 "$here/corpus.py" settle "$HEDDLE_CORPUS" "$HEDDLE_OUT/report.json"
    fi
}

# SARIF also if there is nothing, so that what was fixed is closed.  Sets new.
report()
{
    local status=0 known=()
    if [ -f "$HEDDLE_BASELINE" ]; then
        known=(--baseline "$HEDDLE_BASELINE")
    fi
    new=false
    "$HEDDLE" report "$schedules" --format sarif -o "$HEDDLE_OUT/heddle.sarif" \
        ${known[@]+"${known[@]}"} || status=$?
    case $status in
    0) ;;
    1) new=true ;; # something is not in the baseline
    *) trouble "status $status of heddle report" ;;
    esac
    attempt "heddle report" "$HEDDLE" report "$schedules" --format github \
        ${known[@]+"${known[@]}"}
}

output()
{
    echo "$1" >>"${GITHUB_OUTPUT:-/dev/stdout}"
}

check
output checked=true
mkdir -p -- "$schedules" "$HEDDLE_CORPUS"
# Not those of an earlier run in the same folder.
rm -f -- "$HEDDLE_OUT/report.json" "$HEDDLE_OUT/heddle.sarif"
if [ -n "$HEDDLE_ENGINE" ]; then
    fuzz
else
    hunt
fi
keep
report
output "new=$new"
if "$failed"; then
    exit 1
fi
