/*
 * annotations.c - the annotation API of ThreadSanitizer (tsan_interface.h), so
 * that code under test which uses it links in flavors race and asan, and heddle's
 * race detector hears what it says.
 *
 * In an archive member of its own: only programs that call one of these get
 * it, and never together with the real runtime.
 *
 * A mutex of the program's own making is an edge from each unlock to the later
 * locks, whether it is shared or not: readers are ordered as well, which is more
 * than the program may mean and can hide a race, but never invents one.  Memory
 * of external objects (__tsan_external_*) is not looked at.
 */
#include <stddef.h>
#include <stdint.h>

#include "../race/atomic_order.h"

void __tsan_acquire(void *a)
{
    hd__race_acquire(a);
}
void __tsan_release(void *a)
{
    hd__race_release(a);
}
void __tsan_ignore_thread_begin(void)
{
    hd__race_ignore(true);
}
void __tsan_ignore_thread_end(void)
{
    hd__race_ignore(false);
}

/* ---- locks: from the beginning of pre to the end of post nothing counts ---- */

void __tsan_mutex_create(void *a, unsigned flags)
{
    (void)a, (void)flags;
}
void __tsan_mutex_destroy(void *a, unsigned flags)
{
    (void)a, (void)flags;
}
void __tsan_mutex_pre_lock(void *a, unsigned flags)
{
    (void)a, (void)flags;
    hd__race_in_lock(true);
}
void __tsan_mutex_post_lock(void *a, unsigned flags, int recursion)
{
    enum { TRY_LOCK_FAILED = 1 << 5 };
    (void)recursion;
    hd__race_in_lock(false);
    if ((flags & TRY_LOCK_FAILED) == 0)
        hd__race_acquire(a);
}
int __tsan_mutex_pre_unlock(void *a, unsigned flags)
{
    (void)flags;
    hd__race_release(a);
    hd__race_in_lock(true);
    return 0;
}
void __tsan_mutex_post_unlock(void *a, unsigned flags)
{
    (void)a, (void)flags;
    hd__race_in_lock(false);
}
void __tsan_mutex_pre_signal(void *a, unsigned flags)
{
    (void)a, (void)flags;
    hd__race_in_lock(true);
}
void __tsan_mutex_post_signal(void *a, unsigned flags)
{
    (void)a, (void)flags;
    hd__race_in_lock(false);
}
void __tsan_mutex_pre_divert(void *a, unsigned flags)
{
    (void)a, (void)flags;
    hd__race_in_lock(false);
}
void __tsan_mutex_post_divert(void *a, unsigned flags)
{
    (void)a, (void)flags;
    hd__race_in_lock(true);
}
void __tsan_check_no_mutexes_held(void)
{
}

/* ---- what has no meaning here ---- */

void __tsan_flush_memory(void)
{
}
void *__tsan_external_register_tag(const char *object_type)
{
    (void)object_type;
    return NULL;
}
void __tsan_external_register_header(void *tag, const char *header)
{
    (void)tag, (void)header;
}
void __tsan_external_assign_tag(void *a, void *tag)
{
    (void)a, (void)tag;
}
void __tsan_external_read(void *a, void *caller_pc, void *tag)
{
    (void)a, (void)caller_pc, (void)tag;
}
void __tsan_external_write(void *a, void *caller_pc, void *tag)
{
    (void)a, (void)caller_pc, (void)tag;
}
void *__tsan_get_current_fiber(void)
{
    return NULL;
}
void *__tsan_create_fiber(unsigned flags)
{
    (void)flags;
    return NULL;
}
void __tsan_destroy_fiber(void *fiber)
{
    (void)fiber;
}
void __tsan_switch_to_fiber(void *fiber, unsigned flags)
{
    (void)fiber, (void)flags;
}
void __tsan_set_fiber_name(void *fiber, const char *name)
{
    (void)fiber, (void)name;
}
