#!/usr/bin/env bats
# The files that other machines run: workflows, the GitHub Action, what OSS-Fuzz reads.
# They parse, have what is required, and name scripts, commands, options and folders
# that exist.
# label: slow

load helper

root() {
    echo "${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}"
}

# commands: each shell line of the workflows and of the action.
commands() {
    python3 - "$(root)" <<'END'
import glob, sys, yaml
root = sys.argv[1]
steps = []
for path in glob.glob(root + "/.github/workflows/*.yml"):
    with open(path) as file:
        workflow = yaml.safe_load(file)
    # YAML 1.1 reads the key `on` as a truth value.
    assert workflow["name"] and (workflow.get("on") or workflow.get(True)), path
    assert workflow["permissions"], path
    assert workflow["jobs"], path
    for job in workflow["jobs"].values():
        assert job["runs-on"] and job["steps"], path
        steps += job["steps"]
with open(root + "/integrations/github-action/action.yml") as file:
    action = yaml.safe_load(file)
assert action["runs"]["using"] == "composite"
steps += action["runs"]["steps"]
for step in steps:
    assert ("run" in step) != ("uses" in step), step
    if "run" in step:
        print(step["run"])
    elif step["uses"].startswith("./"):
        with open(f"{root}/{step['uses']}/action.yml") as file:
            inputs = yaml.safe_load(file)["inputs"]
        unknown = set(step["with"]) - set(inputs)
        assert not unknown, unknown
    else:
        assert "@" in step["uses"], step
END
}

@test "workflows and the action parse, and the scripts that they run exist" {
    commands >lines
    grep -oE '(^|[ (])(scripts|oss-fuzz)/[a-z-]+' lines | tr -d ' (' | sort -u >scripts
    [ "$(wc -l <scripts)" -ge 4 ]
    while read -r script; do
        [ -x "$(root)/$script" ] || { echo "no $script"; return 1; }
    done <scripts
    grep -q 'hunt\.sh' lines
    [ -x "$(root)/integrations/github-action/hunt.sh" ]
}

@test "the commands and options that they use exist" {
    # shellcheck disable=SC2016 # the text is looked for as it stands
    { commands; cat "$(root)/integrations/github-action/hunt.sh"; } |
        sed -e ':a' -e '/\\$/N; s/\\\n//; ta' |
        grep -oE '(build/bin/heddle|"\$HEDDLE") [a-z]+ .*' |
        sed -E 's/^(build\/bin\/heddle|"\$HEDDLE") //' >used
    [ "$(wc -l <used)" -ge 5 ]
    while read -r command rest; do
        "$HEDDLE" "$command" --help >help
        grep -oE '(^| )--[a-z-]+' <<<"$rest" | tr -d ' ' >options || true
        while read -r option; do
            grep -q -- "^  $option" help || { echo "$command has no $option"; return 1; }
        done <options
    done <used
}

@test "race job and plain job are apart, and both compilers are built" {
    python3 - "$(root)/.github/workflows/ci.yml" <<'END'
import sys, yaml
with open(sys.argv[1]) as file:
    jobs = yaml.safe_load(file)["jobs"]
compilers = [e["compiler"] for e in jobs["build"]["strategy"]["matrix"]["include"]]
assert compilers == ["clang-19", "gcc"], compilers
text = {name: " ".join(s.get("run", "") for s in job["steps"]) for name, job in jobs.items()}
assert "tsan" not in text["plain"] and "tsan" in text["race"]
END
}

@test "each flavor is hunted in one of the jobs" {
    commands >lines
    for flavor in none race asan tsan; do
        grep -E 'heddle hunt .*--flavor' lines | grep -qw "$flavor"
    done
}

@test "what OSS-Fuzz and ClusterFuzzLite read is there" {
    python3 - "$(root)" <<'END'
import sys, yaml
root = sys.argv[1]
with open(root + "/oss-fuzz/project.yaml") as file:
    project = yaml.safe_load(file)
assert project["language"] == "c"
assert project["homepage"] and project["primary_contact"] and project["main_repo"]
assert set(project["sanitizers"]) <= {"address", "undefined"}
assert set(project["fuzzing_engines"]) == {"libfuzzer", "afl", "honggfuzz"}
system = project["base_os_version"]
with open(root + "/.clusterfuzzlite/project.yaml") as file:
    assert yaml.safe_load(file) == {"language": "c", "base_os_version": system}
# An image of another system than the runners' has another libc.
for folder in "oss-fuzz", ".clusterfuzzlite":
    with open(f"{root}/{folder}/Dockerfile") as file:
        assert f"FROM gcr.io/oss-fuzz-base/base-builder:{system}\n" in file
END
    for folder in oss-fuzz .clusterfuzzlite; do
        [ -x "$(root)/$folder/build.sh" ]
    done
    for kind in pr batch prune coverage; do
        [ -f "$(root)/.github/workflows/cflite_$kind.yml" ]
    done
}

@test "build.sh uses only what the services set" {
    grep -ohE '\$\{?[A-Z][A-Z_]*' "$(root)"/oss-fuzz/build.sh "$(root)"/.clusterfuzzlite/build.sh |
        tr -d '{$' | sort -u >used
    run grep -vxE 'CC|CXX|CFLAGS|CXXFLAGS|LIB_FUZZING_ENGINE|OUT|SRC|WORK|SANITIZER' used
    [ -z "$output" ]
}

@test "clean-variants prints the variants in which nothing may be found" {
    "$(root)/scripts/clean-variants" "$HEDDLE" >names
    grep -qw '07-never-read/fixed' names
    run grep -w '07-never-read/buggy' names
    [ "$status" -eq 1 ]
    [ "$(wc -w <names)" -eq "$(catalog_variants | grep -c ' nothing$')" ]
}

# action ARGUMENT=VALUE...: what the action's step runs.
action() {
    env HEDDLE="$HEDDLE" HEDDLE_SCENARIOS=07-never-read/buggy HEDDLE_FLAVORS=none \
        HEDDLE_MINUTES=0 HEDDLE_ENGINE= HEDDLE_SEED=1 HEDDLE_BASELINE=baseline \
        HEDDLE_CORPUS=corpus HEDDLE_OUT=out-action GITHUB_OUTPUT=outputs "$@" \
        bash "$(root)/integrations/github-action/hunt.sh"
}

@test "the action fails on what is not in the baseline, and keeps schedules" {
    action >log
    grep -qx 'new=true' outputs
    grep -q '"version": *"2.1.0"' out-action/heddle.sarif
    [ -n "$(find corpus/schedules -name '*.sched')" ]

    # Known now; the next run finds it again, and the kept schedules as well.
    "$HEDDLE" report out-action/schedules --write-baseline baseline >/dev/null || true
    rm -r outputs out-action
    action >log
    grep -qx 'new=false' outputs
}

@test "the action on a clean variant finds nothing; with a wrong name it fails" {
    action HEDDLE_SCENARIOS=07-never-read/fixed >log
    grep -qx 'new=false' outputs
    run action HEDDLE_SCENARIOS=07-never-read/nothing
    [ "$status" -eq 1 ]
    [[ "$output" = *"no scenario is named"* ]]
}

@test "the action with an engine: inputs are kept per variant" {
    action HEDDLE_ENGINE=libfuzzer HEDDLE_FLAVORS=asan HEDDLE_SCENARIOS=07-never-read/fixed >log
    grep -qx 'new=false' outputs
    [ -n "$(find corpus/07-never-read-fixed -type f)" ]
}
