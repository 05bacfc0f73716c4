#!/bin/bash -eu
# Builds heddle's fuzz targets for OSS-Fuzz and ClusterFuzzLite into $OUT: each fixed
# variant of the catalog, and heddle's own parsers.
#
# It uses what those services set and nothing else: CC, CXX, CFLAGS and CXXFLAGS (cmake
# reads the four), LIB_FUZZING_ENGINE, OUT, SRC, WORK, SANITIZER.  scripts/oss-fuzz-check
# runs it with the like of that environment and checks what comes out.

# AFL++'s compiler writes its counters into the code before the thread
# instrumentation, which would take them for accesses of the code under test.  With
# clang's own guards they are calls.
export AFL_LLVM_INSTRUMENT=LLVM-NATIVE

root=$SRC/heddle build=$WORK/heddle-$SANITIZER

cmake -S "$root" -B "$build" -DHEDDLE_TESTS=OFF -DHEDDLE_FUZZERS=OFF \
    -DHEDDLE_FUZZING_ENGINE="$LIB_FUZZING_ENGINE"
cmake --build "$build" -j "$(nproc)" --target service-targets

# pack TARGET SEEDS: its seeds, which the service unpacks, and its options.
pack()
{
    if [ -d "$2" ]; then
        rm -f "$OUT/$1_seed_corpus.zip"
        (cd "$2" && zip -q -X "$OUT/$1_seed_corpus.zip" -- *)
    fi
    cp "$root/oss-fuzz/default.options" "$OUT/$1.options"
    if [ -f "$root/oss-fuzz/$1.dict" ]; then
        cp "$root/oss-fuzz/$1.dict" "$OUT/$1.dict"
        echo "dict = $1.dict" >>"$OUT/$1.options"
    fi
}

for binary in "$build"/service/*; do
    target=${binary##*/}
    cp "$binary" "$OUT/$target"
    case $target in
    fuzz_*) pack "$target" "$root/tests/fuzz/seeds/${target#fuzz_}" ;;
    *)
        # corpus/NAME holds the seeds of all variants NAME-VARIANT.
        for seeds in "$root"/corpus/*; do
            case $target in
            "${seeds##*/}"-*) pack "$target" "$seeds" ;;
            esac
        done
        ;;
    esac
done
