#!/usr/bin/env bats
# heddle minimize: how small it gets, what it says of the critical pair, and what it
# does with bad files, full disks and interrupts.
# label: slow

load helper

ROOT=${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}

# tests_program: the program with tests/pass and tests/fail instead of the catalog.
tests_program() {
    HEDDLE=$(dirname "$HEDDLE")/heddle-tests
}

# line FILE PATTERN [N]: "name.c:12", the N-th (first) line of a source file that matches.
line() {
    local n
    n=$(grep -n -- "$2" "$ROOT/$1" | sed -n "${3:-1}p" | cut -d: -f1)
    [ -n "$n" ] || { echo "no line of $1 matches $2" >&2; return 1; }
    echo "$(basename "$1"):$n"
}

# minimized SCENARIO/VARIANT FLAVOR [SEED]: hunts and minimizes; output in file out.
minimized() {
    local found
    split 1 "$HEDDLE" hunt "$1" --flavor "$2" --strategy random --seed "${3:-1}" \
        --runs 2000 --out found
    found=$(grep -o 'found/[^ ]*\.sched' out | head -1)
    split 1 "$HEDDLE" minimize "$found" -o min.sched
    [ ! -s err ]
}

# deviations FILE: how many a schedule has.
deviations() {
    grep -c '^deviation ' "$1" || :
}

# passes: the passing schedule shows nothing, or a data race and nothing else.
passes() {
    if grep -q '^class none$' min.pass.sched; then
        split 0 "$HEDDLE" replay min.pass.sched
        grep -q '^0 findings, same trace hash' out
    else
        grep -q '^class data-race$' min.pass.sched
        split 1 "$HEDDLE" replay min.pass.sched
        grep -q 'same signature, same trace hash' out
        [ "$(grep -c '^  signature: data-race' out)" -eq "$(grep -c '^  signature: ' out)" ]
    fi
}

# pair OP TASK PLACE OP TASK PLACE: the sentence in file out names these, and both
# schedules do what it says.
pair() {
    grep -E "^it fails when $1( on [^(]*)? \($2, [^ ]* $3(, [^)]*)?\) comes before $4( on [^(]*)? \($5, [^ ]* $6(, [^)]*)?\); it passes when the $4 of $5 comes first$" out ||
        { grep '^it fails\|^none of\|^of ' out; return 1; }
    split 1 "$HEDDLE" replay min.sched
    grep -q 'same signature, same trace hash' out
    passes
    [ ! -e min.fail.sched ] || split 1 "$HEDDLE" replay min.fail.sched
    rm -f min.fail.sched
}

# least SCENARIO/VARIANT DEVIATIONS: what minimize reaches from the random finds of
# two seeds.
least() {
    local seed
    for seed in 1 2; do
        minimized "$1" none "$seed"
        [ "$(deviations min.sched)" -le "$2" ] || { cat out; return 1; }
        split 1 "$HEDDLE" replay min.sched
    done
}

@test "random finds become as small as complete search made them" {
    least 9/buggy 0
    least 12-nested-set-limit/buggy 0
    least 13-lock-across-send/fixed-order-lost 1
    least 16/buggy 1
    least 19-missed-leak/buggy 1
    least 19-missed-leak/done-channel 2
}

@test "a schedule that is smallest stays what it is" {
    for file in "$ROOT"/schedules/{07,13,16,21}-*.sched; do
        split 1 "$HEDDLE" minimize "$file" -o min.sched
        [ "$(deviations min.sched)" -le "$(deviations "$file")" ]
        [ "$(grep '^class' min.sched)" = "$(grep '^class' "$file")" ]
    done
}

@test "what does not fail with fewer deviations was searched completely" {
    minimized 19-missed-leak/done-channel none 5
    grep -q '^complete: no schedule with at most [01] deviations* has the class' out
}

@test "the pair: two values sent in the wrong order (13)" {
    minimized 13-lock-across-send/fixed-order-lost none
    send=$(line targets/bug13_lock_across_send.c 'hd_chan_send(' 2)
    pair chan-send main.2 "$send" chan-send main.1 "$send"
}

@test "the pair: a map is read inside a write (16)" {
    minimized 16/buggy none 3
    read=$(line targets/bug16_shared_map.c 'BUG: races')
    write=$(line targets/bug16_shared_map.c '\.\.\.with this')
    pair map-read main.2 "$read" map-inside main.1 "$write"
}

@test "the pair: the check looks before the task has ended (19)" {
    minimized 19-missed-leak/done-channel none
    recv=$(line targets/bug19_missed_leak.c 'BUG: through, but')
    start=$(line targets/bug19_missed_leak.c 'hd_go(late_done, t);' 1)
    pair '(the return from )?chan-recv' main "$recv" task-exit main.1 "$start"
    minimized 19-missed-leak/done-channel none 3
    pair '(the return from )?chan-recv' main "$recv" task-exit main.1 "$start"
}

@test "the pair: a cache is set inside another task's set (21)" {
    minimized 21/buggy none 3
    set_=$(line targets/bug21_undocumented_safety.c 'hd_map_set(')
    pair map-write 'main\.[0-9]*' "$set_" map-inside 'main\.[0-9]*' "$set_"
    minimized 21-undocumented-safety/comment-only none 3
    pair map-write 'main\.[0-9]*' "$set_" map-inside 'main\.[0-9]*' "$set_"
}

@test "the pair: a lost update" {
    tests_program
    minimized fail-assertion-lost-update/buggy race
    load=$(line tests/fail/assertion/lost_update.c 'atomic_load(' 1)
    store=$(line tests/fail/assertion/lost_update.c 'atomic_store(' 1)
    pair atomic-load main.2 "$load" atomic-store main.1 "$store"
}

@test "the pair: a lost wake-up" {
    tests_program
    # Without accesses the lock is the nearest there is to the look at the flag.
    minimized fail-deadlock-lost-wakeup/buggy none
    pair mutex-lock main.2 "$(line tests/fail/deadlock/lost_wakeup.c 'hd_mutex_lock(' 3)" \
        mutex-lock main.1 "$(line tests/fail/deadlock/lost_wakeup.c 'hd_mutex_lock(' 1)"
    minimized fail-deadlock-lost-wakeup/buggy race
    pair atomic-load main.1 "$(line tests/fail/deadlock/lost_wakeup.c 'atomic_load(' 1)" \
        atomic-store main.2 "$(line tests/fail/deadlock/lost_wakeup.c 'atomic_store(' 1)"
}

@test "the pair: two locks in opposite orders" {
    tests_program
    minimized fail-deadlock-abba/buggy none
    # One task's second lock behind the other's first, or the other way round.
    pair mutex-lock main.2 "$(line tests/fail/deadlock/abba.c '_lock(&bank->b)' 2)" \
        mutex-lock main.1 "$(line tests/fail/deadlock/abba.c '_lock(&bank->b)' 1)"
}

@test "the pair: a double fetch" {
    tests_program
    minimized fail-assertion-double-fetch/buggy none
    grep -q '(main.1, length_of double_fetch.c:[0-9]*, occurrence 2)' out
    pair mutex-lock main.2 "$(line tests/fail/assertion/double_fetch.c 'hd_mutex_lock(' 2)" \
        mutex-lock main.1 "$(line tests/fail/assertion/double_fetch.c 'hd_mutex_lock(' 1)"
}

@test "the pair: two tasks fetch the same url (16)" {
    split 1 "$HEDDLE" hunt 16/buggy --strategy random --runs 900 --keep-going --out found
    split 1 "$HEDDLE" minimize found/16-shared-map-buggy-none-assertion.sched -o min.sched
    pair map-read 'main\.[12]' "$(line targets/bug16_shared_map.c 'BUG: races')" \
        map-inside 'main\.[12]' "$(line targets/bug16_shared_map.c '\.\.\.with this')"
}

@test "the pair: a use after free, which kills its process" {
    tests_program
    minimized fail-memory-error-use-after-free/buggy asan
    [ "$(deviations min.sched)" -eq 1 ]
    pair read main "$(line tests/fail/memory-error-asan/use_after_free.c 'free(job->buffer)')" \
        write main.1 "$(line tests/fail/memory-error-asan/use_after_free.c 'buffer = 1' 1)"
}

@test "a choice that decides is no pair of operations" {
    tests_program
    minimized fail-assertion-choose/buggy none
    grep -q '^it fails when choose (main, poll_device choose.c:[0-9]*) chooses case 2; it passes when it chooses 0$' out
    split 0 "$HEDDLE" replay min.pass.sched
}

@test "where nothing passes it says what was shown" {
    for bug in 4/buggy 5/buggy 6/buggy 10/buggy 11/buggy; do
        minimized "$bug" none
        grep -qE '^none of [0-9]+ schedules with these parameters passes; complete up to [0-9]+ preemptions: (yes|no)$' out
        [ ! -e min.pass.sched ]
    done
    # The whole tree of a small program.
    minimized 4/buggy none
    grep -q '^none of .*: yes$' out
}

@test "a raw input is minimized, and written in both forms" {
    printf '\x01\x02\x68\x7e\x02\0\x6f\x02\0\0\0\0\0\0\x64\x01\0' >raw
    printf '\0\x7e\x02\0\0\0\0\0\0\0\0\0\x64\x01\0' >>raw
    split 1 "$HEDDLE" minimize raw --scenario 7/buggy --raw small
    grep -q '^2 deviations became 0, ' out
    grep -q '^written: raw.min.sched$' out
    split 1 "$HEDDLE" replay raw.min.sched
    split 1 "$HEDDLE" replay small --scenario 7/buggy
    [ "$(stat -c %s small)" -eq 2 ]
}

@test "the same file gives the same result" {
    split 1 "$HEDDLE" hunt 12-nested-set-limit/buggy --seed 4 --out found
    found=$(echo found/*.sched)
    split 1 "$HEDDLE" minimize "$found" -o one.sched
    sed 's/one\./two./g' out >first
    split 1 "$HEDDLE" minimize "$found" -o two.sched
    cmp first out
    cmp one.sched two.sched
    cmp one.pass.sched two.pass.sched
}

@test "a finding that is not there is no result" {
    printf '\0\0' >calm
    split 3 "$HEDDLE" minimize calm --scenario 7/buggy
    grep -q '^no finding' out
    [ ! -e calm.min.sched ]
    sed 's/^signature .*/signature task-leak: another one/' \
        "$ROOT/schedules/07-never-read.sched" >other.sched
    split 3 "$HEDDLE" minimize other.sched
    grep -q '^diverged: ' out
    # The fixed variant does not have it.
    split 3 "$HEDDLE" minimize "$ROOT/schedules/07-never-read.sched" --scenario 7/fixed
}

@test "broken and hostile files are refused with one line" {
    good=$ROOT/schedules/16-shared-map.sched
    head -c 200 "$good" >cut.sched
    refuses_file cut.sched
    sed 's/^param urls 2/param urls 3/' "$good" >edited.sched
    refuses_file edited.sched
    sed 's/^scenario .*/scenario ..\/..\/etc/' "$good" >hostile.sched
    refuses_file hostile.sched
    sed 's/^deviation main.1 4/deviation main.1 99999999999999999999/' "$good" >number.sched
    refuses_file number.sched
    refuses minimize
    refuses minimize nowhere.sched
    refuses minimize "$good" "$good"
    refuses minimize "$good" --flavor fast
    printf 'x' >raw
    refuses minimize raw
    split 1 "$HEDDLE" minimize "$good" -o min.sched
    refuses minimize min.pass.sched
}

refuses_file() {
    split 2 "$HEDDLE" minimize "$1"
    [ "$(wc -l <err)" -eq 1 ]
    grep -q "^$1:[0-9]*: " err
    [ ! -s out ]
    [ ! -e "${1%.sched}.min.sched" ]
}

@test "a raw input of a mebibyte is no problem" {
    python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(1 << 20))' >big
    split 1 "$HEDDLE" minimize big --scenario 9/buggy
    [ "$(deviations big.min.sched)" -eq 0 ]
}

@test "a disk that is full leaves the old file, and the result on standard output" {
    cp "$ROOT/schedules/16-shared-map.sched" min.sched
    status=0
    # Through pipes: the limit is for this test's own files as well.
    text=$( (ulimit -f 0 && "$HEDDLE" minimize "$ROOT/schedules/16-shared-map.sched" \
        -o min.sched) 2>&1 | cat; exit "${PIPESTATUS[0]}") || status=$?
    [ "$status" -eq 4 ]
    grep -q '^heddle minimize: cannot write min.sched: File too large$' <<<"$text"
    grep -q '^it fails when ' <<<"$text"
    grep -q '^concurrent-map-write: ' <<<"$text"
    cmp min.sched "$ROOT/schedules/16-shared-map.sched"
    [ "$(ls)" = min.sched ]
}

@test "an interrupt keeps the best so far" {
    # The signal comes when the terminal shows that the search has begun; with
    # executions of eight million steps it is far from its end then.
    tests_program
    split 1 "$HEDDLE" hunt fail-livelock-trylock-dance/buggy --strategy random --seed 1 --out found
    sed -i 's/^option steps-max .*/option steps-max 8000000/' found/*.sched
    python3 - "$HEDDLE" found/*.sched <<'END'
import os, pty, signal, subprocess, sys
ours, its = pty.openpty()
p = subprocess.Popen([sys.argv[1], "minimize", sys.argv[2], "-o", "min.sched"],
                     stdout=open("out", "w"), stderr=its)
os.close(its)
seen = b""
while b" executions" not in seen:
    seen += os.read(ours, 4096)
p.send_signal(signal.SIGINT)
assert p.wait(timeout=60) == 1
END
    grep -q '^interrupted; this is the best so far$' out
    split 1 "$HEDDLE" replay min.sched
}
