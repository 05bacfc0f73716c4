#!/usr/bin/env bats
# label: slow
# Signals between the threads of a program.  Programs that are right or wrong by the
# schedule are in tests/programs/real; here is what is said, and what comes from
# elsewhere.

load helper

bats_require_minimum_version 1.5.0

flavors() {
    echo "${HEDDLE_FLAVORS:-none race asan tsan}"
}

# source_of NAME: of tests/programs.
source_of() {
    echo "${HEDDLE_SOURCE:-$BATS_TEST_DIRNAME/../..}/tests/programs/$1.c"
}

# build NAME FLAVOR [SOURCE]: a source of tests/programs, or the program on standard
# input.
build() {
    local source=${3:+$(source_of "$3")}
    if [ -z "$source" ]; then
        source=$1.c
        { cat <<'END'
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int handled;
__attribute__((unused)) static void on_signal(int sig)
{
    handled = sig;
}
__attribute__((unused)) static void *nothing(void *arg)
{
    return arg;
}
__attribute__((unused)) static sigset_t blocked(int sig)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, sig);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    return set;
}
END
            cat
        } >"$source"
    fi
    "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$2" -g -o "$1" "$source"
}

# right RUNS NAME...: nothing is found in it, every execution comes to its end, and
# nothing is said.
right() {
    split 0 "$HEDDLE" hunt --runs "$1" -- "./$2"
    grep -q "no finding after $1 executions" out
    run ! grep -Eq 'BLOCKED|HANG|out of steps' out
    [ ! -s err ] || { cat err; return 1; }
}

# as_in_life NAME: a program of tests/programs/odd, which checks all by itself, says
# yes without heddle and in each flavor.
as_in_life() {
    local flavor
    cc -g -pthread -o life "$(source_of "odd/$1")"
    ./life
    for flavor in $(flavors); do
        build "$1" "$flavor" "odd/$1"
        right 100 "$1"
    done
}

@test "what a handler ends, and what goes on after it, is as in life" {
    as_in_life signal_waits
}

@test "masks, queues, flags and ways out of handlers are as in life" {
    as_in_life signal_delivery
}

@test "a handler that a thread's own signal calls is nothing to be named" {
    local flavor
    for flavor in $(flavors); do
        build handler "$flavor" odd/signal_handler
        right 20 handler
    done
}

@test "a signal's way is in the trace: it replays, and is explained" {
    local flavor name file
    for flavor in $(flavors); do
        for name in missed_before_pause interrupted_wait jumps_out_of_lock; do
            build "$name" "$flavor" "real/$name"
            split 1 "$HEDDLE" hunt --out found -- "./$name"
            file=$(echo found/*.sched)
            split 1 "$HEDDLE" replay "$file" --times 100 -- "./$name"
            grep -q '^100 of 100 replays .* same signature, same trace hash$' out
            rm -r found
        done
    done
    split 1 "$HEDDLE" hunt --out found -- ./missed_before_pause
    file=$(echo found/*.sched)
    split 1 "$HEDDLE" explain "$file" -- ./missed_before_pause
    grep -q 'sends SIGUSR1 to main.1' out
    grep -q 'handles SIGUSR1' out
    grep -q 'signal-wait signal #1' out
}

@test "one that nobody handles ends the process where it is sent" {
    local flavor
    for flavor in $(flavors); do
        build dies "$flavor" <<'END'
static sem_t never;
static void *waits(void *arg)
{
    sem_wait(&never);
    return arg;
}
int main(void)
{
    pthread_t t;
    sem_init(&never, 0, 0);
    pthread_create(&t, NULL, waits, NULL);
    pthread_kill(t, SIGUSR2);
    pthread_join(t, NULL);
    return 0;
}
END
        split 1 "$HEDDLE" hunt -- ./dies
        grep -q '^assertion: the process died of signal 12 (User defined signal 2)$' out
    done
}

@test "a signal that is blocked is read from a signalfd" {
    local flavor
    for flavor in $(flavors); do
        build reads "$flavor" <<'END'
static void *sends(void *arg)
{
    kill(getpid(), SIGUSR1);
    return arg;
}
int main(void)
{
    struct signalfd_siginfo info;
    pthread_t t;
    sigset_t set = blocked(SIGUSR1);
    int fd = signalfd(-1, &set, 0);
    pthread_create(&t, NULL, sends, NULL);
    struct pollfd p = {fd, POLLIN, 0};
    if (poll(&p, 1, -1) != 1 || read(fd, &info, sizeof info) != sizeof info)
        return 1;
    pthread_join(t, NULL);
    return info.ssi_signo == SIGUSR1 ? 0 : 2;
}
END
        right 50 reads
    done
}

@test "what is pending when the first thread is made stays so" {
    build pending none <<'END'
int main(void)
{
    pthread_t t;
    int sig;
    sigset_t set = blocked(SIGUSR1);
    raise(SIGUSR1);
    pthread_create(&t, NULL, nothing, NULL);
    pthread_join(t, NULL);
    return sigwait(&set, &sig) == 0 && sig == SIGUSR1 ? 0 : 1;
}
END
    right 20 pending
}

@test "a timer's signal comes in real time, and is named" {
    build timer none <<'END'
int main(void)
{
    struct itimerval soon = {{0, 0}, {0, 20000}};
    pthread_t t;
    signal(SIGALRM, on_signal);
    pthread_create(&t, NULL, nothing, NULL);
    pthread_join(t, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    if (pause() != -1 || errno != EINTR || handled != SIGALRM)
        return 1;
    sigset_t set = blocked(SIGALRM);
    setitimer(ITIMER_REAL, &soon, NULL);
    return sigwaitinfo(&set, NULL) == SIGALRM ? 0 : 2;
}
END
    split 0 "$HEDDLE" hunt --runs 5 -- ./timer
    grep -q 'no finding after 5 executions' out
    for call in setitimer sigaction pause sigwaitinfo; do
        grep -q "$call is not controlled" err
    done
    [ "$(wc -l <err)" -eq 4 ]
}

@test "a signal that people send is waited for, and is no deadlock" {
    build server none <<'END'
int main(void)
{
    pthread_t t;
    int sig;
    sigset_t set = blocked(SIGTERM);
    pthread_create(&t, NULL, nothing, NULL);
    pthread_join(t, NULL);
    return sigwait(&set, &sig);
}
END
    split 0 "$HEDDLE" hunt --runs 100 -- ./server
    grep -q 'no finding after 1 executions .*BLOCKED in sigwait' out
    grep -q 'sigwait is not controlled' err
}

@test "a signal that a thread has taken before is a deadlock for who waits" {
    local flavor
    for flavor in $(flavors); do
        build twice "$flavor" <<'END'
static sigset_t set;
static void *takes(void *arg)
{
    int sig;
    sigwait(&set, &sig);
    return arg;
}
int main(void)
{
    pthread_t a, b;
    set = blocked(SIGTERM);
    pthread_create(&a, NULL, takes, NULL);
    pthread_create(&b, NULL, takes, NULL);
    pthread_kill(a, SIGTERM);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return 0;
}
END
        split 1 "$HEDDLE" hunt -- ./twice
        grep -q '^deadlock: .*main.2 in signal-wait on signal #1 (none that it waits for was sent)' out
    done
}
