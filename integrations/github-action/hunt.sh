#!/bin/bash
# What the action does between restoring and saving its corpus: hunt or fuzz for some
# minutes, keep the schedules, write SARIF, and say whether anything is new.
#
# From the environment, as action.yml sets it: HEDDLE, HEDDLE_SCENARIOS, HEDDLE_FLAVORS,
# HEDDLE_MINUTES, HEDDLE_ENGINE, HEDDLE_SEED, HEDDLE_BASELINE, HEDDLE_CORPUS, HEDDLE_OUT.
# Writes new=true or new=false to GITHUB_OUTPUT; fails only if heddle itself does.
#
# The corpus has schedules/, which are run again each time, so that a finding of an
# earlier run is reported until it is fixed or in the baseline; and one folder of
# engine inputs per variant.
set -euo pipefail

fail()
{
    echo "::error::heddle: $*"
    exit 1
}

schedules=$HEDDLE_OUT/schedules kept=$HEDDLE_CORPUS/schedules
mkdir -p -- "$schedules" "$kept"
IFS=, read -ra flavors <<<"$HEDDLE_FLAVORS"
read -ra scenarios <<<"$HEDDLE_SCENARIOS"

# What words mean as SCENARIO/VARIANT, one per line.
variants()
{
    "$HEDDLE" list --json | python3 -c '
import json, sys
words = sys.argv[1:]
for s in json.load(sys.stdin)["scenarios"]:
    for v in s["variants"]:
        name = s["name"] + "/" + v["name"]
        if not words or s["name"] in words or name in words:
            print(name)
' ${scenarios[@]+"${scenarios[@]}"}
}
mapfile -t names < <(variants)
[ ${#names[@]} -gt 0 ] || fail "no scenario is named ${scenarios[*]}"
seconds=$((HEDDLE_MINUTES * 60 / (${#names[@]} * ${#flavors[@]})))
[ "$seconds" -ge 1 ] || seconds=1

# attempt COMMAND...: its findings are in the schedules, so that 0 and 1 are both fine.
attempt()
{
    local status=0
    "$@" || status=$?
    [ "$status" -le 1 ] || fail "status $status of: $*"
}

hunt()
{
    attempt "$HEDDLE" hunt "${names[@]}" --flavor "$HEDDLE_FLAVORS" --time "$seconds" \
        --runs 0 --seed "$HEDDLE_SEED" --keep-going --out "$schedules" \
        --json "$HEDDLE_OUT/hunt.json"
}

fuzz()
{
    local name flavor
    for name in "${names[@]}"; do
        for flavor in "${flavors[@]}"; do
            attempt "$HEDDLE" fuzz "$name" --engine "$HEDDLE_ENGINE" --flavor "$flavor" \
                --time "$seconds" --seed "$HEDDLE_SEED" --keep-going \
                --corpus "$HEDDLE_CORPUS/${name//\//-}" --out "$schedules"
        done
        attempt "$HEDDLE" fuzz "$name" --engine "$HEDDLE_ENGINE" --flavor "${flavors[0]}" \
            --corpus "$HEDDLE_CORPUS/${name//\//-}" --merge
    done
}

if [ -n "$HEDDLE_ENGINE" ]; then
    fuzz
else
    hunt
fi

# Earlier schedules under their names beside the new ones, and all of them kept.
find "$kept" -name '*.sched' -exec cp -n -t "$schedules" -- {} +
find "$schedules" -name '*.sched' -exec cp -t "$kept" -- {} +

known=()
if [ -f "$HEDDLE_BASELINE" ]; then
    known=(--baseline "$HEDDLE_BASELINE")
fi
new=false
if [ -n "$(find "$schedules" -name '*.sched' -print -quit)" ]; then
    # Status 1: something is not in the baseline.
    status=0
    "$HEDDLE" report "$schedules" --format sarif -o "$HEDDLE_OUT/heddle.sarif" \
        ${known[@]+"${known[@]}"} || status=$?
    case $status in
    0) ;;
    1) new=true ;;
    *) fail "status $status of heddle report" ;;
    esac
    "$HEDDLE" report "$schedules" --format github ${known[@]+"${known[@]}"} || true
fi
echo "new=$new" >>"${GITHUB_OUTPUT:-/dev/stdout}"
