/*
 * fiber.h - what carries a task; and the fiber carrier: pooled stacks with guard
 * pages, switched with Boost.Context's C ABI, and the sanitizers told of every
 * switch.  Where hd__exec.threads is set, all of it stands for OS threads instead
 * (thread.h).
 *
 * A stack is used by at most one task per execution, because a dropped task's
 * frames may still be pointed to by others until the execution ends.
 */
#ifndef HD_ENGINE_FIBER_H
#define HD_ENGINE_FIBER_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hd_task;

struct hd_fiber {
    void *context; /* fcontext_t while suspended */
    char *low;     /* lowest usable byte */
    size_t size;
    void *fake_stack; /* ASan's, while suspended */
    void *tsan;       /* TSan's fiber, or NULL */
    bool started;

    /* Thread carrier only (thread.c). */
    struct hd_task *task;
    int tid;              /* as the kernel and TSan's reports know it */
    unsigned long self;   /* as libc does, of the first task: a pthread_t */
    uint32_t made, baton; /* futex words: it has come up; it has control */
    jmp_buf end;          /* the thread's outermost frame */
    bool borrowed;        /* the stack is the program's memory */
    const void **owed;    /* keys to acquire before it goes on */
    size_t owed_count, owed_capacity;
};

/* Whether the address is on the stack. */
static inline bool hd__fiber_holds(const struct hd_fiber *f, uintptr_t addr)
{
    return addr - (uintptr_t)f->low < f->size;
}

/* A fiber from the pool that will run entry(task) when first switched to. */
struct hd_fiber *hd__fiber_get(size_t stack_size, struct hd_task *task);

/* Suspends the current task's fiber and continues another's.  hd__cur changes. */
void hd__fiber_switch(struct hd_task *from, struct hd_task *to);

/* The same when `from` has ended and will never be continued. */
void hd__fiber_leave(struct hd_task *from, struct hd_task *to)
    __attribute__((noreturn));

/* The fiber that stands for the calling thread's own stack. */
void hd__fiber_main(struct hd_fiber *f);

/*
 * End of an execution: gives all fibers back to the pool.  Those of tasks that
 * have not ended are dropped: what the sanitizers keep for them is released.
 */
void hd__fibers_reset(struct hd_task *main_task, struct hd_task *const *task,
                      uint32_t tasks);

#endif
