#!/usr/bin/env bats
# The plan codec keeps its promise (DESIGN section 3): what deleting a deviation
# does to the others, and what a plan means in another flavor.
# label: slow

load helper

setup_file() {
    export TSAN_OPTIONS=exitcode=0 # races are what these runs are about
}

# The programs of this build: the command beside them has no suffix.
find_flavors() {
    bin="$(dirname "$HEDDLE")"
    flavors=("")
    for f in -race -asan -tsan; do
        if [ -x "$bin/promise$f" ]; then flavors+=("$f"); fi
    done
}

# at_least PERCENT "KEPT of ALL": and there was something to measure.
at_least() {
    read -r kept _ all <<<"$2"
    [ "$all" -gt 500 ]
    [ $((kept * 100)) -ge $((all * $1)) ]
}

@test "after deleting one deviation 85 % of the others hit the same operation" {
    find_flavors
    for f in "${flavors[@]}"; do
        result=$("$bin/promise$f" delete)
        echo "flavor ${f:-none}: $result"
        at_least 85 "$result"
    done
}

@test "anchors at sync operations are hit in the other flavors" {
    find_flavors
    for f in "${flavors[@]}"; do
        "$bin/promise$f" record "rec$f"
        for g in "${flavors[@]}"; do
            result=$("$bin/promise$g" check "rec$f")
            echo "recorded in ${f:-none}, run in ${g:-none}: $result"
            # A switch inside a segment falls together with its end in none.
            if [ "$g" = "" ]; then at_least 95 "$result"; else at_least 100 "$result"; fi
        done
    done
}

@test "a plan with deviations at sync operations shows the bug in every flavor" {
    find_flavors
    run "$HEDDLE" hunt --flavor none --out . --seed 7
    [ "$status" -eq 1 ]
    found=0
    for file in *-none.sched; do
        for g in "${flavors[@]}"; do
            flavor=${g#-}
            run "$HEDDLE" replay "$file" --flavor "${flavor:-none}"
            echo "$file in ${flavor:-none}: status $status"
            echo "$output"
            [ "$status" -eq 1 ]
            [[ "$output" == *"same signature"* ]]
        done
        found=$((found + 1))
    done
    [ "$found" -ge 7 ]
}
