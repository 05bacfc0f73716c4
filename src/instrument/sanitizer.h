/*
 * sanitizer.h - the sanitizers that this program happens to be linked with,
 * found through weak symbols.  Without one the calls do nothing.
 */
#ifndef HD_INSTRUMENT_SANITIZER_H
#define HD_INSTRUMENT_SANITIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern void *__tsan_get_report_data(void) __attribute__((weak));
extern void __asan_init(void) __attribute__((weak));
extern void __sanitizer_start_switch_fiber(void **save, const void *bottom,
                                           size_t size) __attribute__((weak));
extern void __sanitizer_finish_switch_fiber(void *save, const void **bottom_old,
                                            size_t *size_old) __attribute__((weak));
extern void __tsan_switch_to_fiber(void *fiber, unsigned flags)
    __attribute__((weak));

static inline bool hd__asan_present(void)
{
    return &__asan_init != NULL;
}

/* The real one, not heddle's own ABI, which never defines this symbol. */
static inline bool hd__tsan_present(void)
{
    return &__tsan_get_report_data != NULL;
}

/* heddle's own ABI is what the code under test calls (flavors race, asan). */
bool hd__abi_present(void);

/* ASan: about to switch stacks (save NULL: never to come back), and arrived. */
static inline void hd__asan_switch(void **save, const void *low, size_t size)
{
    if (__sanitizer_start_switch_fiber)
        __sanitizer_start_switch_fiber(save, low, size);
}
static inline void hd__asan_switched(void *saved)
{
    if (__sanitizer_finish_switch_fiber)
        __sanitizer_finish_switch_fiber(saved, NULL, NULL);
}
void hd__asan_unpoison(const void *p, size_t size);

struct hd_fiber;
/* Whether an address is in a frame of the fiber's that ASan keeps apart. */
bool hd__asan_on_fake_stack(const struct hd_fiber *f, uintptr_t addr);

/* TSan's fibers.  NULL where there is no TSan. */
void *hd__tsan_fiber_create(unsigned index);
void *hd__tsan_fiber_current(void);
void hd__tsan_fiber_destroy(void *fiber);
static inline void hd__tsan_fiber_switch(void *fiber)
{
    enum { NO_SYNC = 1 }; /* a switch orders nothing */
    if (fiber != NULL)
        __tsan_switch_to_fiber(fiber, NO_SYNC);
}
/* All that `fiber` did is ordered before what the main fiber does next, once
 * hd__tsan_barrier_done() was called. */
void hd__tsan_fiber_barrier(void *main_fiber, void *fiber);
void hd__tsan_barrier_done(void);

/* A happens-before edge through a key: whoever acquires knows what was released. */
void hd__tsan_acquire(const void *key);
void hd__tsan_release(const void *key);

/* memcpy between memory of code under test, with ASan's checks. */
void hd__copy_user(void *to, const void *from, size_t n);
void hd__zero_user(void *to, size_t n);
/* ASan's check of a handle in user memory, whose words the library uses. */
void hd__check_user(const void *p, size_t words);
void hd__check_user_range(const void *p, size_t n);

/* The calling task reads or writes a range, in the call that returns to pc. */
void hd__tsan_range(const void *addr, size_t n, bool write, const void *pc);

/* Bounds of the calling thread's stack. */
void hd__own_stack(char **low, size_t *size);

/* LSan: whether memory is leaked; its report (cut to size) goes to text. */
bool hd__leak_check(char *text, size_t size);
/* LSan must not look by itself when the process ends: the oracle has asked it. */
void hd__leak_check_only_asked(void);
/* Allocations minus frees since the process started, where a sanitizer counts
 * them; 0 otherwise. */
long hd__live_allocations(void);

/* tsan_report.c: forgets TSan's reports; turns those of this execution into
 * events. */
void hd__tsan_reports_begin(bool fresh);
void hd__tsan_reports_flush(void);

#endif
