#!/usr/bin/env bats
# The installation, and a project that is built and tested with it (tests/install),
# after the prefix was moved to a folder with a space in its name.
# label: slow

bats_require_minimum_version 1.5.0
load helper

setup_file() {
    local build=${HEDDLE_BUILD:-$(dirname "$(dirname "$HEDDLE")")}
    export EXAMPLE=${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}/tests/install
    export FIRST=$BATS_FILE_TMPDIR/first PREFIX="$BATS_FILE_TMPDIR/moved here"
    cmake --install "$build" --prefix "$FIRST" >/dev/null
    DESTDIR=$BATS_FILE_TMPDIR/staged cmake --install "$build" --prefix /opt/heddle >/dev/null
    mv "$FIRST" "$PREFIX"
    # Where Debian's GNUInstallDirs puts archives depends on the prefix.
    LIB=$(dirname "$(find "$PREFIX" -name libheddle.a)")
    export LIB PKG_CONFIG_PATH=$LIB/pkgconfig
    unset HEDDLE_FLAVOR HEDDLE_CC HEDDLE_CXX HEDDLE_KEEP_O CC CXX
}

# configure ARGUMENTS...: the example into b.
configure() {
    cmake -S "$EXAMPLE" -B b -DCMAKE_PREFIX_PATH="$PREFIX" "$@" >log 2>&1 || {
        cat log
        return 1
    }
}

build() {
    cmake --build b -- "$@" >log 2>&1 || {
        cat log
        return 1
    }
}

# project LINE...: configures a project of these lines, behind find_package().
project() {
    rm -rf p
    mkdir p
    printf '%s\n' 'cmake_minimum_required(VERSION 3.20)' 'project(p C)' \
        'find_package(heddle REQUIRED)' 'enable_testing()' "$@" >p/CMakeLists.txt
    cmake -S p -B p/b -G Ninja -DCMAKE_PREFIX_PATH="$PREFIX" 2>&1
}

@test "everything is installed, and nothing names the prefix" {
    for file in bin/heddle bin/heddle-race bin/heddle-asan bin/heddle-tsan bin/heddle-cc \
        bin/heddle-c++ include/heddle/heddle.h include/heddle/fuzz.h \
        share/man/man1/heddle.1 share/man/man1/heddle-cc.1 share/man/man1/heddle-c++.1; do
        [ -s "$PREFIX/$file" ] || { echo "$file"; return 1; }
        [ -s "$BATS_FILE_TMPDIR/staged/opt/heddle/$file" ] || { echo "staged $file"; return 1; }
    done
    for file in libheddle.a heddle/heddle_start.o heddle/exports.rsp heddle/libc_wrap.rsp \
        heddle/tsan_wrap.rsp pkgconfig/heddle.pc cmake/heddle/heddle-config.cmake \
        cmake/heddle/heddle-config-version.cmake; do
        [ -s "$LIB/$file" ] || { echo "$file"; return 1; }
    done
    [ -L "$PREFIX/bin/heddle-c++" ]
    run -1 grep -rlF "$FIRST" "$PREFIX"
}

@test "the command runs from there" {
    "$PREFIX/bin/heddle" hunt 07-never-read --flavor race --runs 100 --expect
}

@test "heddle-cc runs from there, in each flavor, also through a link" {
    ln -s "$PREFIX/bin/heddle-cc" cc
    for flavor in none race asan tsan; do
        "$PREFIX/bin/heddle-cc" --heddle-flavor=$flavor "$EXAMPLE"/queue.c \
            "$EXAMPLE"/queue_test.c -o queue_test
        [ "$(./queue_test)" = "sum 10" ]
        ./cc --heddle-flavor=$flavor "$EXAMPLE"/queue.c "$EXAMPLE"/queue_test.c -o queue_test
        [ "$(./queue_test)" = "sum 10" ]
    done
    "$PREFIX/bin/heddle-cc" -M "$EXAMPLE/queue_fuzz.c" >deps
    grep -qF 'moved\ here/' deps
    grep -q 'include/heddle/fuzz.h' deps
}

@test "a part that is missing is named" {
    cp -r "$PREFIX" broken
    rm "broken/${LIB#"$PREFIX"/}/heddle/heddle_start.o"
    echo 'int main(void) { return 0; }' >x.c
    split 2 broken/bin/heddle-cc x.c
    [ "$(wc -l <err)" -eq 1 ]
    grep -q '^heddle-cc: .*/heddle/heddle_start.o: No such file or directory$' err
    broken/bin/heddle-cc -c x.c
    cp -r "$PREFIX" 'a,comma'
    split 2 a,comma/bin/heddle-cc x.c
    grep -q 'from a folder with a comma in its name' err
}

@test "pkg-config and make" {
    pkg-config --validate heddle
    pkg-config --exists 'heddle >= 0.1'
    cp "$EXAMPLE"/* .
    make >log 2>&1 || { cat log; return 1; }
    for program in queue_test queue_test_cpp; do
        [ "$("./$program")" = "sum 10" ]
        readelf -SW $program | grep -q ' hd_text '
        "$PREFIX/bin/heddle" hunt --runs 50 -- ./$program
    done
    [ "$(./library)" = "3 tasks" ]
    ./queue_fuzz -runs=100 -seed=1 2>log
    make clean >log
    make CFLAGS="-g -DQUEUE_BUGGY" queue_test >log
    split 1 "$PREFIX/bin/heddle" hunt --strategy pct -- ./queue_test
    grep -q '^assertion: .*q->count > 0' out
}

@test "CMake: a project's tests and fuzz targets, with its own compiler" {
    configure -G Ninja
    grep -q 'C compiler identification is GNU' log
    build
    (cd b && ctest --no-tests=error >log 2>&1) || { cat b/log; return 1; }
    [ "$(cd b && ctest -N | sed -n 's/^Total Tests: //p')" -eq 12 ]
    # Only the copies are under heddle, in their flavors, with the library's code.
    run ! grep -q ' hd_text ' <(readelf -SW b/queue_test)
    for flavor in none race asan tsan; do
        readelf -SW b/heddle/$flavor/queue_test | grep -q ' hd_text '
    done
    objdump -d b/heddle/race/queue_test | sed -n '/<queue_put>:/,/^$/p' | grep -q __tsan_read4
    readelf --dyn-syms -W b/heddle/race/libshared_queue.so | grep -q __tsan_read4
    ls b/heddle/race/schedules/buggy-test-race*.sched
    # A new library makes new programs.
    touch "$LIB/libheddle.a"
    build -n
    grep -q 'Linking C executable heddle/race/queue_test' log
}

@test "CMake: with Makefiles, with clang 19, and with heddle-cc itself" {
    for compiler in clang-19 "$PREFIX/bin/heddle-cc"; do
        rm -rf b
        cxx=clang++-19
        [ "$compiler" = clang-19 ] || cxx="$PREFIX/bin/heddle-c++"
        configure -G 'Unix Makefiles' -DCMAKE_C_COMPILER="$compiler" -DCMAKE_CXX_COMPILER="$cxx"
        build queue_test-heddle-tsan queue_test_cpp-heddle-race
        nm b/heddle/tsan/queue_test | grep -q ' __tsan_switch_to_fiber$'
        [ "$(b/heddle/tsan/queue_test)" = "sum 10" ]
        [ "$(b/heddle/race/queue_test_cpp)" = "sum 10" ]
    done
}

@test "CMake: mistakes are named" {
    add='add_executable(prog prog.c)'
    mkdir -p p
    # What project() makes anew has no prog.c: nothing is built here.
    run ! project "file(WRITE \${CMAKE_SOURCE_DIR}/prog.c \"\")" "$add" \
        'heddle_add_test(prog FLAVORS fast)'
    [[ $output == *"there is no flavor fast"* ]]
    run ! project "file(WRITE \${CMAKE_SOURCE_DIR}/prog.c \"\")" "$add" \
        'heddle_add_test(prog TIMES 3)'
    [[ $output == *"heddle_add_test: what is meant by: TIMES;3"* ]]
    run ! project 'heddle_add_test(prog)'
    [[ $output == *"there is no target prog"* ]]
    run ! project 'heddle_add_fuzz_target(prog FLAVORS asan)'
    [[ $output == *"SOURCES of prog are not given"* ]]
    run ! project 'find_package(heddle 9 REQUIRED)'
    [[ $output == *'version "9"'* ]]
}

@test "CMake: a test that expects a finding fails without one, and with another" {
    expect() {
        cmake -DEXPECT="$1" -DJSON="$PWD/found.json" \
            -P "$LIB/cmake/heddle/heddle-expect.cmake" -- "${@:2}"
    }
    "$PREFIX/bin/heddle-cc" -g "$EXAMPLE"/queue.c "$EXAMPLE"/queue_test.c -o queue_test
    "$PREFIX/bin/heddle-cc" -g -DQUEUE_BUGGY "$EXAMPLE"/queue.c "$EXAMPLE"/queue_test.c -o buggy
    hunt=("$PREFIX/bin/heddle" hunt --strategy pct --json found.json)
    run ! expect assertion "${hunt[@]}" --runs 20 -- ./queue_test
    [[ $output == *"status 0"* ]]
    run ! expect data-race,panic "${hunt[@]}" -- ./buggy
    [[ $output == *"assertion was found, and only data-race,panic was expected"* ]]
    run ! expect assertion "${hunt[@]}" -- ./nowhere
    [[ $output == *"status 2"* ]]
    expect deadlock,assertion "${hunt[@]}" -- ./buggy ''
}
