#!/usr/bin/env bats
# label: slow
# What a thread that is cancelled or calls pthread_exit() has to clean up on its way
# out: the same, in the same order, as without heddle.

load helper

bats_require_minimum_version 1.5.0

flavors() {
    echo "${HEDDLE_FLAVORS:-none race asan tsan}"
}

# same PROGRAM ARG...: a hunt finds nothing, and prints nothing of its own.
same() {
    split 0 "$HEDDLE" hunt --runs 40 -- "$@"
    grep -q 'no finding after 40 executions' out
    run ! grep -Eq 'BLOCKED|HANG' out
    [ ! -s err ] || { cat err; return 1; }
}

# Frames of C, with handlers that need no unwinder, between those of C++.
mixed_sources() {
    cat >frame.c <<'END'
#include <pthread.h>
#include <string.h>
static void hx(void *said) { strcat(said, "x"); }
static void hy(void *said) { strcat(said, "y"); }
void c_frame(void (*fn)(void), char *said)
{
    pthread_cleanup_push(hy, said);
    pthread_cleanup_push(hx, said);
    fn();
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
}
END
    cat >mixed.cpp <<'END'
#include <cstdio>
#include <cstring>
#include <mutex>
#include <pthread.h>
#include <unistd.h>
static char said[100];
static int how;
static std::mutex lock;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
struct Says {
    const char *text;
    explicit Says(const char *t) : text(t) {}
    ~Says() { strcat(said, text); }
};
extern "C" void c_frame(void (*fn)(), char *said);
static void give_back(void *) { pthread_mutex_unlock(&mutex); strcat(said, "u"); }
static void d(void *) { strcat(said, "d"); }
static void inner()
{
    Says a("a");
    std::lock_guard<std::mutex> guard(lock);
    if (how == 'e')
        pthread_exit(nullptr);
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(give_back, nullptr);
    for (;;)
        pthread_cond_wait(&never, &mutex);
    pthread_cleanup_pop(1);
}
static void middle()
{
    Says b("b");
    try {
        c_frame(inner, said);
    } catch (...) {
        strcat(said, "f");
        throw;
    }
}
static void *work(void *)
{
    Says c("c");
    pthread_cleanup_push(d, nullptr);
    middle();
    pthread_cleanup_pop(0);
    return nullptr;
}
int main(int, char **argv)
{
    pthread_t t;
    how = argv[1][0];
    pthread_create(&t, nullptr, work, nullptr);
    usleep(1000);
    if (how == 'c')
        pthread_cancel(t);
    pthread_join(t, nullptr);
    lock.lock();
    lock.unlock();
    const char *right = how == 'c' ? "uaxyfbdc" : "axyfbdc";
    if (strcmp(said, right) != 0)
        printf("%s, and not %s\n", said, right);
    return strcmp(said, right) != 0;
}
END
}

@test "handlers of C and destructors of C++ take turns, from the innermost on" {
    mixed_sources
    gcc -g -c frame.c -o frame.o
    g++ -g mixed.cpp frame.o -o mixed -lpthread
    for how in exit cancel; do
        ./mixed $how
        same ./mixed $how
    done
    for flavor in $(flavors); do
        "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" -g -c frame.c
        "$HEDDLE_BUILD/bin/heddle-c++" --heddle-flavor="$flavor" mixed.cpp frame.o -o mixed
        same ./mixed exit
        same ./mixed cancel
    done
}

# With -fexceptions the handlers of C are in the tables of the unwinder, too.
tables() {
    cat >tables.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
static char said[100];
static pthread_key_t key;
static void says(void *text) { strcat(said, text); }
static void leaves(const char **text) { strcat(said, *text); }
static void inner(int exits)
{
    const char *text __attribute__((cleanup(leaves))) = "a";
    pthread_cleanup_push(says, "b");
    if (exits)
        pthread_exit(NULL);
    for (;;)
        sleep(1);
    pthread_cleanup_pop(0);
}
static void *work(void *exits)
{
    const char *text __attribute__((cleanup(leaves))) = "c";
    pthread_setspecific(key, "k");
    inner(exits != NULL);
    return NULL;
}
int main(void)
{
    pthread_key_create(&key, says);
    for (int i = 0; i < 2; i++) {
        pthread_t t;
        said[0] = 0;
        pthread_create(&t, NULL, work, i ? "exit" : NULL);
        usleep(1000);
        if (i == 0)
            pthread_cancel(t);
        pthread_join(t, NULL);
        if (strcmp(said, "back") != 0)
            return 1;
    }
    return 0;
}
END
}

@test "handlers of C with -fexceptions; a program that has the unwinder in it" {
    tables
    gcc -fexceptions tables.c -o tables -lpthread
    ./tables
    same ./tables
    for flavor in $(flavors); do
        "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" -fexceptions tables.c -o tables
        same ./tables
    done
    for flavor in none race; do
        HEDDLE_CC=gcc "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor=$flavor -fexceptions \
            -static-libgcc tables.c -o tables
        same ./tables
    done
}

@test "what main() has on its stack is destroyed when it leaves with pthread_exit()" {
    cat >leaves.cpp <<'END'
#include <cstdlib>
#include <pthread.h>
#include <semaphore.h>
static sem_t gone;
struct Tells {
    ~Tells() { sem_post(&gone); }
};
static void *waits(void *)
{
    sem_wait(&gone);
    sem_wait(&gone);
    std::exit(7);
}
int main()
{
    pthread_t t;
    Tells here;
    static thread_local Tells local;
    (void)&local;
    sem_init(&gone, 0, 0);
    pthread_create(&t, nullptr, waits, nullptr);
    pthread_exit(nullptr);
}
END
    for flavor in $(flavors); do
        "$HEDDLE_BUILD/bin/heddle-c++" --heddle-flavor="$flavor" leaves.cpp -o leaves
        split 0 "$HEDDLE" hunt --runs 20 --expect-exit 7 -- ./leaves
    done
}

@test "a frame that keeps the exception, and one that lets none pass, end the process" {
    cat >keeps.cpp <<'END'
#include <cstring>
#include <pthread.h>
static void leaves() { pthread_exit(nullptr); }
static void lets_none_pass() noexcept { leaves(); }
static void *work(void *how)
{
    if (how == nullptr) {
        lets_none_pass();
        return nullptr;
    }
    try {
        leaves();
    } catch (...) {
    }
    return nullptr;
}
int main(int argc, char **)
{
    pthread_t t;
    pthread_create(&t, nullptr, work, argc > 1 ? &t : nullptr);
    pthread_join(t, nullptr);
}
END
    for flavor in $(flavors); do
        "$HEDDLE_BUILD/bin/heddle-c++" --heddle-flavor="$flavor" keeps.cpp -o keeps
        split 1 "$HEDDLE" hunt -- ./keeps keeps
        grep -q '^assertion: main.1: abort() was called' out
        grep -q 'FATAL: exception not rethrown' out
        split 1 "$HEDDLE" hunt -- ./keeps
        grep -q '^assertion: main.1: abort() was called' out
        grep -q 'terminate called without an active exception' out
    done
}

@test "exceptions that nobody catches are told apart, with the place of the throw" {
    cat >throws.cpp <<'END'
#include <cstdlib>
#include <stdexcept>
#include <thread>
namespace app {
struct Empty : std::runtime_error {
    using std::runtime_error::runtime_error;
};
}
static void take(int how)
{
    if (how == 0)
        throw app::Empty("nothing there");
    throw how;
}
static void forgets() { std::thread never_joined([] {}); }
int main(int, char **argv)
{
    int how = std::atoi(argv[1]);
    std::thread t([=] { how == 2 ? forgets() : take(how); });
    t.join();
}
END
    g++ -g throws.cpp -o throws -lpthread
    for flavor in plain $(flavors); do
        if [ "$flavor" != plain ]; then
            "$HEDDLE_BUILD/bin/heddle-c++" --heddle-flavor="$flavor" throws.cpp -o throws
        fi
        split 1 "$HEDDLE" hunt -- ./throws 0
        grep -q 'signature: assertion: _ZL4takei assert abort() was called after throwing app::Empty$' out
        split 1 "$HEDDLE" hunt -- ./throws 1
        grep -q 'signature: assertion: _ZL4takei assert abort() was called after throwing int$' out
        split 1 "$HEDDLE" hunt -- ./throws 2
        grep -q 'signature: assertion: .*~\?thread.* assert abort() was called$' out
        grep -q 'forgets' out
    done
}

@test "on the fibers of a fuzz target" {
    cat >fuzzed.cpp <<'END'
#include <cstdlib>
#include <cstring>
#include <heddle/fuzz.h>
#include <mutex>
#include <pthread.h>
static std::mutex lock;
static char said[10];
struct Says {
    const char *text;
    ~Says() { strcat(said, text); }
};
static void *work(void *cancelled)
{
    Says a{"a"};
    std::lock_guard<std::mutex> guard(lock);
    try {
        Says b{"b"};
        if (cancelled == nullptr)
            pthread_exit(nullptr);
        for (;;)
            pthread_testcancel();
    } catch (...) {
        strcat(said, "c");
        throw;
    }
}
static void target(const uint8_t *, size_t)
{
    for (void *how : {(void *)nullptr, (void *)said}) {
        pthread_t t;
        said[0] = 0;
        pthread_create(&t, nullptr, work, how);
        if (how != nullptr)
            pthread_cancel(t);
        pthread_join(t, nullptr);
        if (strcmp(said, "bca") != 0)
            std::abort();
        lock.lock();
        lock.unlock();
    }
}
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return hd_fuzz_data(target, data, size);
}
END
    for flavor in race asan tsan; do
        [[ " $(flavors) " == *" $flavor "* ]] || continue
        "$HEDDLE_BUILD/bin/heddle-c++" --heddle-flavor=$flavor -fsanitize=fuzzer \
            fuzzed.cpp -o fuzzed
        ./fuzzed -runs=300 >out 2>&1 || { cat out; return 1; }
    done
}
