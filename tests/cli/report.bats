#!/usr/bin/env bats
# heddle report: a directory folded into distinct findings, in every format.  That other
# tools take SARIF and JUnit is tests/sarif/validate.sh.
# label: slow

load helper

# Findings of three targets, hunted once; 13 has several in one execution.
findings() {
    if [ ! -d "$BATS_FILE_TMPDIR/found" ]; then
        split 1 "$HEDDLE" hunt 04/buggy 07 13/buggy --runs 300 --flavor none,race \
            --keep-going --out found --json found/hunt.json
        cp -r found "$BATS_FILE_TMPDIR"
    fi
    cp -r "$BATS_FILE_TMPDIR/found" .
}

# json FILE EXPRESSION: what python makes of it, with the document as d.
json() {
    python3 -c '
import json, sys
d = json.load(open(sys.argv[1]))
print(eval(sys.argv[2]))' "$1" "$2"
}

# known_all: a baseline of everything in found/.
known_all() {
    split 1 "$HEDDLE" report found --write-baseline known.txt
}

@test "schedules of one bug fold, in all flavors; the text names how many" {
    findings
    split 1 "$HEDDLE" report found
    [ "$(grep -c '^  signature: task-leak: ' out)" -eq 1 ]
    grep -q '^  files: 2, smallest found/07-never-read-buggy-none.sched (0 deviations, ' out
    grep -q '^  replay: .*heddle replay found/07-never-read-buggy-none.sched$' out
    distinct=$(grep -c '^  signature: ' out)
    grep -q "^$distinct distinct findings in .* files\$" out
    [ -z "$(grep '^  signature: ' out | sort | uniq -d)" ]
}

@test "the replay line of a report replays" {
    findings
    split 1 "$HEDDLE" report found
    sed -n 's/^  replay: //p' out >commands
    [ "$(wc -l <commands)" -ge 4 ]
    while read -r command; do
        split 1 bash -c "$command"
    done <commands
}

@test "two reports are the same, byte for byte, in every format" {
    findings
    for format in text json sarif junit html github triage; do
        split 1 "$HEDDLE" report found --format "$format" -o once
        split 1 "$HEDDLE" report found --format "$format" -o twice
        cmp once twice
        [ -s once ]
    done
}

@test "json: schema, findings, inputs" {
    findings
    split 1 "$HEDDLE" report found --format json
    [ "$(json out 'd["schema"]')" = heddle/report/1 ]
    [ "$(json out 'len(d["inputs"])')" -eq "$(find found -name '*.sched' | wc -l)" ]
    [ "$(json out '{i["state"] for i in d["inputs"]}')" = "{'found'}" ]
    [ "$(json out 'all(f["confirmed"] for f in d["findings"])')" = True ]
    [ "$(json out '[f["sites"][0]["stack"][0]["function"] for f in d["findings"] if f["class"] == "task-leak"]')" = "['send_result']" ]
}

@test "github: one command per finding, on one line" {
    findings
    split 1 "$HEDDLE" report found --format json -o report.json
    split 1 "$HEDDLE" report found --format github
    [ "$(wc -l <out)" -eq "$(json report.json 'len(d["findings"])')" ]
    [ "$(grep -c '^::error .*title=[a-z-]* in [0-9a-z/-]*::.*%0A.*%0A.*%0A' out)" -eq "$(wc -l <out)" ]
}

@test "html: one page, nothing of it from elsewhere, a row for what is clean" {
    findings
    split 1 "$HEDDLE" report found --format html -o page.html
    head -1 page.html | grep -q '^<!doctype html>$'
    grep -q "default-src 'none'" page.html
    [ "$(grep -Ec '(src|href)="?(https?:|//)' page.html)" -eq 0 ]
    grep -q 'data-result="clean"><th scope="row">07-never-read</th><td>fixed</td>' page.html
    grep -q 'data-result="new"><th scope="row">07-never-read</th><td>buggy</td>' page.html
    split 0 python3 - page.html <<'END'
import html.parser, sys
class Check(html.parser.HTMLParser):
    open, ids, refs = [], set(), set()
    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            assert attrs["id"] not in self.ids
            self.ids.add(attrs["id"])
        if attrs.get("href", "").startswith("#"):
            self.refs.add(attrs["href"][1:])
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)
    def handle_endtag(self, tag):
        assert self.open.pop() == tag
check = Check()
check.feed(open(sys.argv[1]).read())
assert not check.open and check.refs and check.refs <= check.ids
END
}

@test "html into a folder: an index, and a page for each finding" {
    findings
    rm found/13-* found/04-*
    split 1 "$HEDDLE" report found --format html -o site/
    [ ! -s out ] && [ ! -s err ]
    grep -q '<a class="go" href="finding-1.html">' site/index.html
    head -1 site/finding-1.html | grep -qi '^<!doctype html>'
    [ "$(find site -type f | wc -l)" -eq 2 ]
    # The same folder may hold both, and a second time nothing changes.
    cp -r site before
    split 1 "$HEDDLE" report found --format html -o found
    [ ! -s err ]
    split 1 "$HEDDLE" report found --format html -o site
    diff -r before site
}

@test "a baseline: known findings are marked and only new ones are status 1" {
    findings
    known_all
    split 0 "$HEDDLE" report found --baseline known.txt
    grep -q ', 0 new$' out
    [ "$(grep -c '^  known: ' out)" -eq "$(grep -c '^  signature: ' out)" ]
    grep -v '^task-leak' known.txt >some.txt
    echo '# a comment, an empty line' >>some.txt
    echo >>some.txt
    split 1 "$HEDDLE" report found --baseline some.txt
    grep -q ', 1 new$' out
    split 1 "$HEDDLE" report found --baseline some.txt --format sarif
    [ "$(json out '[r["ruleId"] for r in d["runs"][0]["results"] if r["baselineState"] == "new"]')" = "['task-leak']" ]
    split 1 "$HEDDLE" report found --baseline some.txt --format github
    [ "$(grep -c '^::error' out)" -eq 1 ]
    grep -q '^::notice' out
    # A baseline is sorted, so that it can be merged, and made anew it is the same.
    known_all
    grep -v '^#' known.txt | LC_ALL=C sort -uc
}

@test "a baseline that is none: its line, status 2, nothing run" {
    findings
    printf '# ok\ntask-leak: a b c\nnonsense\n' >known.txt
    split 2 "$HEDDLE" report found --baseline known.txt
    grep -q '^known.txt:3: it is no signature$' err
    [ ! -s out ]
    split 2 "$HEDDLE" report found --baseline absent.txt
    [ "$(wc -l <err)" -eq 1 ]
}

@test "broken files cost a line each and the status, not the report" {
    findings
    printf 'heddle-schedule 1\nscenario x\n' >found/a-broken.sched
    head -c 100 found/07-never-read-buggy-none.sched >found/a-truncated.sched
    : >found/an-empty.sched
    split 2 "$HEDDLE" report found
    [ "$(wc -l <err)" -eq 3 ]
    grep -q '^found/a-broken.sched:2: ' err
    grep -q '^could not be read (3 files):$' out
    [ "$(grep -c '^  signature: task-leak: ' out)" -eq 1 ]
    split 2 "$HEDDLE" report found --format junit
    [ "$(grep -c '<error type="broken"' out)" -eq 3 ]
}

@test "a finding that is gone is listed and is no finding" {
    findings
    mkdir old
    sed 's/^signature .*/signature task-leak: nobody chan-send channel/' \
        found/07-never-read-buggy-none.sched >old/renamed.sched
    sed 's/^scenario .*/scenario 07-never-read\/fixed/' \
        found/07-never-read-buggy-none.sched >old/repaired.sched
    split 1 "$HEDDLE" report old
    grep -q '^old/renamed.sched no longer shows task-leak: nobody ' out
    grep -q '^no longer shows its finding (1 file):$' out
    grep -q '^  old/repaired.sched  task-leak: send_result ' out
    rm old/renamed.sched
    split 0 "$HEDDLE" report old
}

@test "deviations that moved are found again, and the report says so" {
    file=$(hunt_one 16/buggy --runs 3000)
    mkdir moved
    python3 "$BATS_TEST_DIRNAME/shift_schedule.py" "$file" >moved/shifted.sched
    split 1 "$HEDDLE" report moved
    grep -q '^  moved: found after matching the deviations' out
    split 1 "$HEDDLE" report moved --format json
    [ "$(json out 'd["inputs"][0]["moved"]')" = True ]
}

@test "names that are markup or no text are escaped" {
    findings
    mkdir odd
    cp found/07-never-read-buggy-none.sched 'odd/<b>&"%0A,:]]>.sched'
    for format in junit html; do
        split 1 "$HEDDLE" report odd --format "$format"
        [ "$(grep -c '<b>' out)" -eq 0 ]
        grep -q '&lt;b&gt;&amp;&quot;%0A,:\]\]&gt;' out
    done
    cp found/07-never-read-buggy-none.sched "odd/$(printf 'x\nnew::error::line')"
    cp found/07-never-read-buggy-none.sched "odd/$(printf '\001\377')"
    split 1 "$HEDDLE" report odd --format sarif
    json out 'd["version"]'
    split 1 "$HEDDLE" report odd --format github
    [ "$(grep -c '^::' out)" -eq "$(wc -l <out)" ]
}

@test "what a hunt found and no file shows is not clean" {
    findings
    rm found/07-never-read-*.sched
    split 1 "$HEDDLE" report found --format html
    grep -q 'data-result="gone"><th scope="row">07-never-read</th><td>buggy</td>' out
    split 1 "$HEDDLE" report found --format junit
    [ "$(grep -c '<error type="hunt"' out)" -eq 2 ]
}

@test "an empty directory: nothing found" {
    mkdir none
    for format in text json sarif junit html github triage; do
        split 0 "$HEDDLE" report none --format "$format"
    done
}

@test "files that are no schedules are left out, with a line that says so" {
    findings
    echo x >found/raw
    split 1 "$HEDDLE" report found
    [ "$(wc -l <err)" -eq 1 ]
    grep -q '1 file is left out: no schedule file' err
    # With --scenario they are inputs, and schedules keep their own scenario.
    split 1 "$HEDDLE" report found --scenario 25/fixed
    [ ! -s err ]
    grep -q '^  signature: task-leak: ' out
    grep -q '^  found/raw$' out
}

@test "bad usage of report" {
    findings
    refuses report
    refuses report found found
    refuses report absent
    refuses report found/hunt.json
    refuses report found --format yaml
    refuses report found --flavor sweet
    refuses report found --scenario 07
    refuses report found --hang-seconds 0
    refuses report found --hunt absent.json
    mkdir raw
    echo x >raw/crash
    refuses report raw
    # A hunt.json that nobody named and that is broken is a broken input.
    echo '{' >found/hunt.json
    split 2 "$HEDDLE" report found
    grep -q '^heddle report: found/hunt.json: line ' err
    [ -s out ]
}

@test "output that cannot be written: one line, status 4, the old file is kept" {
    findings
    split 4 "$HEDDLE" report found --format html -o /dev/full
    [ "$(wc -l <err)" -eq 1 ]
    split 4 "$HEDDLE" report found -o found
    # shellcheck disable=SC2016 # for the inner shell
    split 4 bash -c '"$1" report found >/dev/full' - "$HEDDLE"
    [ "$(wc -l <err)" -eq 1 ]
    echo old >out.html
    # shellcheck disable=SC2016 # for the inner shell
    split 4 bash -c 'ulimit -f 1; "$1" report found --format html -o out.html' - "$HEDDLE"
    [ "$(cat out.html)" = old ]
}

# interrupted [stop]: a report of more files than it can run until the signal comes;
# with `stop` the worker is stopped first, as code that sleeps for ever would be.
interrupted() {
    python3 - "$HEDDLE" "$@" <<'END'
import os, signal, subprocess, sys

os.mkdir("many")
for i in range(3000):
    os.link("found/13-lock-across-send-buggy-race.sched", "many/%d.sched" % i)
p = subprocess.Popen([sys.argv[1], "report", "many"], stdout=open("out", "w"),
                     stderr=open("err", "w"))

def workers():
    children = open("/proc/%d/task/%d/children" % (p.pid, p.pid)).read().split()
    return [int(c) for c in children if os.getpgid(int(c)) == int(c)]

# The handler is in place before the first worker starts.
while not workers():
    pass
if len(sys.argv) > 2:
    os.killpg(workers()[0], signal.SIGSTOP)
p.send_signal(signal.SIGINT)
status = p.wait(timeout=60)
text, said = open("out").read(), open("err").read()
assert status in (0, 1), (status, said)
assert said.count("\n") == 1 and "interrupted: " in said, said
assert "interrupted, not all files were run" in text, text
assert "was not run: interrupted (" in text, text
END
}

@test "an interrupt reports what was run, and says what was not" {
    findings
    interrupted
}

@test "an interrupt ends an execution that does not end" {
    findings
    interrupted stop
}
