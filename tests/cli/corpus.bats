#!/usr/bin/env bats
# corpus/SCENARIO/*: the seed inputs are what scripts/make-corpus makes, are named by
# what they do, run in each variant of their target, and do different things.
# label: slow

load helper

setup_file() {
    export ROOT="${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}"
}

@test "each target has seeds, and no other is there" {
    catalog_variants | sed 's,/.*,,' | sort -u >targets
    [ "$(wc -l <targets)" -ge 25 ]
    find "$ROOT/corpus" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | diff targets -
    # Nothing but folders of files.
    [ -z "$(find "$ROOT/corpus" -mindepth 1 -maxdepth 1 ! -type d)" ]
    [ -z "$(find "$ROOT/corpus" -mindepth 2 ! -type f)" ]
    while read -r name; do
        [ "$(find "$ROOT/corpus/$name" -type f | wc -l)" -ge 1 ]
    done <targets
}

@test "each seed has a name that says something" {
    find "$ROOT/corpus" -type f -printf '%f\n' >names
    [ "$(wc -l <names)" -ge 50 ]
    run grep -Evx '[a-z0-9]+(-[a-z0-9]+)*' names
    [ "$status" -eq 1 ]
    # A fuzzer names its files by their hash.
    run grep -Ex '[0-9a-f]{16,}' names
    [ "$status" -eq 1 ]
}

@test "scripts/make-corpus makes just these files" {
    "$ROOT/scripts/make-corpus" made
    diff -r made "$ROOT/corpus"
}

# Runs a target's seeds in its first variant; the trace hashes go to traces.
run_seeds() {
    local name=$1 variant=$2 seed status
    : >traces
    for seed in "$ROOT/corpus/$name"/*; do
        status=0
        "$HEDDLE" replay "$seed" --scenario "$name/$variant" >out 2>err || status=$?
        if [ "$status" -gt 1 ] || [ -s err ]; then
            echo "$seed in $variant: exit status $status"
            cat out err
            return 1
        fi
        sed -n 's/^outcome .*, trace hash \([0-9a-f]*\)$/\1/p' out >>traces
    done
    [ "$(wc -l <traces)" -eq "$(find "$ROOT/corpus/$name" -type f | wc -l)" ]
}

@test "each seed runs where the bug is, and they do different things" {
    # The first variant of each.
    catalog_variants | awk -F'[/ ]' '!seen[$1]++ { print $1, $2 }' >first
    [ "$(wc -l <first)" -ge 25 ]
    while read -r name variant; do
        run_seeds "$name" "$variant"
        if [ "$(wc -l <traces)" -ge 2 ] && [ "$(sort -u traces | wc -l)" -lt 2 ]; then
            echo "$name: all seeds do the same"
            return 1
        fi
    done <first
}

@test "no seed shows anything in a variant that is right" {
    catalog_variants | sed -n 's/ nothing$//p' >right
    [ "$(wc -l <right)" -ge 25 ]
    while read -r variant; do
        for seed in "$ROOT/corpus/${variant%/*}"/*; do
            split 0 "$HEDDLE" replay "$seed" --scenario "$variant"
        done
    done <right
}
