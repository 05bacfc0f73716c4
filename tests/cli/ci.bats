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

# step FILE ID: the shell lines of that step of a workflow.
step() {
    python3 -c '
import sys, yaml
with open(sys.argv[1]) as file:
    jobs = yaml.safe_load(file)["jobs"].values()
print(*(s["run"] for job in jobs for s in job["steps"] if s.get("id") == sys.argv[2]))
' "$(root)/.github/workflows/$1" "$2"
}

@test "the nightly hunt does not take all variants if the clean ones cannot be listed" {
    step nightly.yml clean >lines
    mkdir scripts
    for body in 'exit 3' 'echo'; do
        printf '#!/bin/sh\n%s\n' "$body" >scripts/clean-variants
        chmod +x scripts/clean-variants
        run env GITHUB_OUTPUT=outputs sh -e lines
        [ "$status" -ne 0 ]
        [ ! -e outputs ]
    done
    echo 'echo a/fixed b/fixed' >scripts/clean-variants
    GITHUB_OUTPUT=outputs sh -e lines
    grep -qx 'names=a/fixed b/fixed' outputs
}

@test "the action's cache keys are apart, and a fork's run uploads no SARIF" {
    python3 - "$(root)/integrations/github-action/action.yml" <<'END'
import sys, yaml
with open(sys.argv[1]) as file:
    steps = yaml.safe_load(file)["runs"]["steps"]
keys = [s["with"][k] for s in steps for k in ("key", "restore-keys") if k in s.get("with", {})]
assert len(keys) == 3, keys
for key in keys:
    # hunt.sh refuses a category with a slash.
    assert key.startswith("heddle/${{ inputs.category }}/"), key
assert keys[0] == keys[2] and keys[0].startswith(keys[1]), keys
[upload] = [s for s in steps if "upload-sarif" in s.get("uses", "")]
assert "head.repo.full_name == github.repository" in upload["if"], upload
END
}

# action ARGUMENT=VALUE...: what the action's step runs.
action() {
    env HEDDLE="$HEDDLE" HEDDLE_SCENARIOS=07-never-read/buggy HEDDLE_FLAVORS=none \
        HEDDLE_MINUTES=0 HEDDLE_ENGINE= HEDDLE_SEED=1 HEDDLE_BASELINE=baseline \
        HEDDLE_CORPUS=corpus HEDDLE_OUT=out-action HEDDLE_CATEGORY=heddle \
        GITHUB_OUTPUT=outputs "$@" bash "$(root)/integrations/github-action/hunt.sh"
}

# action_refuses TEXT ARGUMENT=VALUE...: one line, that one; nothing may be saved.
action_refuses() {
    local text=$1
    shift
    split 1 action "$@"
    diff out - <<<"::error::heddle: $text"
    [ ! -s err ]
    [ ! -e outputs ] && [ ! -e corpus ] && [ ! -e out-action ]
}

# night FILE STATUS: makes ./night, a heddle whose hunts find the schedule FILE and end
# with STATUS; its engines find it, too, and have STATUS only for a fixed variant.  The
# rest, replays above all, is the real one's.
night() {
    cat >night <<END
#!/bin/bash
[[ \$1 = hunt || \$1 = fuzz ]] || exec "$HEDDLE" "\$@"
[[ \$1 = hunt || \$2 != */fixed ]] || exit $2
[[ \$* != *--merge* ]] || exit 0
status=1
[ \$1 = fuzz ] || status=$2
while [ "\$1" != --out ]; do
    shift
done
cp "$1" "\$2/01-add-inside-buggy-none.sched"
exit \$status
END
    chmod +x night
}

# Two findings of one job, found/A.sched and found/B.sched.
two_findings() {
    split 1 "$HEDDLE" hunt 01-add-inside/buggy --runs 500 --keep-going --out found
    mv found/01-add-inside-buggy-none-*.sched found/B.sched
    mv found/01-add-inside-buggy-none.sched found/A.sched
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

@test "the action keeps another finding of another run under the same name" {
    two_findings
    night "$PWD/found/A.sched" 1
    action HEDDLE="$PWD/night" >log
    # The folder of the run before is there, as on a runner of one's own, or is not.
    for fresh in no yes no; do
        [ "$fresh" = no ] || rm -r out-action
        rm outputs
        night "$PWD/found/B.sched" 1
        action HEDDLE="$PWD/night" >log
        [ "$(find corpus/schedules -type f | wc -l)" -eq 2 ]
        for name in A B; do
            cat corpus/schedules/* | grep -xF "$(grep '^signature ' found/$name.sched)"
            grep -F "$(sed -n 's/^signature //p' found/$name.sched)" log
        done
        [ "$(grep -c '^::error' log)" -eq 2 ]
        grep -qx 'new=true' outputs
    done
    # What tonight's hunt found is in the baseline, what an earlier one found is not.
    sed -n 's/^signature //p' found/B.sched >baseline
    rm outputs
    action HEDDLE="$PWD/night" >log
    grep -qx 'new=true' outputs
}

@test "the action's corpus has one schedule per finding, the smallest" {
    two_findings
    # The same finding by another schedule; its file is longer.
    sed 's/^compiler .*/& of the night before/' found/A.sched >found/longer.sched
    for night in longer A longer; do
        night "$PWD/found/$night.sched" 1
        action HEDDLE="$PWD/night" >log
        rm -r out-action
    done
    [ "$(find corpus/schedules -type f | wc -l)" -eq 1 ]
    cmp corpus/schedules/* found/A.sched
}

@test "the action keeps a schedule that shows nothing if no other shows the same" {
    two_findings
    # Gone: with other parameters it is another execution.
    sed -e 's/^param .*/param items 0/' -e 's/^plan .*/plan 00/' found/A.sched >found/gone.sched
    night "$PWD/found/gone.sched" 1
    action HEDDLE="$PWD/night" >log
    cmp corpus/schedules/* found/gone.sched
    grep -qx 'new=false' outputs
    rm -r out-action
    night "$PWD/found/A.sched" 1
    action HEDDLE="$PWD/night" >log
    cmp corpus/schedules/* found/A.sched
}

@test "the action sets aside what this build cannot read, and says so once" {
    mkdir -p corpus/schedules
    file=$(hunt_one 06-never-closed/early-stop --runs 500)
    sed 's,^scenario .*,scenario 06-never-closed/renamed,' "$file" >corpus/schedules/old.sched
    sed 's,^scenario .*,scenario gone/buggy,' "$file" >corpus/schedules/older.sched
    cp "$file" corpus/schedules/good.sched
    action HEDDLE_SCENARIOS=07-never-read/fixed >log
    [ "$(grep -c '^::warning.*cannot be read by this build' log)" -eq 2 ]
    [ "$(find corpus/set-aside -name 'old*.sched' | wc -l)" -eq 2 ]
    [ "$(find corpus/schedules -name 'good-*.sched' | wc -l)" -eq 1 ]
    grep -qx 'new=true' outputs # the good one

    rm -r out-action outputs corpus/schedules/good-*
    action HEDDLE_SCENARIOS=07-never-read/fixed >log
    grep -qx 'new=false' outputs
    run grep '^::warning' log
    [ "$status" -eq 1 ]
}

@test "the action keeps what was found before heddle failed, and fails at its end" {
    two_findings
    night "$PWD/found/A.sched" 4
    for engine in "" libfuzzer; do
        run action HEDDLE="$PWD/night" HEDDLE_ENGINE=$engine HEDDLE_FLAVORS=asan \
            HEDDLE_SCENARIOS="01-add-inside/buggy 01-add-inside/fixed"
        [ "$status" -eq 1 ]
        grep -q "^::error::heddle: status 4 of heddle ${engine:+fuzz 01-add-inside/fixed in asan}" \
            <<<"$output"
        cmp corpus/schedules/* found/A.sched
        grep -qF "$(sed -n 's/^signature //p' found/A.sched)" out-action/heddle.sarif
        grep -qx 'new=true' outputs
        rm -r out-action outputs corpus
    done
}

@test "the action on a clean variant finds nothing, and has a SARIF file that says so" {
    action HEDDLE_SCENARIOS=07-never-read/fixed >log
    grep -qx 'checked=true' outputs
    grep -qx 'new=false' outputs
    python3 - out-action/heddle.sarif <<'END'
import json, sys
with open(sys.argv[1]) as file:
    sarif = json.load(file)
assert sarif["version"] == "2.1.0" and [run["results"] for run in sarif["runs"]] == [[]]
END
}

@test "the action with a baseline that is none fails, without SARIF of an earlier run" {
    mkdir out-action
    echo old >out-action/heddle.sarif
    echo nonsense >baseline
    run action HEDDLE_SCENARIOS=07-never-read/fixed
    [ "$status" -eq 1 ]
    grep -qx '::error::heddle: status 2 of heddle report' <<<"$output"
    [ ! -e out-action/heddle.sarif ]
}

@test "the action takes scenarios from several lines, and names each that is wrong" {
    action HEDDLE_SCENARIOS=$'07-never-read/fixed\n  08-background-in-child/fixed\n' >log
    grep -q 07-never-read out-action/hunt.json
    grep -q 08-background-in-child out-action/hunt.json
    rm -r outputs corpus out-action
    action_refuses "no scenario is named 07-never-read/nothing 8-back" \
        HEDDLE_SCENARIOS=$'07-never-read/fixed\n07-never-read/nothing 8-back'
}

@test "the action with blanks among flavors and zeros before numbers" {
    action HEDDLE_FLAVORS="race, none" HEDDLE_MINUTES=00 HEDDLE_SEED=08 \
        HEDDLE_SCENARIOS=07-never-read/fixed >log
    grep -q '"flavor": *"race"' out-action/hunt.json
    grep -q '"flavor": *"none"' out-action/hunt.json
    # In base ten, though 09 is no octal number: one variant has all of the 9 minutes.
    night found/none 1
    sed -i '2i printf "%s " "$@" >>calls' night
    run action HEDDLE="$PWD/night" HEDDLE_MINUTES=09
    grep -q -- '--time 540 ' calls
}

@test "the action refuses wrong inputs with one line" {
    action_refuses "there is no command build/heddle; was it built?" HEDDLE=build/heddle
    action_refuses "minutes must be a whole number, not '2.5'" HEDDLE_MINUTES=2.5
    action_refuses "minutes must be a whole number, not ''" HEDDLE_MINUTES=
    action_refuses "seed must be a whole number, not 'x'" HEDDLE_SEED=x
    action_refuses "flavors names none" HEDDLE_FLAVORS=" "
    action_refuses "no flavor 'rave': none race asan tsan" HEDDLE_FLAVORS=race,rave
    action_refuses "no flavor 'race' for afl++: asan tsan" HEDDLE_ENGINE=afl++ HEDDLE_FLAVORS=race
    action_refuses "no engine 'afl': libfuzzer or afl++, or nothing" HEDDLE_ENGINE=afl
    action_refuses "category may hold letters, digits and ._- only, not 'a/b'" HEDDLE_CATEGORY=a/b
    # A command that says nothing itself.
    printf '#!/bin/sh\nexit 3\n' >broken
    chmod +x broken
    action_refuses "status 3 of $PWD/broken list" HEDDLE="$PWD/broken"
}

@test "the action with an engine: inputs are kept per variant" {
    action HEDDLE_ENGINE=libfuzzer HEDDLE_FLAVORS=asan HEDDLE_SCENARIOS=07-never-read/fixed >log
    grep -qx 'new=false' outputs
    [ -n "$(find corpus/07-never-read-fixed -type f)" ]
}
