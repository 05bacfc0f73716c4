/*
 * fiber.c - see fiber.h.
 *
 * ThreadSanitizer must not see the scheduler: each task gets a fiber of its
 * own there and switches are announced with "no sync", or every switch would
 * be a happens-before edge and no race would ever be found.
 */
#include "fiber.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../base/error.h"
#include "../instrument/sanitizer.h"
#include "engine.h"
#include "fiber_switch.h"
#include "object.h"

/* All fibers ever made; the first `used` belong to the current execution. */
static struct {
    struct hd_fiber **fiber;
    size_t count, capacity, used;
} pool;

/* ThreadSanitizer's state of the thread that runs executions. */
static void *main_tsan;

static struct hd_fiber *fiber_make(size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size = (size + page - 1) / page * page;
    char *p = mmap(NULL, size + page, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (p == MAP_FAILED || mprotect(p, page, PROT_NONE) != 0)
        hd_die("no memory for the stack of a task (%zu bytes)", size);
    struct hd_fiber *f = calloc(1, sizeof *f);
    if (f == NULL)
        hd_die("no memory for a fiber");
    f->low = p + page;
    f->size = size;
    return f;
}

static void fiber_unmake(struct hd_fiber *f)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    munmap(f->low - page, f->size + page);
    if (f->tsan != NULL)
        hd__tsan_fiber_destroy(f->tsan);
    free(f);
}

/* Runs on the new fiber's stack, the first time it is switched to. */
static void fiber_entry(struct transfer t)
{
    struct hd_task *from = t.data;
    from->fiber->context = t.from;
    struct hd_task *self = hd__cur;
    hd__asan_switched(self->fiber->fake_stack);
    self->fiber->started = true;
    errno = 0;
    if (__cxa_get_globals)
        memset(__cxa_get_globals(), 0, CXA_GLOBALS_SIZE);
    hd__task_body(self);
    hd_bug("a task came back from its end");
}

struct hd_fiber *hd__fiber_get(size_t stack_size, struct hd_task *task)
{
    if (hd__exec.threads)
        return task->parent == NULL ? hd__thread_adopt(task) : hd__thread_new(task);
    if (pool.used == pool.count) {
        if (pool.count == pool.capacity) {
            size_t n = pool.capacity == 0 ? 16 : pool.capacity * 2;
            struct hd_fiber **grown =
                realloc(pool.fiber, n * sizeof(struct hd_fiber *));
            if (grown == NULL)
                hd_die("no memory for %zu fibers", n);
            pool.fiber = grown;
            pool.capacity = n;
        }
        pool.fiber[pool.count++] = fiber_make(stack_size);
    }
    struct hd_fiber *f = pool.fiber[pool.used];
    if (f->size < stack_size) {
        fiber_unmake(f);
        f = pool.fiber[pool.used] = fiber_make(stack_size);
    }
    pool.used++;
    if (f->tsan == NULL)
        f->tsan = hd__tsan_fiber_create(task->index);
    f->context = make_fcontext(f->low + f->size, f->size, fiber_entry);
    f->started = false; /* an ASan fake stack of an earlier task is used again */
    return f;
}

void hd__fiber_main(struct hd_fiber *f)
{
    if (f->low == NULL)
        hd__own_stack(&f->low, &f->size);
    if (main_tsan == NULL)
        main_tsan = hd__tsan_fiber_current();
    f->tsan = main_tsan;
    f->started = true;
}

void hd__fiber_switch(struct hd_task *from, struct hd_task *to)
{
    hd__fiber_switch_inline(from, to);
}

void hd__fiber_leave(struct hd_task *from, struct hd_task *to)
{
    if (hd__exec.threads && to == &hd__exec.main_task)
        hd__execution_over();
    if (hd__exec.threads)
        hd__thread_leave(from, to);
    hd__cur = to->fiber == hd__exec.main_task.fiber ? NULL : to;
    hd__asan_switch(&from->fiber->fake_stack, to->fiber->low, to->fiber->size);
    hd__tsan_fiber_switch(to->fiber->tsan);
    jump_fcontext(to->fiber->context, from);
    hd_bug("a task that was left was continued");
}

/*
 * ASan keeps a fake stack for each fiber.  That of an ended task is empty and
 * serves the fiber's next one (making one costs more than most executions);
 * a dropped task's is full.  To release it: pretend to arrive there and to
 * leave it for ever.
 */
static void asan_drop(struct hd_fiber *main_fiber, struct hd_fiber *f)
{
    void *main_fake = NULL;
    if (!hd__asan_present())
        return;
    if (f->started && f->fake_stack != NULL) {
        hd__asan_switch(&main_fake, f->low, f->size);
        hd__asan_switched(f->fake_stack);
        hd__asan_switch(NULL, main_fiber->low, main_fiber->size);
        hd__asan_switched(main_fake);
        f->fake_stack = NULL;
    }
    hd__asan_unpoison(f->low, f->size);
}

void hd__fibers_reset(struct hd_task *main_task, struct hd_task *const *task,
                      uint32_t tasks)
{
    if (hd__exec.threads)
        return; /* the process ends */
    for (uint32_t i = 0; i < tasks; i++) {
        struct hd_fiber *f = task[i]->fiber;
        bool ended = task[i]->state == HD_TASK_ENDED;
        if (ended) {
            hd__tsan_acquire(&task[i]->end->clock); /* as a join */
            continue;
        }
        hd__tsan_fiber_barrier(main_task->fiber->tsan, f->tsan);
        asan_drop(main_task->fiber, f);
        if (f->tsan != NULL) {
            hd__tsan_fiber_destroy(f->tsan);
            f->tsan = NULL;
        }
    }
    hd__tsan_barrier_done();
    pool.used = 0;
}
