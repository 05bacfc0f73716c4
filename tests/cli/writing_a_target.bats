#!/usr/bin/env bats
# docs/writing-a-target.md holds: its example is compiled and hunted, all of the page's
# commands do what it says, and adding a target is adding one file.
# label: slow

load helper

setup_file() {
    export ROOT="${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}"
    export PAGE=$ROOT/docs/writing-a-target.md
    export EXAMPLE=$ROOT/tests/example/bug26_lost_wakeup.c
}

# What a tree of one's own needs to be configured without the tests.
copy_tree() {
    mkdir "$1"
    cp -r "$ROOT"/{CMakeLists.txt,LICENSE,cmake,include,scripts,src,targets} "$1"
}

# configure OPTION...: like the page, without the tests and with this build's compiler.
configure() {
    local compiler=()
    if [ -f "${HEDDLE_BUILD:-}/CMakeCache.txt" ]; then
        compiler=("-DCMAKE_C_COMPILER=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' \
            "$HEDDLE_BUILD/CMakeCache.txt")")
    fi
    cmake -DHEDDLE_TESTS=OFF "${compiler[@]}" "$@"
}

# What the build would make of the example.
programs() {
    ninja -C "$1" -t targets all | sed -n 's/^\(fuzz\/26-[^:]*\):.*/\1/p' | sort
}

# What stands in the page's blocks of this language.
block() {
    awk -v open="\`\`\`$1" '/^```/ { inside = ($0 == open); next } inside' "$PAGE"
}

@test "the page quotes the example as it is" {
    block c | diff - "$EXAMPLE"
}

@test "one file is enough" {
    copy_tree tree
    configure -S tree -B build -G Ninja
    [ -z "$(programs build)" ]
    cp "$EXAMPLE" tree/targets
    # Nothing is said to cmake: the next build notices the file by itself.
    ninja -C build build.ninja
    [ "$(programs build)" = "$(printf 'fuzz/26-lost-wakeup-%s\n' \
        {buggy,fixed,fixed-broadcast}-{asan,tsan}{,-afl} | sort)" ]
    # The very same objects: it is in every flavor's program.
    for objects in none race asan; do
        ninja -C build -t targets all |
            grep -q "targets-$objects.dir/bug26_lost_wakeup.c.o:"
    done
}

@test "a folder without targets is refused" {
    mkdir none
    copy_tree tree
    run configure -S tree -B build -G Ninja -DHEDDLE_EXTRA_TARGETS="$PWD/none"
    [ "$status" -ne 0 ]
    [[ $output == *"no *.c in"* ]]
}

@test "every command of the page does what the page says" {
    copy_tree tree
    cd tree || return 1
    mkdir -p tests/example schedules
    cp "$EXAMPLE" tests/example
    block sh >commands
    ran=0
    while read -r line; do
        want=0
        if [[ $line =~ ^(.*[^ ])\ +'# exit '([0-9]+)$ ]]; then
            line=${BASH_REMATCH[1]} want=${BASH_REMATCH[2]}
        fi
        if [[ $line == 'cmake '* ]]; then
            line="configure ${line#cmake }"
        fi
        ran=$((ran + 1)) status=0
        eval "$line" >"out.$ran" 2>&1 </dev/null || status=$?
        if [ "$status" -ne "$want" ]; then
            echo "exit status $status, not $want: $line"
            cat "out.$ran"
            return 1
        fi
    done <commands
    # What they said: list knows it, all variants came out right, all searches were
    # complete, the schedule replays, and a fuzzer's file shows the same.
    grep -q '^26-lost-wakeup: ' out.*
    grep -q '^26-lost-wakeup/buggy .*found deadlock' out.*
    [ "$(grep -c '^26-lost-wakeup/fixed.*no finding' <(cat out.*))" -eq 2 ]
    [ "$(grep -c '^complete .*no finding' <(cat out.*))" -eq 2 ]
    grep -q '^10 of 10 .*same signature, same trace hash' out.*
    [ -f schedules/26-lost-wakeup.sched ]
    signature='deadlock: queue_put cond-wait cond; queue_take cond-wait cond'
    [ "$(sed -n 's/^ *signature: *//p' "out.$ran")" = "$signature" ]
    grep -qx "signature $signature" schedules/*.sched

    # The seeds that the page shows do what their names say.
    {
        sed '/^target /,$d' scripts/make-corpus
        sed -n 's/^    \(target\|seed\) /\1 /p' "$PAGE"
    } >make-seeds
    bash make-seeds corpus
    [ "$(find corpus -type f | wc -l)" -eq 3 ]
    for seed in corpus/26-lost-wakeup/*; do
        want=0
        [[ $seed != */producer-sleeps-on ]] || want=1
        split "$want" build/bin/heddle replay "$seed" --scenario 26-lost-wakeup/buggy
    done
    # Each means something else.
    [ "$(sha1sum corpus/*/* | cut -d' ' -f1 | sort -u | wc -l)" -eq 3 ]
}
