#!/usr/bin/env bats
# label: slow
# scripts/dev-set, on a list of two programs: what it builds, finds, keeps and objects to.

load helper

bats_require_minimum_version 1.5.0

# A list of two, a bug and none, in a repository of its own.
list() {
    mkdir -p repo
    cat >repo/bug.c <<'END'
#include <assert.h>
#include <pthread.h>
static int x;
static void *add(void *arg) { x = x + 1; return arg; }
int main(void)
{
    pthread_t t, u;
    pthread_create(&t, NULL, add, NULL);
    pthread_create(&u, NULL, add, NULL);
    pthread_join(t, NULL);
    pthread_join(u, NULL);
    assert(x == WANTED || x == 2);
    return 0;
}
END
    cat >list.csv <<'END'
program,role,repository,path,bug_kind,args,RFF_mean_schedules,POS_mean_schedules,PCT3_mean_schedules,SURW_mean_schedules
a.bug,bug,me/mine,bug.c,assert,,1.0,2.5,,
b.fine,control-no-bug,me/mine,bug.c,none,,,,,
END
    # shellcheck disable=SC2016
    echo '{"default": {"build": ["$CC -g -DWANTED=2 -o $OUT $SRC"]},
        "programs": {"b.*": {"build": ["$CC -g -DWANTED=1 -o $OUT $SRC"]}}}' >recipes.json
}

dev_set() {
    "${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}/scripts/dev-set" --csv list.csv \
        --recipes recipes.json --checkout me/mine=repo --heddle "$HEDDLE" \
        --cc "$HEDDLE_BUILD/bin/heddle-cc" --cxx "$HEDDLE_BUILD/bin/heddle-c++" \
        --seeds 2 --runs 200 --strategies random,pct "$@"
}

@test "a bug is found, a control shows nothing, and neither is measured twice" {
    list
    split 0 dev_set --check
    grep -qE '^\| a.bug \| assert \| race \| yes \| [0-9.]+ \| [0-9.]+ \| [0-9.]+ \| 1.0\* \| 2.5 \|' out
    grep -q '^1 of 1 bugs found within 200 executions.$' out
    grep -qx '| b.fine | nothing | nothing found | nothing found |' out
    cp out first
    split 0 dev_set --check
    cmp out first
    [ "$(grep -c '(known)$' err)" -eq 4 ]
}

@test "--check objects to a bug that is not found, and to a control that shows one" {
    list
    sed -i 's/WANTED=1/SWAP/; s/WANTED=2/WANTED=1/; s/SWAP/WANTED=2/' recipes.json
    split 1 dev_set --check --may-miss 0
    grep -q '^dev-set: a.bug: not found$' err
    grep -q '^dev-set: b.fine: a finding in a control$' err
    grep -q '^- b.fine: assertion: ' out
}

@test "what cannot be built is said, with the compiler's words" {
    list
    echo 'int main(void) { return nothing; }' >repo/bug.c
    split 1 dev_set --check
    grep -q "^a.bug: cannot be built: .*-DWANTED=2" err
    grep -q "use of undeclared identifier 'nothing'" err
    grep -q '^dev-set: b.fine: cannot be built$' err
}

@test "a repository without a folder is an error" {
    list
    sed -i 's/^b.fine,control-no-bug,me.mine/b.fine,control-no-bug,you\/yours/' list.csv
    split 1 dev_set
    grep -q '^dev-set: b.fine: no --checkout you/yours=FOLDER$' err
}
