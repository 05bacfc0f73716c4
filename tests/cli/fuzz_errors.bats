#!/usr/bin/env bats
# What goes wrong around `heddle fuzz`: folders that cannot be used, signals, limits,
# inputs that cannot be read.
# label: slow

load helper

bats_require_minimum_version 1.5.0

fuzz() {
    split "$1" "$HEDDLE" fuzz "${@:2}"
}

make_tmpdir() {
    export TMPDIR=$PWD/tmp
    mkdir -p "$TMPDIR"
}

no_leftovers() {
    [ -z "$(find "$TMPDIR" -maxdepth 1 -name 'heddle-fuzz-*')" ]
}

# copy_heddle: a build folder of its own in the current one, without fuzz binaries;
# HEDDLE becomes the command in it.  Nothing is built there, for want of a cache.
copy_heddle() {
    mkdir -p bin fuzz
    cp "$HEDDLE" "$HEDDLE-asan" bin/
    HEDDLE=$PWD/bin/heddle
}

# fails TEXT ARGS...: status 4 and one line on stderr with the text, and nothing is run.
fails() {
    fuzz 4 "${@:2}"
    [ "$(wc -l <err)" -eq 1 ] || { cat err; return 1; }
    grep -Fq "$1" err || { cat err; return 1; }
    [ ! -s out ]
}

# With the permissions of a user, also where the tests run as root.
as_user() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --inh-caps=-all --bounding-set=-all "$@"
    else
        "$@"
    fi
}

@test "folders that cannot be written are found out before anything is run" {
    make_tmpdir
    copy_heddle # so that a run would say that it has no binary
    touch file
    fails 'cannot write to /proc/nope: ' 07-never-read/buggy --out /proc/nope
    fails 'cannot write to file: Not a directory' 07-never-read/buggy --out file
    fails 'cannot write to file/below: Not a directory' 07-never-read/buggy --out file/below
    fails 'cannot write to /proc/self: ' 07-never-read/buggy --out /proc/self
    fails 'cannot write to /proc/self: ' 07-never-read/buggy --crashes /proc/self
    fails 'cannot write to file: Not a directory' 07-never-read/buggy --crashes file
    fails 'cannot write to /proc/self: ' 07-never-read/buggy --corpus /proc/self
    fails 'cannot write to /proc/self: ' 07-never-read/buggy --corpus /proc/self --merge
    mkdir locked
    chmod 555 locked
    for option in --out --crashes --corpus; do
        split 4 as_user "$HEDDLE" fuzz 07-never-read/buggy $option locked
        grep -Fxq 'heddle fuzz: cannot write to locked: Permission denied' err
    done
    no_leftovers
}

@test "folders that cannot be read are found out before anything is run" {
    make_tmpdir
    copy_heddle
    touch file
    refuses fuzz 07-never-read/buggy --seeds file
    grep -Fq 'cannot read file: Not a directory' err
    refuses fuzz 07-never-read/buggy --corpus file
    refuses fuzz 07-never-read/buggy --corpus /proc/nope
    mkdir locked
    chmod 300 locked
    for option in --seeds --corpus; do
        split 2 as_user "$HEDDLE" fuzz 07-never-read/buggy $option locked
        grep -Fxq 'heddle fuzz: cannot read locked: Permission denied' err
    done
    no_leftovers
}

@test "a folder for schedules is left behind only if there are some" {
    make_tmpdir
    mkdir kept
    fuzz 0 07-never-read/fixed --runs 100 --out made
    [ ! -e made ]
    fuzz 0 07-never-read/fixed --runs 100 --out kept
    [ -d kept ]
    [ -z "$(ls -A kept)" ]
}

# stub_cmake: a build folder in the current one, and a cmake that builds for ever with
# a process of its own.
stub_cmake() {
    copy_heddle
    touch CMakeCache.txt
    mkdir stubs
    printf '#!/bin/sh\ntouch building\nsleep 1000.7\nexit 1\n' >stubs/cmake
    chmod +x stubs/cmake
    PATH=$PWD/stubs:$PATH
}

# signalled SIGNAL FILE ARGS...: a run that gets the signal once the file is there; sets
# $status.  Python, since what a script has in its background ignores SIGINT.
signalled() {
    python3 - "$HEDDLE" "$@" <<'END'
import glob, signal, subprocess, sys, time
heddle, name, file, *args = sys.argv[1:]
signal.signal(signal.SIGINT, signal.SIG_DFL)
p = subprocess.Popen([heddle, "fuzz", *args], stdin=subprocess.DEVNULL,
                     stdout=open("out", "wb"), stderr=open("err", "wb"))
end = time.monotonic() + 60
while not glob.glob(file) and time.monotonic() < end:
    time.sleep(0.02)
p.send_signal(getattr(signal, name))
open("status", "w").write(str(p.wait(30)))
END
    status=$(cat status)
}

@test "Ctrl-C, SIGTERM and SIGHUP end the build, and say so as in a run" {
    make_tmpdir
    stub_cmake
    for signal in SIGINT SIGTERM SIGHUP; do
        rm -f building
        signalled $signal building 07-never-read/buggy
        [ "$status" -eq 0 ]
        grep -q 'libfuzzer: interrupted, no finding after 0 executions' out
        [ ! -s err ]
        run ! pgrep -fx 'sleep 1000\.7'
    done
    mkdir kept
    rm building
    signalled SIGINT building 07-never-read/buggy --corpus kept --merge
    [ "$status" -eq 4 ]
    [ "$(cat err)" = 'heddle fuzz: interrupted, nothing was changed' ]
    [ ! -s out ]
    no_leftovers
}

@test "Ctrl-C ends the wait for another build in the folder" {
    make_tmpdir
    stub_cmake
    exec {lock}>heddle-fuzz.lock
    flock "$lock"
    # The temporary folder is made before the wait begins.
    signalled SIGINT 'tmp/heddle-fuzz-*/in' 07-never-read/buggy
    exec {lock}>&-
    [ "$status" -eq 0 ]
    grep -q 'interrupted, no finding after 0 executions' out
    [ ! -e building ]
    no_leftovers
}

# What is done when the terminal is closed is the same for all commands.
@test "a closed terminal ends a run with its results, but not under nohup" {
    make_tmpdir
    python3 - "$HEDDLE" <<'END'
import glob, json, os, pty, signal, subprocess, sys, time
signal.signal(signal.SIGHUP, signal.SIG_DFL)
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "fuzz", "13-lock-across-send/fixed-drop", "--time", "120",
                           "--corpus", "kept", "--json", "run.json"])
os.set_blocking(terminal, False)
end = time.monotonic() + 200
while not glob.glob("tmp/heddle-fuzz-*/corpus/*") and time.monotonic() < end:
    time.sleep(0.05)
    try:
        os.read(terminal, 65536)
    except BlockingIOError:
        pass
os.close(terminal)
_, status = os.waitpid(pid, 0)
# Its standard output is gone, which is a failure of its own.
assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 4, status
assert json.load(open("run.json"))["results"][0]["interrupted"]
assert os.listdir("kept")
END
    no_leftovers
    stub_cmake
    # From now on it is ignored, in what is started, too.
    trap '' HUP
    exec {lock}>heddle-fuzz.lock
    flock "$lock"
    "$HEDDLE" fuzz 07-never-read/buggy >out 2>err 3>&- {lock}>&- &
    pid=$!
    for _ in $(seq 200); do
        [ ! -d "$(echo tmp/heddle-fuzz-*/in)" ] || break
        sleep 0.05
    done
    kill -HUP $pid
    exec {lock}>&-
    # It goes on, and begins to build.
    for _ in $(seq 200); do
        [ ! -e building ] || break
        sleep 0.05
    done
    [ -e building ]
    kill -TERM $pid
    wait $pid
    grep -q 'interrupted, no finding after 0 executions' out
    no_leftovers
}

# stub_engine LINES: a build folder in the current one, whose fuzz binaries are these
# lines of shell; $crashes is what libFuzzer's -artifact_prefix says.
stub_engine() {
    copy_heddle
    cat >fuzz/07-never-read-buggy-asan <<'END'
#!/bin/bash
for word; do
    case $word in -artifact_prefix=*) crashes=${word#*=} ;; esac
done
END
    echo "$1" >>fuzz/07-never-read-buggy-asan
    chmod +x fuzz/07-never-read-buggy-asan
    cp fuzz/07-never-read-buggy-asan fuzz/07-never-read-fixed-asan
}

@test "with several processes a crash is noted when it is saved, not at the end" {
    make_tmpdir
    seed=$(find "$HEDDLE_SOURCE/corpus/07-never-read" -type f -size +0 | LC_ALL=C sort | head -n 1)
    stub_engine "echo '#10: cov: 1 ft: 1 corp: 1 exec/s 1'
        cp '$seed' \${crashes}crash-1
        sleep 2
        echo '#1000: cov: 1 ft: 1 corp: 1 exec/s 1'
        exit 77"
    fuzz 1 07-never-read/buggy -j 2 --keep-going --json run.json --out found
    python3 -c '
import json
job = json.load(open("run.json"))["results"][0]
found = job["findings"][0]
assert job["executions"] == 1000, job
assert found["executions_to_find"] == 10, found
assert found["seconds_to_find"] < job["seconds"] - 1, (found, job)'
}

@test "a merge without afl-cmin says so" {
    make_tmpdir
    mkdir path kept
    for tool in cmake ninja afl-fuzz; do
        ln -s "$(command -v $tool)" path/
    done
    split 4 env PATH="$PWD/path" "$HEDDLE" fuzz 07-never-read/fixed --engine afl++ --merge \
        --corpus kept
    [ "$(cat err)" = 'heddle fuzz: afl-cmin was not found in PATH (install AFL++)' ]
    no_leftovers
}

@test "no limit of time needs one of executions" {
    make_tmpdir
    refuses fuzz 07-never-read/fixed --time 0
    grep -Fq -- '--time 0 needs --runs' err
    refuses fuzz 07-never-read/fixed --time 0 --runs 0
    stub_engine 'printf "%s\n" "$@" >words'
    fuzz 0 07-never-read/buggy --time 0 --runs 100
    grep -Fxq -- -runs=100 words
    ! grep -q max_total_time words || return 1
    fuzz 0 07-never-read/buggy --runs 0
    grep -Fxq -- -max_total_time=60 words
}

@test "an input that is too large is refused, with the limit" {
    make_tmpdir
    stub_engine 'exit 0'
    mkdir seeds
    truncate -s 1048576 seeds/largest
    fuzz 0 07-never-read/fixed --seeds seeds --runs 1
    truncate -s 1048577 seeds/too-large
    fuzz 2 07-never-read/fixed --seeds seeds --runs 1
    grep -Fxq 'heddle fuzz: cannot read seeds/too-large: it is larger than 1048576 bytes' err
}

@test "a crash that cannot be read is an error, and no empty file is kept of it" {
    make_tmpdir
    # shellcheck disable=SC2016 # for the stub
    stub_engine 'truncate -s 2M "${crashes}crash-1"; exit 77'
    fuzz 4 07-never-read/buggy --runs 1 --crashes kept
    grep -q '^heddle fuzz: cannot read .*/crash-1: it is larger than 1048576 bytes$' err
    [ -z "$(ls -A kept)" ]
    no_leftovers
}
