#!/usr/bin/env bats
# `heddle fuzz`: both engines find, save and fold; what they save replays; bad usage,
# missing engines, Ctrl-C, merging.
# label: slow

load helper

# All that is run here is built by the command itself.
fuzz() {
    split "$1" "$HEDDLE" fuzz "${@:2}"
}

# The schedule file that the last run printed first.
saved() {
    grep -o "$1/[^ ]*\.sched" out | head -n 1
}

count() {
    find "$1" -type f | wc -l
}

no_leftovers() {
    [ -z "$(find "$TMPDIR" -maxdepth 1 -name 'heddle-fuzz-*')" ]
}

make_tmpdir() {
    export TMPDIR=$PWD/tmp
    mkdir -p "$TMPDIR"
}

@test "bad usage is one line, and nothing is run" {
    refuses fuzz
    refuses fuzz 07-never-read
    refuses fuzz 07-never-read/buggy 16-shared-map/buggy
    refuses fuzz 07-never-read/none
    refuses fuzz 07-never-read/buggy --engine honggfuzz
    refuses fuzz 07-never-read/buggy --flavor none
    refuses fuzz 07-never-read/buggy --flavor race
    refuses fuzz 07-never-read/buggy -j 0
    refuses fuzz 07-never-read/buggy --seeds nowhere
    touch file
    refuses fuzz 07-never-read/buggy --corpus file
    refuses fuzz 07-never-read/buggy --merge
    refuses fuzz 07-never-read/buggy --files 0
}

@test "libFuzzer finds a bug in asan and in tsan, and its schedule replays" {
    make_tmpdir
    for flavor in asan tsan; do
        fuzz 1 16-shared-map/buggy --flavor $flavor --runs 100000 --seed 1 --out found
        grep -Eq "^16-shared-map/buggy +$flavor +libfuzzer: found (concurrent-map-write|data-race|assertion) at execution" out
        [ ! -s err ]
        split 1 "$HEDDLE" replay "$(saved found)"
    done
    no_leftovers
}

@test "libFuzzer with one process is deterministic for a seed" {
    make_tmpdir
    for i in 1 2; do
        fuzz 1 16-shared-map/buggy --runs 100000 --seed 7 --out found --json $i.json
        sed -i '/"seconds/d; /per_s"/d' $i.json
    done
    cmp 1.json 2.json
}

@test "AFL++ finds a bug in asan and in tsan, from nothing, and its schedule replays" {
    make_tmpdir
    for flavor in asan tsan; do
        fuzz 1 07-never-read/buggy --engine afl++ --flavor $flavor --time 60 --out found
        grep -Eq "^07-never-read/buggy +$flavor +afl\+\+: found task-leak at execution" out
        [ ! -s err ]
        split 1 "$HEDDLE" replay "$(saved found)"
    done
    no_leftovers
}

# What AFL++ sees of it is too little without heddle's mutator, and that one has to know
# where the last execution could have gone another way.
@test "heddle's mutator leads AFL++, and can be switched off" {
    make_tmpdir
    local seed
    for seed in 1 2 3; do
        fuzz 1 19-missed-leak/done-channel --engine afl++ --seed $seed --runs 200 --out found
        HEDDLE_MUTATOR=0 fuzz 0 19-missed-leak/done-channel --engine afl++ --seed $seed \
            --runs 1000 --out none
    done
}

@test "the crash file of each engine goes straight into heddle replay" {
    make_tmpdir
    for engine in libfuzzer afl++; do
        fuzz 1 07-never-read/buggy --engine $engine --time 60 --crashes "crashes-$engine"
        [ "$(count "crashes-$engine")" -eq 1 ]
        split 1 "$HEDDLE" replay "crashes-$engine"/* --scenario 07-never-read/buggy --flavor asan
        grep -q '^task-leak:' out
    done
}

@test "AFL++ where each input has a finding: that finding" {
    make_tmpdir
    fuzz 1 18-ticker-per-iteration/buggy --engine afl++ --time 30 --out found
    grep -q 'found timer-leak at execution 1 ' out
}

@test "a seed with a finding is a finding, and engines start from the others" {
    make_tmpdir
    for engine in libfuzzer afl++; do
        fuzz 1 07-never-read/buggy --engine $engine --time 30 \
            --seeds "$HEDDLE_SOURCE/corpus/07-never-read" --out found
        grep -q 'found task-leak at execution' out
        fuzz 1 07-never-read/buggy --engine $engine --time 2 --keep-going \
            --seeds "$HEDDLE_SOURCE/corpus/07-never-read" --out found
        grep -q 'seen in [0-9]* inputs' out
    done
}

@test "a fixed variant gives nothing; its corpus is kept and shared by the engines" {
    make_tmpdir
    for engine in libfuzzer afl++; do
        fuzz 0 13-lock-across-send/fixed-drop --engine $engine --runs 20000 --corpus kept \
            --seeds "$HEDDLE_SOURCE/corpus/13-lock-across-send"
        grep -Fq "$engine: no finding after" out
        [ "$(count kept)" -ge 3 ]
    done
    before=$(count kept)
    for engine in libfuzzer afl++; do
        cp -r kept merged
        fuzz 0 13-lock-across-send/fixed-drop --engine $engine --corpus merged --merge
        [ "$(count merged)" -le "$before" ]
        [ "$(count merged)" -ge 2 ]
        rm -r merged
    done
    no_leftovers
}

@test "a merge keeps at most as many as it may, and all that have a finding" {
    make_tmpdir
    cp -r "$HEDDLE_SOURCE/corpus/13-lock-across-send" kept
    fuzz 0 13-lock-across-send/fixed-drop --corpus kept --merge --files 1
    [ "$(count kept)" -eq 2 ] # of them the empty one, which is never judged
    [ -e kept/empty ]
    rm -r kept
    cp -r "$HEDDLE_SOURCE/corpus/13-lock-across-send" kept
    fuzz 0 13-lock-across-send/buggy --corpus kept --merge --files 1
    [ -e kept/others-wait-behind-the-sender ]
    [ -e kept/others-wait-behind-a-full-buffer ]
}

@test "several processes" {
    make_tmpdir
    for engine in libfuzzer afl++; do
        fuzz 1 07-never-read/buggy --engine $engine -j 2 --time 60 --out found
        split 1 "$HEDDLE" replay "$(saved found)"
    done
    no_leftovers
}

@test "Ctrl-C ends the engine, keeps what there is and says so" {
    make_tmpdir
    for engine in libfuzzer afl++; do
        # Background jobs of a script ignore SIGINT, which a program inherits.
        python3 - "$HEDDLE" $engine <<'END'
import os, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
with open("out", "wb") as out:
    p = subprocess.Popen([sys.argv[1], "fuzz", "13-lock-across-send/fixed-drop", "--engine",
                          sys.argv[2], "--time", "120", "--corpus", "kept-" + sys.argv[2]],
                         stdout=out, stderr=out)
    # Until the engine runs: its own files are there.
    tmp = os.environ["TMPDIR"]
    def started():
        return any(os.path.isdir(os.path.join(tmp, d, "corpus")) or
                   os.path.exists(os.path.join(tmp, d, "afl/default/fuzzer_stats"))
                   for d in os.listdir(tmp))
    end = time.monotonic() + 60
    while not started() and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    p.send_signal(signal.SIGINT)
    assert p.wait(30) == 0, p.returncode
END
        grep -q "$engine: interrupted, no finding after" out
        [ "$(count "kept-$engine")" -ge 1 ]
        [ -z "$(pgrep -f "$TMPDIR" || true)" ]
    done
    no_leftovers
}

@test "a missing engine is one line and status 4" {
    make_tmpdir
    mkdir bin
    for tool in cmake ninja; do
        ln -s "$(command -v $tool)" bin/
    done
    split 4 env PATH="$PWD/bin" "$HEDDLE" fuzz 07-never-read/buggy --engine afl++ --time 1
    [ "$(wc -l <err)" -eq 1 ]
    grep -q 'afl-fuzz was not found in PATH' err
}

@test "a program without fuzz binaries: one line and status 4" {
    make_tmpdir
    cp "$HEDDLE_BUILD/bin/heddle" "$HEDDLE_BUILD/bin/heddle-asan" .
    split 4 ./heddle fuzz 07-never-read/buggy --time 1
    [ "$(wc -l <err)" -eq 1 ]
    grep -q '^heddle fuzz: cannot run .*/fuzz/07-never-read-buggy-asan' err
}

@test "nothing on stderr in a pipe, a progress line on a terminal" {
    make_tmpdir
    fuzz 0 07-never-read/fixed --runs 1000
    [ ! -s err ]
    if command -v script >/dev/null; then
        for engine in libfuzzer afl++; do
            script -qc "'$HEDDLE' fuzz 07-never-read/fixed --engine $engine --time 2" /dev/null |
                tr '\r' '\n' >screen
            grep -F "07-never-read/fixed asan $engine: " screen |
                grep -Eq ': [0-9]+ runs, [0-9]+/s, [0-9]+ in the corpus, 0 crashes'
        done
    fi
}
