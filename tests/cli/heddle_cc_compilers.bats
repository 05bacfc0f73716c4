#!/usr/bin/env bats
# Which compiler heddle-cc runs, and build systems that look at it as a compiler.
# label: slow

bats_require_minimum_version 1.5.0
load helper
load cc_helper

program() {
    printf '%s\n' '#include <pthread.h>' 'int x;' 'int main(void)' '{' \
        '    return pthread_self() == 0 || x++ != 0;' '}' >prog.c
    cp prog.c prog.cpp
}

# path_with NAME=COMMAND...: PATH is a folder of these commands and no more.
path_with() {
    rm -rf only
    mkdir only
    for pair; do
        ln -s "$(command -v "${pair#*=}")" "only/${pair%%=*}"
    done
}

# under COMMAND...: run with that PATH.
under() {
    PATH=$PWD/only "$@"
}

@test "HEDDLE_CC and HEDDLE_CXX name a compiler, also one of several words" {
    program
    printf '#!/bin/sh\nshift\necho "$# words" >>%s/log\nexec "$@"\n' "$PWD" >wrap
    chmod +x wrap
    HEDDLE_CC="$PWD/wrap one clang-19" heddle-cc prog.c -o prog
    ./prog
    HEDDLE_CXX="$PWD/wrap one clang++-19" heddle-c++ prog.cpp -o prog
    ./prog
    [ "$(wc -l <log)" -eq 4 ] # two questions, two answers
    mkdir 'with space'
    ln -s "$(command -v clang-19)" 'with space/cc'
    HEDDLE_CC="$PWD/with space/cc" heddle-cc --heddle-flavor=tsan prog.c -o prog
    ./prog
    # The option wins.
    HEDDLE_CC=/nowhere heddle-cc --heddle-compiler=clang-19 prog.c -o prog
    ./prog
}

@test "a compiler that is not there, and no compiler at all" {
    program
    HEDDLE_CC=/nowhere/cc run -2 heddle-cc prog.c
    [ "$output" = "heddle-cc: there is no compiler /nowhere/cc" ]
    path_with sh=sh
    run -2 under "$DIR/heddle-cc" prog.c
    [ "$output" = "heddle-cc: no compiler was found: neither clang-19 nor gcc; set HEDDLE_CC" ]
    run -2 under "$DIR/heddle-c++" prog.cpp
    [ "$output" = "heddle-c++: no compiler was found: neither clang++-19 nor g++; set HEDDLE_CXX" ]
}

@test "gcc: flavors none and race, C and C++, a shared library; the others are refused" {
    program
    cc() { HEDDLE_CC=gcc heddle-cc --heddle-flavor="$flavor" "$@"; }
    cxx() { HEDDLE_CXX=g++ heddle-c++ --heddle-flavor="$flavor" "$@"; }
    for flavor in none race; do
        cc -O2 -Wall -Werror prog.c -o prog
        ./prog
        run ! grep -q 'NEEDED.*tsan' <(readelf -dW prog)
        cc -Werror -c prog.c
        cc -Werror prog.o -o prog
        ./prog
        cxx -O2 -Wall -Werror prog.cpp -o prog
        ./prog
        run ! grep -q 'NEEDED.*tsan' <(readelf -dW prog)
        echo 'int y; int two(void) { y++; return 2; }' >two.c
        cc -shared -fPIC two.c -o libtwo.so
        run ! grep -q 'NEEDED.*tsan' <(readelf -dW libtwo.so)
        echo 'int two(void); int main(void) { return two() - 2; }' >one.c
        cc one.c -L. -ltwo -Wl,-rpath,. -o one
        ./one
    done
    for flavor in asan tsan; do
        run -2 cc prog.c
        [[ $output == "heddle-cc: flavor $flavor needs clang 19 or newer, and "*/gcc" is not"* ]]
        [ "${#lines[@]}" -eq 1 ]
    done
}

@test "without clang 19: a newer one, else gcc" {
    program
    path_with gcc=gcc as=as ld=ld
    under "$DIR/heddle-cc" prog.c -o prog
    ./prog
    readelf -p .comment prog | grep -q GCC
    HEDDLE_FLAVOR=asan run -2 under "$DIR/heddle-cc" prog.c
    [[ $output == *"needs clang 19 or newer"* ]]
    # An old clang is passed over, one that is new enough is not.
    path_with gcc=gcc as=as ld=ld cat=cat
    printf '#!%s\necho "Debian clang version 14.0.6"\n' "$(command -v sh)" >only/clang
    chmod +x only/clang
    under "$DIR/heddle-cc" prog.c -o prog
    readelf -p .comment prog | grep -q GCC
    ln -sf "$(command -v clang-19)" only/clang
    under "$DIR/heddle-cc" -v prog.c -o prog 2>err
    grep -q '^Debian clang version 19\|^clang version 19' err
    printf '#!%s\necho twenty\n' "$(command -v sh)" >only/clang-20
    chmod +x only/clang-20
    [ "$(under "$DIR/heddle-cc" prog.c)" = twenty ]
}

# What autoconf's macros do to a compiler; `ok` and `no` say how a try must end.
@test "what configure scripts try" {
    ok() { "$@" >>config.log 2>&1 || { cat config.log; return 1; }; }
    no() { ! "$@" >>config.log 2>&1 || { echo "succeeded: $*"; return 1; }; }
    for CC in heddle-cc heddle-c++; do
        CFLAGS=(-g -O2)
        ending=c
        [ $CC = heddle-cc ] || ending=cpp
        ok $CC --version
        ok $CC -v
        no $CC -V
        no $CC -qversion
        # The name of a program, and that it runs.
        rm -f a.out
        echo 'int main(void) { return 0; }' >conftest.$ending
        ok $CC conftest.$ending
        ok ./a.out
        ok $CC "${CFLAGS[@]}" -o conftest conftest.$ending
        ok ./conftest
        ok $CC -c "${CFLAGS[@]}" conftest.$ending
        [ -s conftest.o ]
        # A header that is there and one that is not, through the preprocessor.
        echo '#include <limits.h>' >conftest.$ending
        ok $CC -E conftest.$ending
        echo '#include <ac_nonexistent.h>' >conftest.$ending
        no $CC -E conftest.$ending
        # Functions in libraries: without a prototype, and one that is nowhere.
        export_c='' proto=''
        [ $ending = c ] || export_c='extern "C"' proto=void
        for f in pthread_create pthread_mutex_lock sem_wait clock_gettime malloc sin; do
            echo "$export_c char $f($proto); int main(void) { return $f(); }" >conftest.$ending
            ok $CC "${CFLAGS[@]}" -fno-builtin -o conftest conftest.$ending
        done
        echo "$export_c char nowhere($proto); int main(void) { return nowhere(); }" >conftest.$ending
        no $CC "${CFLAGS[@]}" -o conftest conftest.$ending
        # Options that are there and that are not, with warnings as errors.
        echo 'int main(void) { return 0; }' >conftest.$ending
        ok $CC -Werror "${CFLAGS[@]}" -fstack-protector-strong -fPIC -pthread -o conftest conftest.$ending
        ok $CC -Werror "${CFLAGS[@]}" -Wl,--as-needed -Wl,-z,relro -o conftest conftest.$ending
        no $CC -Werror "${CFLAGS[@]}" -fno-such-option -o conftest conftest.$ending
        # sizeof without running; thread-locals; atomics.
        echo 'int a[sizeof(long) == 8 ? 1 : -1]; int main(void) { return a[0]; }' >conftest.$ending
        ok $CC "${CFLAGS[@]}" -o conftest conftest.$ending
        echo '__thread int t; int main(void) { return __atomic_fetch_add(&t, 1, 5); }' >conftest.$ending
        ok $CC "${CFLAGS[@]}" -o conftest conftest.$ending
        ok ./conftest
    done
}

@test "CMake takes it as clang 19, for C and C++, in each generator" {
    program
    cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(example C CXX)
include(CheckFunctionExists)
include(CheckIncludeFile)
include(CheckCCompilerFlag)
find_package(Threads REQUIRED)
check_function_exists(pthread_create HAVE_CREATE)
check_function_exists(no_such_function HAVE_NOT)
check_c_compiler_flag(-Wall HAVE_WALL)
check_c_compiler_flag(-Wno-such-thing-at-all=3 HAVE_NOT_WALL)
if(NOT HAVE_CREATE OR HAVE_NOT OR NOT HAVE_WALL OR HAVE_NOT_WALL)
    message(FATAL_ERROR "checks: ${HAVE_CREATE} ${HAVE_NOT} ${HAVE_WALL} ${HAVE_NOT_WALL}")
endif()
foreach(language C CXX)
    message(STATUS "is ${CMAKE_${language}_COMPILER_ID} ${CMAKE_${language}_COMPILER_VERSION}")
endforeach()
add_library(lib SHARED two.c)
add_library(archive STATIC three.c)
add_executable(prog prog.c)
target_link_libraries(prog lib archive Threads::Threads)
add_executable(prog++ prog.cpp)
target_link_libraries(prog++ lib archive)
END
    echo 'int two; int number2(void) { return ++two; }' >two.c
    echo 'int three; int number3(void) { return ++three; }' >three.c
    for generator in Ninja "Unix Makefiles"; do
        for flavor in race tsan; do
            rm -rf build
            HEDDLE_FLAVOR=$flavor cmake -G "$generator" -S . -B build -DCMAKE_C_COMPILER=heddle-cc \
                -DCMAKE_CXX_COMPILER=heddle-c++ -DCMAKE_BUILD_TYPE=Release >log 2>&1 ||
                { cat log; return 1; }
            [ "$(grep -c '^-- is Clang 19' log)" -eq 2 ]
            HEDDLE_FLAVOR=$flavor cmake --build build >log 2>&1 || { cat log; return 1; }
            ./build/prog
            ./build/prog++
            readelf -SW build/prog | grep -q ' hd_text '
            run ! grep -q ' hd_text ' <(readelf -SW build/liblib.so)
            readelf --dyn-syms -W build/liblib.so | grep -q '__tsan_read4'
        done
    done
}

@test "make's own rules" {
    program
    echo 'prog: prog.o two.o' >Makefile
    echo 'int two;' >two.c
    make CC=heddle-cc CFLAGS="-O2 -g -Wall -Werror" LDFLAGS=-Wl,-O1 LDLIBS=-lpthread >log
    ./prog
    readelf -SW prog | grep -q ' hd_text '
}
