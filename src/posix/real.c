/*
 * real.c - see real.h.
 */
#include "real.h"

#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#include "../base/elfsym.h"
#include "../engine/fiber.h"
#include "../instrument/sanitizer.h"
#include "../race/detector.h"
#include "asked.h"
#include "signals.h"
#include "unwind.h"

/*
 * Condition variables have two versions in glibc on x86-64, of which the old one
 * has another layout; dlsym() gives the new one only since glibc 2.36.
 */
static void *look_up(const char *name)
{
    void *p = NULL;
    if (strncmp(name, "pthread_cond_", 13) == 0)
        p = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    if (p == NULL)
        p = dlsym(RTLD_NEXT, name);
    return p;
}

/* Two threads may come here at once; both find the same. */
static void *find(struct hd_real *r)
{
    void *p = __atomic_load_n(&r->p, __ATOMIC_RELAXED);
    if (__builtin_expect(p != NULL, 1))
        return p;
    p = r->interceptor != NULL ? r->interceptor : look_up(r->name);
    __atomic_store_n(&r->p, p, __ATOMIC_RELAXED);
    return p;
}

void *hd__real(struct hd_real *r)
{
    void *p = find(r);
    if (__builtin_expect(p == NULL, 0))
        hd_die("%s() was called outside an execution, and this C library has none",
               r->name);
    return p;
}

/*
 * Before main(): a look-up uses the heap, and the first call of a function may
 * come when that is locked.  (LeakSanitizer yields with the allocator stopped.)
 */
extern struct hd_real *const __start_hd_reals[] __attribute__((weak));
extern struct hd_real *const __stop_hd_reals[] __attribute__((weak));

__attribute__((constructor)) static void find_all(void)
{
    for (struct hd_real *const *r = __start_hd_reals; r < __stop_hd_reals; r++)
        find(*r);
}

static bool is_foreign_name(const char *name)
{
    static const char *const prefix[] = {
        "_ZN6fuzzer", "_ZNK6fuzzer", "_ZN11__sanitizer", "_ZN6__asan",
        "_ZN6__lsan", "_ZN6__tsan",  "_ZN7__ubsan",      "__sanitizer_",
        "__asan_",    "__lsan_",     "__tsan_report",
    };
    for (size_t i = 0; i < sizeof prefix / sizeof prefix[0]; i++)
        if (strncmp(name, prefix[i], strlen(prefix[i])) == 0)
            return true;
    return false;
}

bool hd__foreign_code(uintptr_t pc)
{
    enum { CACHE = 256 };
    static struct {
        uintptr_t pc;
        bool foreign;
    } seen[CACHE];
    size_t i = pc / 2 % CACHE;
    /* A sanitizer that reports walks the stack with it, and it calls pthread_once()
     * in the middle of the task that has just gone wrong. */
    if (hd__unwinder_code(pc))
        return true;
    if (seen[i].pc != pc) {
        seen[i].pc = pc;
        seen[i].foreign = is_foreign_name(hd__function(pc));
    }
    return seen[i].foreign;
}

/*
 * A frame that is not on the task's stack is that of a signal handler: one that
 * came from outside, unless the task has called it itself, in a program.
 */
bool hd__foreign(struct hd_caller c)
{
    if (!hd__fiber_holds(hd__cur->fiber, (uintptr_t)c.frame) && !hd__in_handler())
        return true;
    return hd__foreign_code((uintptr_t)c.pc);
}

bool hd__asked_by(struct hd_caller c)
{
    if (hd__is_runtime((uintptr_t)c.pc))
        return false;
    return hd__cur == NULL ? !hd__foreign_code((uintptr_t)c.pc) : !hd__foreign(c);
}

void hd__caller_memory(const void *p, size_t n, bool write, struct hd_caller c)
{
    hd__check_user_range(p, n);
    if (hd__cur != NULL)
        hd__user_access(p, n, write, c.pc);
}
