/*
 * sanitizer.c - towards the sanitizers, through weak symbols; see sanitizer.h.
 *
 * Which one is there is decided by symbols that heddle itself never defines:
 * heddle provides most of TSan's ABI in other flavors.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "sanitizer.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../engine/engine.h"
#include "../engine/fiber.h"

#define WEAK __attribute__((weak))

extern void __asan_unpoison_memory_region(const volatile void *addr,
                                          size_t size) WEAK;
extern void *__asan_get_current_fake_stack(void) WEAK;
extern void *__asan_addr_is_in_fake_stack(void *fake_stack, void *addr, void **low,
                                          void **high) WEAK;
extern int __lsan_do_recoverable_leak_check(void) WEAK;
extern int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void *, size_t),
    void (*free_hook)(const volatile void *)) WEAK;
extern void __sanitizer_set_report_fd(void *fd) WEAK;

extern void *__tsan_get_current_fiber(void) WEAK;
extern void *__tsan_create_fiber(unsigned flags) WEAK;
extern void __tsan_destroy_fiber(void *fiber) WEAK;
extern void __tsan_set_fiber_name(void *fiber, const char *name) WEAK;
extern void __tsan_acquire(void *addr) WEAK;
extern void __tsan_release(void *addr) WEAK;
extern void __tsan_read_range_pc(void *addr, size_t n, void *pc) WEAK;
extern void __tsan_write_range_pc(void *addr, size_t n, void *pc) WEAK;
extern void *__asan_memset(void *to, int c, size_t n) WEAK;
extern void __asan_store8(const volatile void *p) WEAK;
extern void __asan_storeN(const volatile void *p, size_t n) WEAK;
extern void *__asan_memcpy(void *to, const void *from, size_t n) WEAK;

/* Set by the file that provides the __tsan_* ABI, where it is linked. */
extern const char hd__tsan_abi WEAK;

const char *hd_flavor(void)
{
    if (hd__tsan_present())
        return "tsan";
    if (hd__asan_present())
        return "asan";
    return &hd__tsan_abi != NULL ? "race" : "none";
}

bool hd_flavor_sees_races(const char *flavor)
{
    return strcmp(flavor, "none") != 0;
}

bool hd__abi_present(void)
{
    return &hd__tsan_abi != NULL && !hd__tsan_present();
}

/* ---- AddressSanitizer ---- */

void hd__asan_unpoison(const void *p, size_t size)
{
    if (__asan_unpoison_memory_region)
        __asan_unpoison_memory_region(p, size);
}

/*
 * The handle of a suspended fiber's fake stack is what the switch saved; the
 * running one's has to be asked for.
 */
bool hd__asan_on_fake_stack(const struct hd_fiber *f, uintptr_t addr)
{
    void *low, *high;
    if (!__asan_addr_is_in_fake_stack || !__asan_get_current_fake_stack)
        return false;
    bool running = hd__cur != NULL && hd__cur->fiber == f;
    void *fake = running ? __asan_get_current_fake_stack() : f->fake_stack;
    return fake != NULL &&
           __asan_addr_is_in_fake_stack(fake, (void *)addr, &low, &high) != NULL;
}

void hd__own_stack(char **low, size_t *size)
{
    pthread_attr_t attr;
    void *p = NULL;
    *size = 0;
    if (pthread_getattr_np(pthread_self(), &attr) == 0) {
        pthread_attr_getstack(&attr, &p, size);
        pthread_attr_destroy(&attr);
    }
    *low = p;
}

/* ---- leaks ---- */

static long live;

static void count_malloc(const volatile void *p, size_t size)
{
    (void)size;
    live += p != NULL;
}

static void count_free(const volatile void *p)
{
    live -= p != NULL;
}

long hd__live_allocations(void)
{
    static bool installed;
    if (!installed && __sanitizer_install_malloc_and_free_hooks)
        __sanitizer_install_malloc_and_free_hooks(count_malloc, count_free);
    installed = true;
    return live;
}

static bool only_asked, asking;

void hd__leak_check_only_asked(void)
{
    only_asked = true;
}

/* LSan's own question, before each of its checks. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void)
{
    return only_asked && !asking;
}

/*
 * LSan prints what it finds; the text goes to a scratch file, from which the
 * oracle quotes.
 */
bool hd__leak_check(char *text, size_t size)
{
    if (!__lsan_do_recoverable_leak_check)
        return false;
    char name[] = "/tmp/heddle-leak-XXXXXX";
    int fd = mkstemp(name);
    if (fd >= 0)
        unlink(name);
    if (fd >= 0 && __sanitizer_set_report_fd)
        __sanitizer_set_report_fd((void *)(intptr_t)fd);
    asking = true;
    bool leaked = __lsan_do_recoverable_leak_check() != 0;
    asking = false;
    text[0] = '\0';
    if (fd >= 0) {
        ssize_t n = leaked ? pread(fd, text, size - 1, 0) : 0;
        text[n > 0 ? n : 0] = '\0';
        if (__sanitizer_set_report_fd)
            __sanitizer_set_report_fd((void *)(intptr_t)STDERR_FILENO);
        close(fd);
    }
    return leaked;
}

/* ---- ThreadSanitizer ---- */

static char epoch_key; /* stands for "an execution ended" */

/*
 * The n-th fiber of a pool always carries task n, so its name can be given
 * once; race.c reads it back from reports.
 */
void *hd__tsan_fiber_create(unsigned index)
{
    if (!hd__tsan_present())
        return NULL;
    void *f = __tsan_create_fiber(0);
    char name[16];
    snprintf(name, sizeof name, "task %u", index);
    __tsan_set_fiber_name(f, name);
    return f;
}

void *hd__tsan_fiber_current(void)
{
    return hd__tsan_present() ? __tsan_get_current_fiber() : NULL;
}

void hd__tsan_fiber_destroy(void *fiber)
{
    if (fiber != NULL)
        __tsan_destroy_fiber(fiber);
}

void hd__tsan_fiber_barrier(void *main_fiber, void *fiber)
{
    if (fiber == NULL)
        return;
    hd__tsan_fiber_switch(fiber);
    __tsan_release(&epoch_key);
    hd__tsan_fiber_switch(main_fiber);
}

void hd__tsan_barrier_done(void)
{
    if (hd__tsan_present())
        __tsan_acquire(&epoch_key);
}

void hd__tsan_acquire(const void *key)
{
    if (hd__tsan_present())
        __tsan_acquire((void *)key);
}

void hd__tsan_release(const void *key)
{
    if (hd__tsan_present())
        __tsan_release((void *)key);
}

void hd__tsan_range(const void *addr, size_t n, bool write, const void *pc)
{
    if (!hd__tsan_present() || addr == NULL || n == 0)
        return;
    if (write)
        __tsan_write_range_pc((void *)addr, n, (void *)pc);
    else
        __tsan_read_range_pc((void *)addr, n, (void *)pc);
}

void hd__copy_user(void *to, const void *from, size_t n)
{
    if (__asan_memcpy)
        __asan_memcpy(to, from, n);
    else
        memcpy(to, from, n);
}

void hd__zero_user(void *to, size_t n)
{
    if (__asan_memset)
        __asan_memset(to, 0, n);
    else
        memset(to, 0, n);
}

void hd__check_user(const void *p, size_t words)
{
    if (__asan_store8)
        for (size_t i = 0; i < words; i++)
            __asan_store8((const uint64_t *)p + i);
}

void hd__check_user_range(const void *p, size_t n)
{
    if (__asan_storeN)
        __asan_storeN(p, n);
}
