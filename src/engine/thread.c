/*
 * thread.c - see thread.h.
 *
 * The baton is a futex word in each thread's fiber, waited for with bare system
 * calls: sanitizers see threads that never synchronise, as they must.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* RTLD_NEXT */
#endif
#include "thread.h"

#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/error.h"
#include "../base/futex.h"
#include "../instrument/sanitizer.h"
#include "engine.h"
#include "fiber.h"

enum {
    STACK_MIN = 256 << 10, /* the runtime's own frames are on it as well */
    SIGNAL_STACK = 64 << 10,
    GUARD =
        4 << 20, /* by how much a frame may reach below the stack, and be told */
};

static void flag_wait(uint32_t *flag)
{
    while (__atomic_load_n(flag, __ATOMIC_ACQUIRE) == 0)
        hd_futex_wait(flag, 0);
    *flag = 0;
}

static void flag_set(uint32_t *flag)
{
    __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
    hd_futex_wake(flag);
}

/* For the watchdog, should it block. */
static void has_control(const struct hd_fiber *f)
{
    if (hd__exec.note != NULL)
        hd__exec.note->tid = f->tid;
}

/*
 * The thread that ended last, if it ends as threads do: whoever goes on waits until
 * nothing of it is left, since its end would run beside him.
 */
static int leaving;

static void wait_for_leaving(void)
{
    long pid = hd_syscall4(SYS_getpid, 0, 0, 0, 0);
    while (leaving != 0 && hd_syscall4(SYS_tgkill, pid, leaving, 0, 0) == 0)
        hd_syscall4(SYS_sched_yield, 0, 0, 0, 0);
    leaving = 0;
}

static void pay_debts(struct hd_fiber *f)
{
    for (size_t i = 0; i < f->owed_count; i++)
        hd__tsan_acquire(f->owed[i]);
    f->owed_count = 0;
}

void hd__thread_owe(struct hd_task *t, const void *key)
{
    struct hd_fiber *f = t->fiber;
    f->owed = hd_arena_grow(&hd__exec.arena, f->owed, sizeof *f->owed,
                            f->owed_count, &f->owed_capacity, f->owed_count + 1);
    f->owed[f->owed_count++] = key;
}

/* The thread has got control. */
static void goes_on(struct hd_fiber *f)
{
    if (leaving != 0)
        wait_for_leaving();
    pay_debts(f);
}

/* Overflowing a stack is told on another one.  ASan sees to it itself. */
static void signal_stack(void)
{
    if (hd__asan_present())
        return;
    stack_t ss = {.ss_size = SIGNAL_STACK};
    ss.ss_sp = mmap(NULL, SIGNAL_STACK, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ss.ss_sp != MAP_FAILED)
        sigaltstack(&ss, NULL);
}

static void *carrier_main(void *arg)
{
    struct hd_fiber *f = arg;
    hd__own_stack(&f->low, &f->size);
    f->tid = (int)hd_syscall4(SYS_gettid, 0, 0, 0, 0);
    signal_stack();
    flag_set(&f->made);
    flag_wait(&f->baton);
    goes_on(f);
    hd__cur = f->task;
    if (_setjmp(f->end) == 0)
        hd__task_body(f->task);
    return NULL;
}

/* libc's own, or the sanitizer's, which must know of the thread. */
static int (*real_create(void))(pthread_t *, const pthread_attr_t *,
                                void *(*)(void *), void *)
{
    extern __typeof__(pthread_create) __interceptor_pthread_create
        __attribute__((weak));
    static __typeof__(pthread_create) *real;
    if (real == NULL)
        real = __interceptor_pthread_create;
    if (real == NULL)
        real = (__typeof__(pthread_create) *)dlsym(RTLD_NEXT, "pthread_create");
    return real;
}

/*
 * libc gives the stack of a thread that returned to the next one.  Under ASan they
 * do return, and the race detector must not take one's variables for another's: the
 * stack is ours, and nobody gets it again while the process lives.
 */
static bool set_stack(pthread_attr_t *attr, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size = (size < STACK_MIN ? STACK_MIN : size + page - 1) / page * page;
    if (!hd__asan_present()) {
        pthread_attr_setstacksize(attr, size);
        pthread_attr_setguardsize(attr, GUARD);
        return true;
    }
    char *p = mmap(NULL, size + GUARD, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (p == MAP_FAILED || mprotect(p, GUARD, PROT_NONE) != 0)
        return false;
    pthread_attr_setstack(attr, p + GUARD, size);
    return true;
}

static struct hd_fiber *reserved;

static bool make(struct hd_fiber *f, void *stack, size_t size)
{
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    f->borrowed = stack != NULL;
    bool set = f->borrowed ? pthread_attr_setstack(&attr, stack, size) == 0
                           : set_stack(&attr, size);
    bool made = set && real_create()(&thread, &attr, carrier_main, f) == 0;
    pthread_attr_destroy(&attr);
    return made;
}

bool hd__thread_reserve(void *stack, size_t stack_size)
{
    struct hd_fiber *f = hd_arena_alloc(&hd__exec.arena, sizeof *f);
    f->started = true;
    bool enough = stack != NULL && stack_size >= STACK_MIN;
    size_t least = hd__exec.opt.stack_size;
    if (!(enough && make(f, stack, stack_size)) &&
        !make(f, NULL, stack_size > least ? stack_size : least))
        return false;
    /* What a thread does before its first turn must not run beside its maker. */
    flag_wait(&f->made);
    reserved = f;
    return true;
}

struct hd_fiber *hd__thread_new(struct hd_task *task)
{
    struct hd_fiber *f = reserved;
    HD_CHECK(f != NULL);
    reserved = NULL;
    f->task = task;
    return f;
}

struct hd_fiber *hd__thread_adopt(struct hd_task *task)
{
    struct hd_fiber *f = hd_arena_alloc(&hd__exec.arena, sizeof *f);
    f->task = task;
    f->started = true;
    hd__own_stack(&f->low, &f->size);
    f->tid = (int)hd_syscall4(SYS_gettid, 0, 0, 0, 0);
    f->self = pthread_self();
    return f;
}

/* glibc keeps the list, and exports what runs it for its own libraries only. */
void hd__thread_locals_destroy(void)
{
    static void (*run)(void);
    static bool known;
    if (!known)
        run = (void (*)(void))dlsym(RTLD_DEFAULT, "__call_tls_dtors");
    known = true;
    if (run != NULL)
        run();
}

void hd__thread_switch(struct hd_task *from, struct hd_task *to)
{
    has_control(to->fiber);
    flag_set(&to->fiber->baton);
    flag_wait(&from->fiber->baton);
    goes_on(from->fiber);
}

/*
 * ASan gives the memory of a thread's fake stack back at its end, and the next
 * thread's may come to lie there: to the race detector, one thread's variables
 * would be another's.  So the thread leaves it behind, as a fiber would, for good.
 */
static void keep_fake_stack(const struct hd_fiber *f)
{
    void *lost;
    hd__asan_switch(&lost, f->low, f->size);
    hd__asan_switched(NULL);
}

/*
 * LeakSanitizer distrusts a thread that it knows and cannot stop, so under ASan a
 * thread returns to its beginning.  The first one cannot, and sleeps for ever.  One
 * on a stack of the program's returns, too: libc keeps what it knows of a thread on
 * its stack, and must have forgotten it when the program takes its memory back.
 */
void hd__thread_leave(struct hd_task *from, struct hd_task *to)
{
    struct hd_fiber *f = from->fiber;
    bool returns = f->borrowed || (hd__asan_present() && from->parent != NULL);
    leaving = returns ? f->tid : 0;
    if (returns)
        keep_fake_stack(f);
    hd__cur = NULL;
    has_control(to->fiber);
    flag_set(&to->fiber->baton);
    if (returns)
        longjmp(f->end, 1);
    while (hd__asan_present())
        flag_wait(&f->baton);
    hd_thread_end();
    __builtin_unreachable();
}
