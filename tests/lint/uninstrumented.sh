#!/bin/bash
# The runtime stays uninstrumented when a packager's CFLAGS carry sanitizers and
# coverage: libheddle.a built with such CFLAGS asks the linker for the same symbols as
# one built without.  (It names some of the sanitizers' functions itself, weakly, so
# "no such symbol at all" would be the wrong question.)
#
#     uninstrumented.sh COMPILER
set -euo pipefail

compiler=$1
source=${HEDDLE_SOURCE:?}
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

# undefined_symbols DIRECTORY CFLAGS: builds the library, prints what it leaves undefined.
undefined_symbols()
{
    if ! cmake -S "$source" -B "$tmp/$1" -G Ninja -DCMAKE_C_COMPILER="$compiler" \
        -DCMAKE_C_FLAGS="$2" -DHEDDLE_TESTS=OFF -DHEDDLE_FUZZERS=OFF >"$tmp/log" 2>&1 ||
        ! cmake --build "$tmp/$1" --target lib/libheddle.a >"$tmp/log" 2>&1; then
        cat -- "$tmp/log" >&2
        return 1
    fi
    nm -u "$tmp/$1/lib/libheddle.a" | awk 'NF == 2 { print $2 }' | LC_ALL=C sort -u
}

# gcc cannot link a program with -fsanitize-coverage, which CMake tries at once.
sanitize="-O3 -fsanitize=address,undefined"
case $("$compiler" --version | head -n 1) in
*clang*) sanitize+=" -fsanitize-coverage=trace-pc-guard,trace-cmp" ;;
esac
undefined_symbols plain "-O3" >"$tmp/plain.txt"
undefined_symbols packaged "$sanitize" >"$tmp/packaged.txt"
if [ ! -s "$tmp/plain.txt" ]; then
    echo "uninstrumented: nm shows no undefined symbol at all" >&2
    exit 1
fi
if ! diff -u "$tmp/plain.txt" "$tmp/packaged.txt" >&2; then
    echo "uninstrumented: sanitizers in CFLAGS reached the runtime" >&2
    exit 1
fi
