#!/usr/bin/env bats
# What the command says about itself and its scenarios.

load helper

@test "list shows each scenario, its variants and parameters" {
    split 0 "$HEDDLE" list
    grep -q '^07-never-read: ' out
    grep -q '^  07-never-read/buggy  *task-leak' out
    grep -q '^  07-never-read/fixed  *nothing' out
    grep -q '^    work ' out
}

@test "list --json is JSON with a schema, and has the same scenarios" {
    split 0 "$HEDDLE" list --json
    python3 - <<'END'
import json
d = json.load(open("out"))
assert d["schema"] == "heddle/list/1"
by = {s["name"]: s for s in d["scenarios"]}
s = by["16-shared-map"]
assert s["number"] == 16
v = {v["name"]: v for v in s["variants"]}
assert v["buggy"]["expect"][0] == "data-race" and v["fixed"]["expect"] == []
assert all(p["min"] <= p["max"] and p["steps"] >= 1 for p in s["params"])
names = [s["name"] for s in d["scenarios"]]
assert names == sorted(names)
END
}

@test "rules prints twelve rules and the symptoms" {
    split 0 "$HEDDLE" rules
    [ "$(grep -c '^ *[0-9][0-9]*  [A-Z]' out)" -eq 12 ]
    grep -q 'Symptom' out
}

@test "version says version, flavor, compiler and build-id" {
    split 0 "$HEDDLE" version
    grep -Eq '^heddle [0-9]+\.[0-9]+' out
    grep -q '^flavor none$' out
    grep -Eq '^compiler (clang|gcc) ' out
    grep -Eq '^build-id [0-9a-f]{16,}$' out
}

@test "doctor finds the runner of this build" {
    split 0 "$HEDDLE" doctor
    grep -Eq '^ok +runner none' out
}
