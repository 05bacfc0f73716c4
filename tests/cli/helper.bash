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

# catalog_variants: the variants of the targets in this tree, one `NAME/VARIANT CLASS`
# per line, the first class that is expected, or `nothing`.
catalog_variants() {
    local root=${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}
    # A build may hold further targets (HEDDLE_EXTRA_TARGETS).
    "$HEDDLE" list --json | python3 -c '
import glob, json, sys
for s in json.load(sys.stdin)["scenarios"]:
    if glob.glob("%s/targets/bug%02d_*.c" % (sys.argv[1], s["number"])):
        for v in s["variants"]:
            print(s["name"] + "/" + v["name"], *(v["expect"][:1] or ["nothing"]))
' "$root"
}
