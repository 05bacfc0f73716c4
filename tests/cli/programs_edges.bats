#!/usr/bin/env bats
# label: slow
# Programs that are right and do what few do: nothing may be found, and nothing may
# break; and some that are wrong in ways that are easily lost.

load helper

bats_require_minimum_version 1.5.0

# build NAME FLAVOR: the program on standard input, behind a common beginning.
build() {
    { cat <<'END'
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int count;

static void *work(void *arg)
{
    for (int i = 0; i < 3; i++) {
        pthread_mutex_lock(&lock);
        count++;
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

__attribute__((unused)) static void two(void *(*fn)(void *))
{
    pthread_t a, b;
    pthread_create(&a, NULL, fn, NULL);
    pthread_create(&b, NULL, fn, NULL);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
}
END
        cat
    } >"$1.c"
    "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$2" -g -o "$1" "$1.c"
}

flavors() {
    echo "${HEDDLE_FLAVORS:-none race asan tsan}"
}

# right NAME [RUNS]: a hunt finds nothing in the program on standard input, in any
# flavor, and every execution comes to its end.
right() {
    cat >source
    for flavor in $(flavors); do
        build "$1" "$flavor" <source
        split 0 "$HEDDLE" hunt --runs "${2:-20}" --flavor "$flavor" -- "./$1"
        grep -q "no finding after ${2:-20} executions" out
        run ! grep -Eq 'BLOCKED|HANG' out
    done
}

@test "a program closes all descriptors that there may be" {
    right closes <<'END'
int main(void)
{
    for (int fd = 0; fd < 2000; fd++)
        close(fd);
    two(work);
    close_range(3, ~0u, 0);
    two(work);
    closefrom(200);
    two(work);
    return count == 18 ? 0 : 1;
}
END
    build closed none <<'END'
int main(void)
{
    for (int fd = 3; fd < 2000; fd++)
        close(fd);
    two(work);
    return close(240) == -1 && errno == EBADF ? 5 : 6;
}
END
    split 1 "$HEDDLE" hunt -- ./closed
    grep -q '^assertion: main: the program ended with exit status 5$' out
}

@test "a thread has the stack that it asks for, or libc's default" {
    right stacks 5 <<'END'
static void *deep(void *arg)
{
    volatile char big[6 << 20];
    for (size_t i = 0; i < sizeof big; i += 4096)
        big[i] = 1;
    return work(arg);
}
int main(void)
{
    two(deep);
    return 0;
}
END
}

@test "the system has no more threads" {
    # The detectors need memory of their own, so only without one.
    build many none <<'END'
int main(void)
{
    struct rlimit limit;
    pthread_t thread[300];
    int n = 0, error = 0;
    getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = 1ul << 30;
    setrlimit(RLIMIT_AS, &limit);
    while (n < 300 && (error = pthread_create(&thread[n], NULL, work, NULL)) == 0)
        n++;
    for (int i = 0; i < n; i++)
        pthread_join(thread[i], NULL);
    return error == EAGAIN && count == 3 * n ? 0 : 1;
}
END
    split 0 "$HEDDLE" hunt --runs 20 -- ./many
}

@test "heddle's own error is none of the program" {
    # The race detector wants memory, and the program has taken care that there is none.
    build starved race <<'END'
static char big[64 << 20];
static void *touch(void *arg)
{
    for (size_t i = 0; i < sizeof big; i += 4096)
        big[i] = 1;
    return arg;
}
int main(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    pthread_t thread;
    if (f == NULL || fscanf(f, "%lu", &pages) != 1)
        return 2;
    fclose(f);
    pthread_create(&thread, NULL, touch, NULL);
    struct rlimit limit = {(pages + 4096) * 4096, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &limit);
    pthread_join(thread, NULL);
    return 0;
}
END
    for command in hunt verify; do
        split 4 "$HEDDLE" $command --runs 20 -- ./starved
        grep -q '^heddle .*: no memory for the race detector (. slabs)$' err
        [ "$(wc -l <err)" -eq 1 ]
        run ! grep -q 'signature' out
        [ ! -e schedules ]
    done
}

@test "quick_exit() runs its handlers and no others" {
    right quick <<'END'
static void on_quick_exit(void)
{
    pthread_mutex_lock(&lock);
    count++;
    pthread_mutex_unlock(&lock);
    if (count != 7)
        _Exit(2);
}
static void on_exit_only(void)
{
    _Exit(3);
}
int main(void)
{
    at_quick_exit(on_quick_exit);
    atexit(on_exit_only);
    two(work);
    quick_exit(0);
}
END
    build quicker none <<'END'
int main(void)
{
    two(work);
    quick_exit(4);
}
END
    split 1 "$HEDDLE" hunt -- ./quicker
    grep -q '^assertion: main: the program ended with exit status 4$' out
}

@test "threads take turns at a FILE" {
    right turns <<'END'
static void *print(void *arg)
{
    for (int i = 0; i < 2; i++) {
        flockfile(stdout);
        flockfile(stdout);
        work(NULL);
        printf("one ");
        funlockfile(stdout);
        printf("line\n");
        funlockfile(stdout);
    }
    return arg;
}
int main(void)
{
    two(print);
    printf("the end\n");
    return count == 12 ? 0 : 1;
}
END
    build leaves none <<'END'
static void *keeps(void *arg)
{
    flockfile(stderr);
    sleep(1000);
    return arg;
}
int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, keeps, NULL);
    usleep(100);
    printf("leaves\n");
    return 0;
}
END
    split 0 "$HEDDLE" hunt --runs 20 -- ./leaves
    run ! grep -q BLOCKED out
}

@test "handlers of signals run in threads that have no control" {
    right children 10 <<'END'
static volatile int reaped;
static void on_child(int sig)
{
    int saved = errno;
    (void)sig;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        reaped++;
    errno = saved;
}
static void *much(void *arg)
{
    for (int i = 0; i < 100; i++)
        work(NULL);
    return arg;
}
int main(void)
{
    pthread_t a, b;
    struct sigaction old;
    signal(SIGCHLD, on_child);
    if (sigaction(SIGCHLD, NULL, &old) != 0 || old.sa_handler != on_child)
        return 2;
    pthread_create(&a, NULL, much, NULL);
    pthread_create(&b, NULL, much, NULL);
    for (int i = 0; i < 5; i++)
        if (fork() == 0)
            _exit(0);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    return count == 600 ? 0 : 1;
}
END
}

@test "a signal that a thread raises is handled in the task" {
    right raises <<'END'
static void on_signal(int sig, siginfo_t *info, void *context)
{
    (void)context;
    if (info->si_signo == sig)
        work(NULL);
}
int main(void)
{
    struct sigaction now = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &now, NULL);
    two(work);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    pthread_kill(pthread_self(), SIGUSR1);
    return count == 15 ? 0 : 1;
}
END
}

@test "what waits for a signal's handler is no deadlock" {
    build handler none <<'END'
static sem_t ready;
static void on_alarm(int sig)
{
    (void)sig;
    sem_post(&ready);
}
static void *wait_for_it(void *arg)
{
    sem_wait(&ready);
    return arg;
}
int main(void)
{
    struct itimerval soon = {{0, 0}, {0, 200000}};
    sem_init(&ready, 0, 0);
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_it, NULL);
    pthread_join(thread, NULL);
    return 0;
}
END
    split 0 "$HEDDLE" hunt --runs 5 -- ./handler
    grep -q 'BLOCKED' out
}

@test "a program that stops itself does not stop the hunt" {
    build stops none <<'END'
int main(void)
{
    two(work);
    raise(SIGSTOP);
    return 0;
}
END
    split 0 "$HEDDLE" hunt --runs 200 -- ./stops
    grep -q 'no finding after 1 executions .*BLOCKED' out
}

@test "a child's output is all there, and no child is left behind" {
    right child <<'END'
int main(void)
{
    int ends[2];
    char text[8] = "";
    two(work);
    if (pipe(ends) != 0)
        return 2;
    if (fork() == 0) {
        FILE *f = fdopen(ends[1], "w");
        fprintf(f, "all");
        exit(0);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], text, sizeof text - 1);
    wait(NULL);
    return n == 3 && strcmp(text, "all") == 0 ? 0 : 1;
}
END
    build orphan none <<'END'
int main(void)
{
    two(work);
    if (fork() == 0) {
        setsid();
        execlp("sleep", "sleep", "98765", (char *)NULL);
        _exit(1);
    }
    return 0;
}
END
    split 0 "$HEDDLE" hunt --runs 10 -- ./orphan
    run ! pgrep -fx 'sleep 98765'
}

@test "a crash has a place: signals blocked, or before the first thread" {
    build blocked none <<'END'
static void *crash(void *arg)
{
    *(volatile int *)8 = 1;
    return arg;
}
int main(void)
{
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    two(crash);
    return 0;
}
END
    split 1 "$HEDDLE" hunt -- ./blocked
    grep -q '^  signature: memory-error: crash access through a null pointer$' out
    build early none <<'END'
int main(void)
{
    *(volatile int *)8 = 1;
    two(work);
    return 0;
}
END
    split 1 "$HEDDLE" hunt -- ./early
    grep -q '^  signature: memory-error: main access through a null pointer$' out
}

@test "a signal that somebody sends is no error of memory" {
    build signalled none <<'END'
int main(void)
{
    two(work);
    raise(SIGTERM);
    return 0;
}
END
    split 1 "$HEDDLE" hunt -- ./signalled
    grep -q '^  signature: assertion: ? SIGTERM$' out
}

@test "a program that is killed from outside is no finding" {
    # By a process of its own, which is outside as well, and always there in time.
    build killed none <<'END'
int main(void)
{
    two(work);
    if (fork() == 0) {
        kill(getppid(), SIGKILL);
        _exit(0);
    }
    for (;;)
        pause();
}
END
    build killed_early none <<'END'
int main(void)
{
    if (fork() == 0) {
        kill(getppid(), SIGKILL);
        _exit(0);
    }
    for (;;)
        pause();
}
END
    for program in killed killed_early; do
        split 4 "$HEDDLE" hunt -- ./$program
        grep -q '^heddle hunt: .* the program was killed (signal 9): by hand, ' err
        [ "$(grep -c '^heddle hunt: ' err)" -eq 1 ]
        run ! grep -q signature out
        [ ! -e schedules ]
    done
}

@test "a program that kills itself is a finding" {
    for way in 'raise(SIGKILL)' 'kill(getpid(), SIGKILL)' \
        'pthread_kill(pthread_self(), SIGKILL)' \
        'sigqueue(getpid(), SIGKILL, (union sigval){0}); pause()' \
        'syscall(SYS_tgkill, getpid(), gettid(), SIGKILL)'; do
        build suicide none <<END
#include <sys/syscall.h>
int main(void)
{
    two(work);
    $way;
    return 0;
}
END
        split 1 "$HEDDLE" hunt -- ./suicide
        grep -q '^  signature: assertion: ? SIGKILL$' out
    done
}

@test "output with null bytes is shown" {
    build nulls none <<'END'
int main(void)
{
    two(work);
    fwrite("one\0two\n", 1, 8, stdout);
    return 1;
}
END
    split 1 "$HEDDLE" hunt -- ./nulls
    grep -q '^    one.two$' out
}

# Under ASan a thread that begins may have the stacks of one that ended.
@test "stacks that are used again are no race" {
    right again 200 <<'END'
static void put(int *to)
{
    *to = 1;
}
static void *use(void *arg)
{
    int mine = 0;
    put(&mine);
    work(NULL);
    put(&mine);
    return arg;
}
int main(void)
{
    two(use);
    two(use);
    return count == 12 ? 0 : 1;
}
END
}

@test "names of libc's that a program has for something else" {
    # A call of heddle's own that came there would be the end.
    names='signal sigaction sigprocmask sigtimedwait kill raise write read poll usleep
        index dump error log send recv wait waitpid time open close stat fstat access
        unlink rename remove link qsort select accept connect bind listen fork pipe
        pipe2 sleep getpid lseek dup2 mkdir syscall prctl fcntl clock readlink
        ftruncate pread pwrite pause alarm'
    for name in $names; do
        echo "long $name(void *, ...);"
        echo "long $name(void *a, ...) { (void)a; calls++; __builtin_trap(); }"
    done | sed '1i int calls;' >own.c
    cat >names.c <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int next;
extern int calls;
static void *work(void *arg)
{
    pthread_mutex_lock(&lock);
    *(int *)arg = ++next;
    pthread_mutex_unlock(&lock);
    return arg;
}
int main(int argc, char **argv)
{
    pthread_t a, b;
    int first = 0, second = 0;
    pthread_create(&a, NULL, work, &first);
    pthread_create(&b, NULL, work, &second);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    printf("%d before %d\n", first, second);
    if (argc > 1 && strcmp(argv[1], "crash") == 0 && first > second)
        *(volatile int *)8 = 1;
    if (argc > 1 && strcmp(argv[1], "abort") == 0 && first > second)
        abort();
    return first < second ? calls : 3;
}
END
    for flavor in $(flavors) plain; do
        if [ "$flavor" = plain ]; then
            cc -g -w -fno-builtin -rdynamic -o names names.c own.c -lpthread
        else
            "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" -g -w -fno-builtin \
                -o names names.c own.c
        fi
        flavor=${flavor/plain/none}
        split 1 "$HEDDLE" hunt --flavor "$flavor" -- ./names
        grep -q '^assertion: main: the program ended with exit status 3$' out
        grep -q '^    2 before 1$' out
        split 1 "$HEDDLE" replay "schedules/names-$flavor.sched" --times 3 -- ./names
        split 1 "$HEDDLE" hunt --flavor "$flavor" -- ./names crash
        grep -q '^  signature: memory-error: main access through a null pointer$' out
        split 1 "$HEDDLE" hunt --flavor "$flavor" -- ./names abort
        grep -q '^assertion: main: abort() was called$' out
        rm -r schedules
    done
}

@test "a static program is refused" {
    echo 'int main(void) { return 0; }' >still.c
    cc -static -o still still.c
    refuses hunt -- ./still
    grep -q 'is linked statically' err
}

@test "gcc's link-time optimization" {
    echo 'int main(void) { return 0; }' >lto.c
    for flavor in none race; do
        HEDDLE_CC=gcc "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor=$flavor -flto \
            -o lto lto.c
        split 0 "$HEDDLE" hunt --flavor $flavor -- ./lto
    done
}

@test "a thread runs on the stack that the program gives it" {
    cat >source <<'END'
static char *stack;
static size_t size;
static int there;
static void *where(void *arg)
{
    pthread_attr_t attr;
    void *low;
    size_t room;
    char here;
    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &low, &room);
    pthread_attr_destroy(&attr);
    if (&here < (char *)low || &here >= (char *)low + room)
        abort();
    there += (char *)low == stack && room == size;
    pthread_cleanup_push(free, NULL);
    if (arg != NULL)
        pthread_exit(NULL);
    pthread_cleanup_pop(1);
    return work(arg);
}
int main(int argc, char **argv)
{
    size = (size_t)atoi(argv[argc - 1]) << 10;
    for (int i = 0; i < 4; i++) {
        pthread_attr_t attr;
        pthread_t a, b;
        if (i % 2 == 0)
            stack = aligned_alloc(4096, size);
        memset(stack, 0x55, size);
        pthread_attr_init(&attr);
        pthread_attr_setstack(&attr, stack, size);
        pthread_create(&a, &attr, where, i == 1 ? &attr : NULL);
        pthread_create(&b, NULL, work, NULL);
        pthread_join(a, NULL);
        pthread_join(b, NULL);
        memset(stack, 0, size);
        pthread_attr_destroy(&attr);
        if (i % 2 == 1)
            free(stack);
    }
    pid_t child = fork(); /* libc looks through the stacks that it knows of */
    if (child == 0)
        _exit(0);
    waitpid(child, NULL, 0);
    return there == (size >= 256 << 10 ? 4 : 0) ? 0 : 1;
}
END
    for flavor in $(flavors); do
        build given "$flavor" <source
        split 0 "$HEDDLE" hunt --runs 50 -- ./given 512
        grep -q 'no finding after 50 executions' out
        run ! grep -q 'setstack' err
        split 0 "$HEDDLE" hunt --runs 50 -- ./given 64
        grep -q 'no finding after 50 executions' out
        [ "$(grep -c 'pthread_attr_setstack is not controlled' err)" -eq 1 ]
    done
}

@test "a FIFO is opened by two threads, and by another process" {
    cat >source <<'END'
#include <fcntl.h>
#include <sys/stat.h>
static const char *path = "fifo";
static void *reads(void *arg)
{
    char c = 0;
    int fd = open(path, O_RDONLY);
    if (fd < 0 || (fcntl(fd, F_GETFL) & O_NONBLOCK) || read(fd, &c, 1) != 1 ||
        c != 'a' || read(fd, &c, 1) != 0)
        abort();
    close(fd);
    return arg;
}
static void *writes(void *arg)
{
    int fd = openat(AT_FDCWD, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || (fcntl(fd, F_GETFL) & O_NONBLOCK) || write(fd, "a", 1) != 1)
        abort();
    close(fd);
    return arg;
}
int main(int argc, char **argv)
{
    pthread_t r, w;
    if (argc > 1)
        path = argv[1];
    else if (unlink(path), mkfifo(path, 0600) != 0)
        return 1;
    pthread_create(&r, NULL, reads, NULL);
    if (argc == 1) {
        pthread_create(&w, NULL, writes, NULL);
        pthread_join(w, NULL);
    }
    pthread_join(r, NULL);
    return 0;
}
END
    mkfifo known
    for flavor in $(flavors); do
        build two_ends "$flavor" <source
        split 0 "$HEDDLE" hunt -j 1 --runs 50 -- ./two_ends
        grep -q 'no finding after 50 executions' out
        [ ! -s err ] || { cat err; return 1; }
        printf a >known &
        split 0 "$HEDDLE" hunt -j 1 --runs 1 -- ./two_ends known
        wait
    done
}

@test "handlers of pthread_atfork() hear of the program's forks, in order, and of no others" {
    cat >source <<'END'
static char said[20];
static void p1(void) { strcat(said, "p"); }
static void p2(void) { strcat(said, "q"); }
static void a1(void) { strcat(said, "a"); }
static void c2(void) { strcat(said, "c"); }
int main(void)
{
    int status = 0;
    pthread_atfork(p1, a1, NULL);
    pthread_atfork(p2, NULL, c2);
    two(work);
    if (said[0] != 0)
        return 2;
    pid_t child = fork();
    if (child == 0)
        _exit(strcmp(said, "qpc") == 0 ? 7 : 8);
    waitpid(child, &status, 0);
    return WEXITSTATUS(status) == 7 && strcmp(said, "qpa") == 0 ? 0 : 1;
}
END
    for flavor in $(flavors); do
        build handlers "$flavor" <source
        ./handlers
        split 0 "$HEDDLE" hunt --runs 50 -- ./handlers
        grep -q 'no finding after 50 executions' out
    done
}

@test "a child process has threads of its own" {
    cat >source <<'END'
static void *forks(void *arg)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        count = 0;
        two(work);
        exit(count == 6 ? 7 : 8);
    }
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
        abort();
    return arg;
}
int main(void)
{
    two(forks);
    forks(NULL);
    return 0;
}
END
    for flavor in $(flavors); do
        build parent "$flavor" <source
        split 0 "$HEDDLE" hunt --runs 50 -- ./parent
        grep -q 'no finding after 50 executions' out
    done
}

@test "clang's link-time optimization: nothing is lost by it" {
    build twice none <<<'int main(void) { two(work); return 0; }'
    for flavor in $(flavors); do
        for more in "" -flto -flto=thin; do
            # shellcheck disable=SC2086
            "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" $more -c -o twice.o twice.c
            # shellcheck disable=SC2086
            "$HEDDLE_BUILD/bin/heddle-cc" --heddle-flavor="$flavor" $more -o twice twice.o
            split 0 "$HEDDLE" hunt -j 1 --seed 1 --runs 50 -- ./twice
            grep -o '[0-9]* distinct interleavings' out >"seen$more"
        done
        cmp seen seen-flto
        cmp seen seen-flto=thin
    done
}
