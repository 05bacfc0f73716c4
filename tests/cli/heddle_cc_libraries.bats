#!/usr/bin/env bats
# Shared libraries and static ones, compiled by heddle-cc, and what becomes of them in
# programs.
# label: slow

bats_require_minimum_version 1.5.0
load helper
load cc_helper

# A library with threads, a global, an atomic, a thread-local, C11's locks and strings
# of its own, and two programs that have nothing of the kind: one linked with it, one
# that loads it.
sources() {
    cat >lib.c <<'END'
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <threads.h>
int total;
static atomic_int hits;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static mtx_t c11;
static _Thread_local int mine;
static char text[64];
static void *work(void *arg)
{
    for (int i = 0; i < 50; i++) {
        mine++;
        hits++;
        pthread_mutex_lock(&m);
        total++;
        pthread_mutex_unlock(&m);
    }
    if (mine != 50)
        total += 1000;
    return arg;
}
int run(const char *name)
{
    pthread_t t[2];
    mtx_init(&c11, mtx_plain);
    mtx_lock(&c11);
    memcpy(text, name, strlen(name) + 1);
    mtx_unlock(&c11);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    return hits == 100 && strcmp(text, name) == 0 ? total : -1;
}
END
    cat >linked.c <<'END'
#include <stdio.h>
int run(const char *name);
int main(int argc, char **argv)
{
    return argc == 1 && printf("%d\n", run(argv[0])) == 4 ? 0 : 1;
}
END
    cat >loads.c <<'END'
#include <dlfcn.h>
#include <stdio.h>
int main(int argc, char **argv)
{
    void *library = dlopen("./liblib.so", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL || argc != 1) {
        puts(dlerror());
        return 1;
    }
    int (*run)(const char *) = (int (*)(const char *))dlsym(library, "run");
    return printf("%d\n", run(argv[0])) == 4 ? 0 : 1;
}
END
}

# bound_to_program PROGRAM FUNCTION...: the library's calls go to the program's.
bound_to_program() {
    local program=$1 name
    shift
    # shellcheck disable=SC2094 # two files
    LD_DEBUG=bindings "./$program" >/dev/null 2>bindings
    for name; do
        grep -qE "binding file .*/liblib.so \[0\] to ./$program \[0\]: normal symbol .$name'" \
            bindings || { echo "$program: $name"; grep "liblib.so.*$name'" bindings; return 1; }
    done
}

@test "a shared library, linked and loaded, is under heddle in each flavor" {
    sources
    for flavor in none race asan tsan; do
        for linker in lld bfd; do
            case $flavor in
            none) points=() ;;
            race | asan) points=(__tsan_read4 __tsan_atomic32_fetch_add __wrap_strlen) ;;
            tsan) points=(__wrap___tsan_read4 __wrap___tsan_atomic32_fetch_add __wrap_strlen) ;;
            esac
            cc -fuse-ld=$linker -O2 -Wall -Werror -shared -fPIC lib.c -o liblib.so
            run ! grep -qE ' hd_text | hd__program_begin' <(readelf -SsW liblib.so)
            run ! grep -qE 'NEEDED.*san' <(readelf -dW liblib.so)
            cc -fuse-ld=$linker linked.c -L. -llib -Wl,-rpath,. -o linked
            cc -fuse-ld=$linker loads.c -o loads
            for program in linked loads; do
                [ "$("./$program")" = 100 ]
                bound_to_program $program pthread_mutex_lock pthread_create mtx_lock "${points[@]}"
            done
        done
    done
}

@test "a shared library in two steps, and with what projects add to find mistakes" {
    sources
    for flavor in none race asan tsan; do
        cc -fPIC -c lib.c -o lib.o
        cc -shared lib.o -Wl,--no-undefined -Wl,-z,defs -Wl,-soname,liblib.so -o liblib.so
        cc loads.c -o loads
        [ "$(./loads)" = 100 ]
    done
    # libtool links C++ libraries like this.
    flavor=tsan
    cxx -shared -nostdlib lib.o -lc -o liblib.so
    cc loads.c -o loads
    [ "$(./loads)" = 100 ]
    bound_to_program loads __wrap___tsan_read4
}

@test "a shared library of C++" {
    cat >lib.cpp <<'END'
#include <mutex>
#include <thread>
#include <vector>
static std::mutex m;
static std::vector<int> all;
extern "C" int run(const char *)
{
    auto f = [] {
        for (int i = 0; i < 50; i++) {
            std::lock_guard<std::mutex> held(m);
            all.push_back(i);
        }
    };
    std::thread a(f), b(f);
    a.join();
    b.join();
    return (int)all.size();
}
END
    sources
    for flavor in none race asan tsan; do
        cxx -Werror -shared -fPIC lib.cpp -o liblib.so
        # The program is C: what C++ needs comes with the library, UBSan's part of it not.
        cxx -x c++ loads.c -o loads
        [ "$(./loads)" = 100 ]
        bound_to_program loads pthread_mutex_lock
        grep -q 'binding file .*/libstdc++.so.6 .* to ./loads .*pthread_create' bindings
    done
}

@test "a static library needs nothing of its own" {
    sources
    for flavor in none race asan tsan; do
        cc -c lib.c
        rm -f liblib.a
        ar rcs liblib.a lib.o
        cc linked.c liblib.a -o linked
        [ "$(./linked)" = 100 ]
        cc linked.c -L. -l lib -o linked
        [ "$(./linked)" = 100 ]
    done
}

# A race on a global of the library, in threads that it starts itself.
@test "a race inside a shared library is found, named, and the same in each process" {
    cat >lib.c <<'END'
#include <pthread.h>
static int hidden[4];
static void touch(void)
{
    int seen = hidden[2];
    hidden[2] = seen + 1;
}
static void *work(void *arg)
{
    touch();
    return arg;
}
int run(const char *name)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, work, NULL);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    return name ? 100 : hidden[2];
}
END
    mv lib.c racy.c
    sources
    for flavor in race asan tsan; do
        cc -g -shared -fPIC racy.c -o liblib.so
        cc linked.c -L. -llib -Wl,-rpath,. -o linked
        cc loads.c -o loads
        for program in linked loads; do
            split 1 "$HEDDLE" hunt --runs 100 --out found -- ./$program
            grep -q '^  signature: data-race: touch read global hidden; touch write global hidden$' out
            run ! grep -q nondeterminism out
            grep -qE '^    #0 touch .*racy.c:5$' out
            grep -qE '^    #1 work .*racy.c:10$' out
            split 1 "$HEDDLE" replay found/$program-$flavor.sched -- ./$program
            grep -q '^same signature, same trace hash$' out
        done
    done
}

# libstdc++ calls pthread_create() and pthread_join() for it.
@test "the threads of C++ are the same in each process" {
    cat >prog.cpp <<'END'
#include <cassert>
#include <mutex>
#include <thread>
static std::mutex m;
static int x;
static void add()
{
    m.lock();
    int seen = x;
    m.unlock();
    m.lock();
    x = seen + 1;
    m.unlock();
}
int main()
{
    std::thread a(add), b(add);
    a.join();
    b.join();
    assert(x == 2);
}
END
    for flavor in none race asan tsan; do
        cxx -g prog.cpp -o prog
        split 1 "$HEDDLE" hunt --runs 500 --out found -- ./prog
        grep -q '^  signature: assertion: main assert x == 2$' out
        run ! grep -q nondeterminism out
    done
}
