#!/usr/bin/env bats
# What the build made agrees with what the programs know.
#
# cmake/targets.cmake reads the scenarios from the sources; if it ever missed one, its
# fuzzers and its tests would be missing, too, and nobody would notice.

setup()
{
    build=${HEDDLE_BUILD:?set by ctest: the build directory}
}

@test "every variant that heddle lists has its libFuzzer binaries" {
    listed=$("$build/bin/heddle" list |
        awk '/^  [0-9a-z-]+\/[0-9a-z-]+ / { sub("/", "-", $1)
                                            print $1 "-asan"; print $1 "-tsan" }')
    [ -n "$listed" ]
    for fuzzer in $listed; do
        [ -x "$build/fuzz/$fuzzer" ] || {
            echo "missing: fuzz/$fuzzer"
            false
        }
    done
}

@test "the command of every flavor is there and lists the same" {
    expected=$("$build/bin/heddle" list)
    for flavor in race asan tsan; do
        [ "$("$build/bin/heddle-$flavor" list)" = "$expected" ]
    done
}

@test "programs carry a build-id and are position independent" {
    for program in "$build"/bin/heddle{,-race,-asan,-tsan}; do
        readelf -n "$program" | grep -q 'Build ID: [0-9a-f]\{16\}'
        readelf -h "$program" | grep -q 'Type: *DYN'
    done
}
