#!/usr/bin/env bats
# Bad usage: one line on stderr, status 2, nothing run.  Help: status 0 on stdout.

load helper

@test "no command, unknown command" {
    refuses
    refuses frobnicate
}

@test "every command refuses unknown options and says so in one line" {
    for command in list hunt replay verify fuzz rules doctor version; do
        refuses "$command" --frobnicate
        grep -q -- '--frobnicate' err
    done
}

@test "every command has --help" {
    split 0 "$HEDDLE" --help
    for command in list hunt replay verify fuzz rules doctor version; do
        grep -q "^  $command" out
    done
    for command in list hunt replay verify fuzz rules doctor version; do
        split 0 "$HEDDLE" "$command" --help
        grep -q "^usage: heddle $command" out
        [ ! -s err ]
    done
}

@test "options with missing or broken values" {
    refuses hunt --runs
    refuses hunt --runs many
    refuses hunt --runs -1
    refuses hunt --runs 99999999999999999999
    refuses hunt --time 1s
    refuses hunt -j 0
    refuses hunt --seed=
    refuses hunt --steps 0
    refuses hunt --keep-going=yes
    refuses hunt --runs 0
    refuses verify 01-add-inside/fixed --preemptions x
}

@test "unknown names" {
    refuses hunt 99-nothing
    refuses hunt 01-add-inside/none
    refuses hunt 0
    refuses hunt ""
    refuses hunt --strategy lucky
    refuses hunt --strategy dfs
    refuses hunt --flavor sweet
    refuses hunt --flavor none,sweet
    refuses verify
    refuses verify 01-add-inside
    refuses verify 01-add-inside/fixed 03-sleep-sync/fixed
    refuses verify 01-add-inside/fixed --param items=77
    refuses verify 01-add-inside/fixed --param nothing=1
}

@test "arguments where none belong" {
    refuses list something
    refuses version something
    refuses rules something
    refuses doctor something
}

@test "a prefix that two scenarios have names none of them" {
    refuses hunt 0
    refuses hunt 0/buggy
}

@test "a number, a padded number and a unique prefix name the same scenario" {
    for name in 7 07 07-ne 07-never-read; do
        split 0 "$HEDDLE" hunt "$name/fixed" --runs 5
        grep -q '^07-never-read/fixed ' out
    done
}

@test "standard output that cannot be written is a failure of the harness" {
    status=0
    "$HEDDLE" list >/dev/full 2>err || status=$?
    [ "$status" -eq 4 ]
    grep -q 'standard output' err
}
