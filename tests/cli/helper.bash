# Shared by the tests of the command.  $HEDDLE is the path of the binary; ctest sets
# the build folder instead.

setup() {
    HEDDLE=${HEDDLE:-$HEDDLE_BUILD/bin/heddle}
    [ -x "$HEDDLE" ] || { echo "HEDDLE=$HEDDLE is no program" >&2; return 1; }
    HEDDLE=$(realpath "$HEDDLE")
    cd "$BATS_TEST_TMPDIR" || return 1
}

# split STATUS COMMAND...: runs it with stdout in file out and stderr in file err,
# and checks the exit status.
split() {
    local want=$1 status=0
    shift
    "$@" >out 2>err || status=$?
    if [ "$status" -ne "$want" ]; then
        echo "exit status $status, not $want: $*"
        cat out err
        return 1
    fi
}

# A usage error: status 2, one line on stderr that begins with "heddle", nothing on
# stdout.
refuses() {
    split 2 "$HEDDLE" "$@"
    [ "$(wc -l <err)" -eq 1 ] || { cat err; return 1; }
    grep -q '^heddle' err
    [ ! -s out ]
}

# The schedule file that a hunt of the arguments writes first.
hunt_one() {
    split 1 "$HEDDLE" hunt "$@" --out found
    grep -o 'found/[^ ]*\.sched' out | head -1
}
