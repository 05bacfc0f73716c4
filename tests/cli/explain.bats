#!/usr/bin/env bats
# heddle explain: an execution as swim lanes, in text and as a page.

load helper

schedules=${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}/schedules

# lacks PATTERN FILE: fails if a line matches.
lacks() {
    if LC_ALL=C grep -nE "$1" "$2"; then
        echo "$2 has $1"
        return 1
    fi
}

# The JSON in a page.
story_of() {
    python3 - "$1" <<'END'
import json, re, sys
page = open(sys.argv[1], encoding="utf-8").read()
data = re.search(r'<script id="story" type="application/json">(.*?)</script>', page, re.S)
print(json.dumps(json.loads(data.group(1))))
END
}

@test "lanes, the end of each task, the rule, its fix and the replay command" {
    split 1 "$HEDDLE" explain "$schedules/07-never-read.sched"
    [ ! -s err ]
    head -1 out | grep -q '^task-leak: main.2 is blocked for ever in chan-send on channel #2$'
    grep -qE '^step +time +main \(buggy\) +main\.1 .*main\.2 .*where$' out
    grep -q '^  it fails when .*; it passes when ' out
    [ "$(grep -cE '\| +A |: +A ' out)" -eq 1 ]
    [ "$(grep -cE '\| +B |: +B ' out)" -eq 1 ]
    grep -q 'sends 42' out
    grep -q 'wakes main' out
    grep -q '^  main.2: blocked in chan-send on channel #2 (0 of 0 buffered' out
    grep -q '#0 send_result .*bug07_never_read.c:61$' out
    grep -q '^rule 1: ' out
    grep -q '^fix: ' out
    grep -q '^seen as: ' out
    tail -1 out | grep -q "^replay: .*/heddle replay .*07-never-read.sched$"
}

@test "no line of the lanes is wider than the terminal, or ends in blanks" {
    for width in 60 80 100 160; do
        COLUMNS=$width split 1 "$HEDDLE" explain "$schedules/13-lock-across-send.sched" --no-pair
        sed -n '/^step/,/^$/p' out >lanes
        [ "$(wc -l <lanes)" -gt 20 ]
        lacks " $|^.{$((width + 1))}" lanes
    done
}

@test "a pipe gets plain ASCII, a terminal colour, NO_COLOR none" {
    local file=$schedules/07-never-read.sched
    split 1 "$HEDDLE" explain "$file"
    lacks '[^[:print:]]' out
    LC_ALL=C.UTF-8 TERM=xterm script -qec "'$HEDDLE' explain '$file'" typescript >out || true
    grep -q $'\033\\[' out
    grep -q '●' out
    NO_COLOR=1 LC_ALL=C.UTF-8 script -qec "'$HEDDLE' explain '$file'" typescript >out || true
    lacks $'\033\\[' out
    grep -q '●' out
}

@test "a raw input needs a scenario; nothing found is status 0" {
    printf '\x01\x02' >calm
    refuses explain calm
    split 0 "$HEDDLE" explain calm --scenario 07-never-read/buggy
    head -1 out | grep -q '^nothing was found$'
    grep -q '3 tasks ended' out
    tail -1 out | grep -q 'replay calm --scenario 07-never-read/buggy --flavor none$'
}

@test "a megabyte of noise is an input like any other" {
    python3 -c 'import random; random.seed(1); open("noise", "wb").write(random.randbytes(1 << 20))'
    status=0
    "$HEDDLE" explain noise --scenario 13-lock-across-send/buggy --html page.html >out 2>err ||
        status=$?
    [ "$status" -le 1 ]
    [ ! -s err ]
    story_of page.html >/dev/null
}

@test "a truncated, an edited and a hostile schedule file are refused in one line" {
    local file=$schedules/12-nested-set-limit.sched
    head -c 300 "$file" >cut.sched
    sed 's/^deviation .*/deviation main.1 x/; s/^option .*/option steps-max -1/' "$file" >edited.sched
    printf 'heddle-schedule 1\nscenario \033[31m\n' >hostile.sched
    for bad in cut edited hostile; do
        split 2 "$HEDDLE" explain $bad.sched --html page.html
        [ "$(wc -l <err)" -eq 1 ]
        grep -q "^$bad.sched:[0-9]*: " err
        lacks $'\033' err
        [ ! -s out ]
        [ ! -e page.html ]
    done
    refuses explain missing.sched
    refuses explain
    refuses explain "$file" "$file"
    refuses explain "$file" --flavor nothing
}

@test "a schedule that no longer fails is shown as it is, with status 3" {
    split 3 "$HEDDLE" explain "$schedules/07-never-read.sched" --scenario 07-never-read/fixed
    grep -q '^diverged: no finding with signature task-leak: send_result' out
    grep -q '3 tasks ended' out
}

@test "a page is one file that asks for nothing, and holds the story" {
    split 1 "$HEDDLE" explain "$schedules/16-shared-map.sched" --html deep/page.html
    grep -q '^  written to deep/page.html$' out
    lacks '(src|href)="?(https?:)?//' deep/page.html
    story_of deep/page.html >story.json
    python3 - <<'END'
import json
s = json.load(open("story.json"))
assert s["schema"] == "heddle/story/1"
assert s["finding"]["class"] == "concurrent-map-write", s["finding"]
assert [t["name"] for t in s["tasks"]][:3] == ["main", "main.1", "main.2"]
assert s["steps"] == 1 + max(r["step"] for r in s["rows"] if r["kind"] == "step")
for r in s["rows"]:
    assert 0 <= r["task"] < len(s["tasks"]) and 0 <= r["level"] <= 3
    assert "stack" not in r or r["stack"] < len(s["stacks"])
for stack in s["stacks"]:
    assert all(-1 <= f < len(s["frames"]) for f in stack)
assert any("hd_map_set" in t for lines in s["sources"].values() for t in lines.values())
assert s["rows"][-1]["kind"] == "finding" and s["rules"] and s["fix"] and s["replay"]
END
}

@test "the page shows no address" {
    for flavor in none race asan tsan; do
        [[ " ${HEDDLE_FLAVORS:-none} " == *" $flavor "* ]] || continue
        "$HEDDLE" explain "$schedules/07-never-read.sched" --flavor "$flavor" --html one.html >/dev/null || [ $? -eq 1 ]
        "$HEDDLE" explain "$schedules/07-never-read.sched" --flavor "$flavor" --html two.html >/dev/null || [ $? -eq 1 ]
        cmp one.html two.html
        lacks '0x[0-9a-fA-F]{9,}' one.html
    done
}

@test "a page that cannot be written is status 4 in one line, and the old one stays" {
    local file=$schedules/07-never-read.sched
    echo old >page.html
    status=0
    text=$(ulimit -f 8 && "$HEDDLE" explain "$file" --html page.html 2>&1 >/dev/null) || status=$?
    [ "$status" -eq 4 ]
    [ "$(wc -l <<<"$text")" -eq 1 ]
    grep -q '^heddle explain: cannot write page.html: File too large$' <<<"$text"
    [ "$(cat page.html)" = old ]
    split 4 "$HEDDLE" explain "$file" --html /dev/full
    grep -q '^heddle explain: cannot write /dev/full: No space left' err
    split 4 "$HEDDLE" explain "$file" --html .
    [ "$(wc -l <err)" -eq 1 ]
}

@test "a process that dies is told up to the operation that it dies in" {
    [ -x "$HEDDLE-race" ] || skip "no flavor race"
    "$HEDDLE-tests" hunt fail-memory-error-null-deref/buggy --flavor race --out f >/dev/null || [ $? -eq 1 ]
    split 1 "$HEDDLE-tests" explain f/fail-memory-error-null-deref-buggy-race.sched
    grep -qE '^ +2 +o atomic-load heap #1 = 0 .*null_deref.c:43$' out
    grep -qE '! memory-error at its read .*null_deref.c:43$' out
    grep -q '^  main: running at read$' out
}

@test "an access has its variable and its value" {
    [ -x "$HEDDLE-race" ] || skip "no flavor race"
    COLUMNS=200 split 1 "$HEDDLE" explain "$schedules/02-captured-variable.sched" --flavor race --no-pair
    grep -qE '^ +[0-9]+ +o write url \(of main\) = &heap' out
    COLUMNS=200 split 1 "$HEDDLE" explain "$schedules/03-sleep-sync.sched" --flavor race --no-pair
    grep -qE 'o read heap #[0-9]+ = 0 ' out
    grep -qE 'o write heap #[0-9]+ = 42 ' out
}

@test "without a symbolizer there are functions instead of lines" {
    mkdir tools
    printf '#!/bin/sh\nexec <&-\nexit 1\n' >tools/llvm-symbolizer-19
    chmod +x tools/llvm-symbolizer-19
    PATH=$PWD/tools:$PATH split 1 "$HEDDLE" explain "$schedules/07-never-read.sched" --no-pair
    grep -q 'send_result+0x' out
    PATH=$PWD/tools:$PATH split 1 "$HEDDLE" explain "$schedules/07-never-read.sched" --html page.html
    story_of page.html | grep -q '"function": "send_result+0x'
}

@test "an interrupt ends the search for the pair, and the lanes are shown" {
    [ -x "$HEDDLE-asan" ] || skip "no flavor asan"
    local tests=${HEDDLE}-tests
    "$tests" hunt fail-memory-error-use-after-free/buggy --flavor asan --out f >/dev/null || [ $? -eq 1 ]
    status=0
    timeout --preserve-status -s INT 0.3 "$tests" explain \
        f/fail-memory-error-use-after-free-buggy-asan.sched >out 2>err || status=$?
    [ "$status" -eq 1 ]
    [ "$(wc -l <err)" -eq 1 ]
    grep -q '^heddle explain: the search for the critical pair was interrupted$' err
    grep -q '^  *step ' out || grep -q '^step ' out
    tail -1 out | grep -q '^replay: '
}
