#!/usr/bin/env bats
# heddle hunt: findings, files, determinism, and what goes wrong around it.

bats_require_minimum_version 1.5.0
load helper

@test "finds 01, writes a schedule file, ends with the command that replays it" {
    split 1 "$HEDDLE" hunt 01-add-inside/buggy --runs 1000
    grep -q '^premature-return: ' out
    grep -q '^  rule 2: ' out
    grep -q '^  signature: premature-return: ' out
    [ -f schedules/01-add-inside-buggy-none.sched ]
    command=$(sed -n 's/^  replay: //p' out | head -1)
    status=0
    eval "$command" >replayed || status=$?
    [ "$status" -eq 1 ]
    grep -q '^same signature, same trace hash$' replayed
    [ ! -s err ]
}

@test "finds the expected class of each logical bug" {
    while read -r name class; do
        split 1 "$HEDDLE" hunt "$name/buggy" --runs 3000
        grep -q "^$name/buggy .* found $class at execution" out
    done <<'END'
01-add-inside premature-return
03-sleep-sync assertion
04-done-not-deferred deadlock
05-unrecovered-panic panic
06-never-closed deadlock
07-never-read task-leak
16-shared-map concurrent-map-write
END
}

@test "finds nothing in fixed variants and exits 0" {
    split 0 "$HEDDLE" hunt 01/fixed 04/fixed 07/fixed 25 --runs 500
    [ "$(grep -c 'no finding after 500 executions' out)" -ge 4 ]
    [ ! -e schedules ]
}

@test "--expect: exactly what the catalog says" {
    split 0 "$HEDDLE" hunt 04 07 25 --runs 2000 --expect --table
    grep -Eq '^07-never-read +none +task-leak ' out
    grep -Eq '^25-happy-path-leak +nothing to find ' out
    split 1 "$HEDDLE" hunt 04/buggy --runs 1 --expect
}

@test "--json: schema, keys and values" {
    split 1 "$HEDDLE" hunt 07 --runs 500 --json h.json
    python3 - <<'END'
import json, os
d = json.load(open("h.json"))
assert d["schema"] == "heddle/hunt/1"
by = {(r["scenario"], r["variant"]): r for r in d["results"]}
b = by["07-never-read", "buggy"]
keys = ["scenario", "variant", "flavor", "strategy", "executions", "seconds",
        "executions_per_s", "distinct_interleavings", "outcomes", "expected", "ok",
        "findings"]
assert [k for k in b if k in keys] == keys
assert b["ok"] and b["expected"] == "task-leak"
f = b["findings"][0]
assert f["class"] == "task-leak" and f["confirmed"] and f["wanted"]
assert f["signature"].startswith("task-leak: ") and f["rule"] == 1
assert f["executions_to_find"] == b["executions"]
assert os.path.exists(f["schedule_file"])
c = by["07-never-read", "fixed"]
assert c["executions"] == 500 and c["findings"] == [] and c["expected"] is None
assert sum(c["outcomes"].values()) == 500
END
}

@test "--report writes the table and the findings as Markdown" {
    split 1 "$HEDDLE" hunt 04 --runs 500 --report r.md
    grep -q '^| target | found by |' r.md
    grep -q '^| 04-done-not-deferred | none | deadlock |' r.md
    grep -q '^  replay: ' r.md
}

@test "the result is the same with one worker and with three" {
    for strategy in random pct pos; do
        for j in 1 3; do
            split 1 "$HEDDLE" hunt --runs 700 -j "$j" --strategy "$strategy" --json "$j.json"
            sed -E '/seconds|executions_per_s/d' "$j.json" >"$j.txt"
        done
        cmp 1.txt 3.txt
    done
}

@test "another seed gives other executions, the same seed the same" {
    for run in 5.first 5.second 6.first; do
        split 1 "$HEDDLE" hunt 04/buggy --runs 500 --seed "${run%.*}" --keep-going \
            --json h.json
        sed -E '/seconds|executions_per_s/d' h.json >"$run"
    done
    cmp 5.first 5.second
    sed '/"seed"/d' 5.first >five
    sed '/"seed"/d' 6.first >six
    run ! cmp -s five six
}

@test "--keep-going counts per signature" {
    split 1 "$HEDDLE" hunt 07/buggy --runs 500 --keep-going --json h.json
    python3 - <<'END'
import json
r = json.load(open("h.json"))["results"][0]
assert r["executions"] == 500
assert r["findings"][0]["count"] > 1
END
}

@test "SIGKILL at any moment: every finding that was printed has a valid file" {
    printed=0
    for after in 0.05 0.15 0.3 1; do
        rm -rf schedules
        "$HEDDLE" hunt --runs 20000 --keep-going >out 2>err &
        pid=$!
        sleep "$after"
        kill -9 "$pid" || true
        wait "$pid" || true
        cp out printed
        while read -r file; do
            split 1 "$HEDDLE" replay "$file"
            printed=$((printed + 1))
        done < <(sed -n 's/^  replay: .* //p' printed)
        # Files are whole or not there, also those that were not printed yet.
        for file in schedules/*.sched; do
            [ ! -e "$file" ] || split 1 "$HEDDLE" replay "$file"
        done
    done
    [ "$printed" -gt 0 ]
}

# Pids of all descendants.
descendants() {
    for child in $(pgrep -P "$1"); do
        echo "$child"
        descendants "$child"
    done
}

# Whether a process runs; one that only waits to be reaped does not.
alive() {
    [ -e "/proc/$1/stat" ] && ! grep -q '^[0-9]* (.*) Z' "/proc/$1/stat"
}

@test "workers die with the front end" {
    "$HEDDLE" hunt 25 --runs 100000000 >out 2>err &
    pid=$!
    sleep 0.5
    workers=$(descendants "$pid")
    [ "$(echo "$workers" | wc -l)" -ge 2 ]
    for worker in $workers; do
        alive "$worker"
    done
    kill -9 "$pid"
    wait "$pid" || true
    sleep 0.5
    for worker in $workers; do
        ! alive "$worker" || { echo "$worker is alive"; return 1; }
    done
}

@test "SIGINT ends the hunt cleanly with what was found" {
    status=0
    # Background jobs of a script ignore SIGINT; python does not pass that on.
    python3 - "$HEDDLE" >out <<'END' || status=$?
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
p = subprocess.Popen([sys.argv[1], "hunt", "07/buggy", "25", "--runs", "100000000"],
                     stdout=subprocess.PIPE, text=True)
time.sleep(1)
p.send_signal(signal.SIGINT)
text, _ = p.communicate(timeout=20)
print(text)
sys.exit(p.returncode)
END
    [ "$status" -eq 1 ]
    grep -q '^task-leak: ' out
    grep -q '^25-happy-path-leak/fixed .* interrupted, no finding' out
}

@test "--time ends a job" {
    start=$(date +%s)
    split 0 "$HEDDLE" hunt 25/fixed --runs 0 --time 1
    [ $(($(date +%s) - start)) -le 10 ]
    grep -q 'no finding after' out
}

@test "an output folder that cannot be written: one line, status 4, findings printed" {
    echo "a file" >notdir
    split 4 "$HEDDLE" hunt 07/buggy --runs 200 --out notdir
    [ "$(wc -l <err)" -eq 1 ]
    grep -q 'cannot write notdir/' err
    grep -q '^task-leak: ' out
}

@test "a runner that is missing: one line that names it, status 4" {
    mkdir bin
    cp "$HEDDLE" bin/alone
    split 4 bin/alone hunt 07/fixed --runs 10 --flavor asan
    [ "$(wc -l <err)" -eq 1 ]
    grep -q 'bin/alone-asan' err
    split 0 bin/alone hunt 07/fixed --runs 10
}

@test "a runner that is something else: status 4" {
    mkdir bin
    cp "$HEDDLE" bin/alone
    cp /bin/true bin/alone-asan
    split 4 bin/alone hunt 07/fixed --runs 10 --flavor asan
    [ "$(wc -l <err)" -eq 1 ]
    cp "$HEDDLE" bin/alone-asan
    split 4 bin/alone hunt 07/fixed --runs 10 --flavor asan
    grep -q 'flavor none, not asan' err
}
