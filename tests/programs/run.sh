#!/bin/bash
# A program under heddle: what is promised of each of its variants is found, and
# comes back in a fresh process; where nothing is promised, nothing is found.
#
#     run.sh RUNS scenario PROGRAM NAME           a scenario of scenarios.c
#     run.sh RUNS real PROGRAM SOURCE [ARG...]    SOURCE of real/, which says what is
#                                                 promised in its first comment
#
# RUNS executions of each variant that is right; one that is not gets as many as it
# needs.  --seed 1 always: what is found once is found always.
set -euo pipefail

heddle=${HEDDLE_BUILD:?}/bin/heddle
runs=$1 kind=$2 program=$3 name=$4
shift 4
more=("$@")

folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT

# fail TEXT: with what the hunt has said.
fail()
{
    echo "run: $program $variant: $1" >&2
    cat -- "$folder/out" "$folder/err" >&2
    exit 1
}

# heddle_under COMMAND OPTIONS... -- ARGS...: its status, and what it says in files.
heddle_under()
{
    local status=0
    "$heddle" "$@" >"$folder/out" 2>"$folder/err" <"$folder/input" || status=$?
    return "$status"
}

# hunt VARIANT EXPECTED CHECKED: names of classes with commas in between, or `-`.
hunt()
{
    variant=$1
    local expected=$2 options=() class status=0 limit=$runs args file
    if [ "$3" != - ]; then
        for class in ${3//,/ }; do
            options+=(--check "$class")
        done
    fi
    if [ "$expected" != - ]; then
        limit=5000
    fi
    args=("$variant" "${more[@]}")
    if [ "$kind" = scenario ]; then
        args=("$name" "$variant")
    fi
    # Scenarios are about timeouts of any length.
    heddle_under hunt -j 1 --seed 1 --runs "$limit" --starve-max 3600000 \
        "${options[@]}" --json "$folder/json" --out "$folder/found" -- "$program" "${args[@]}" || status=$?
    mapfile -t found < <(sed -n 's/^ *"class": "\(.*\)",*$/\1/p' "$folder/json")
    if [ "$expected" = - ]; then
        if [ "$status" -ne 0 ] || [ "${#found[@]}" -ne 0 ]; then
            fail "something was found"
        fi
        # Nor may it have been given up.  Without a thread there is one execution.
        if ! grep -Eq "no finding after $limit executions|^it ended without making a thread" "$folder/out"; then
            fail "not $limit executions"
        fi
        if grep -E '"(stuck|stopped|budget|crash|hang|uncontrolled)": [1-9]' "$folder/json" >&2; then
            fail "an execution did not come to its end"
        fi
        return
    fi
    if [ "$status" -ne 1 ]; then
        fail "exit status $status"
    fi
    case ",$expected," in
    *",${found[0]},"*) ;;
    *) fail "found ${found[0]}, not $expected" ;;
    esac
    for class in "${found[@]}"; do
        if [ "$class" = nondeterminism ]; then
            fail "it did not come back"
        fi
    done
    file=$(echo "$folder"/found/*.sched)
    status=0
    heddle_under replay "${file%% *}" "${options[@]}" -- "$program" "${args[@]}" || status=$?
    if [ "$status" -ne 1 ] || ! grep -q '^same signature, same trace hash$' "$folder/out"; then
        fail "the replay is another one, exit status $status"
    fi
}

# directive WORD: of a source's first comment, with commas for spaces; `-`: there is none.
directive()
{
    local line
    line=$(sed -n "s/^ \\* $1: //p" "$name" | tr ' ' ,)
    echo "${line:--}"
}

case $kind in
scenario)
    : >"$folder/input"
    "$program" | grep "^$name " >"$folder/list"
    while read -r _ variant expected checked; do
        hunt "$variant" "$expected" "$checked"
    done <"$folder/list"
    ;;
real)
    directive input | tr , '\n' >"$folder/input"
    hunt buggy "$(directive expect)" "$(directive check)"
    hunt fixed - "$(directive check)"
    # And as if heddle were not there.  (Under TSan a process that main leaves with
    # pthread_exit() never ends: TSan has a thread of its own.)
    if [[ $program == */tsan/* ]]; then
        exit 0
    fi
    status=0
    "$program" fixed "${more[@]}" <"$folder/input" >"$folder/out" 2>"$folder/err" || status=$?
    if [ "$status" -ne 0 ]; then
        fail "by itself it ends with $status"
    fi
    ;;
*)
    echo "run: what is $kind?" >&2
    exit 2
    ;;
esac
