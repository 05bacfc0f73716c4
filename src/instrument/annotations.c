/*
 * annotations.c - the annotation API of ThreadSanitizer (tsan_interface.h), so
 * that code under test which uses it links in flavors race and asan.
 *
 * In an archive member of its own: only programs that call one of these get
 * it, and never together with the real runtime.  heddle's own race detector
 * will listen to them; until then there is nothing to tell.
 */
#include <stddef.h>
#include <stdint.h>

void __tsan_acquire(void *a)
{
    (void)a;
}
void __tsan_release(void *a)
{
    (void)a;
}
void __tsan_ignore_thread_begin(void)
{
}
void __tsan_ignore_thread_end(void)
{
}
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
}
void __tsan_mutex_post_lock(void *a, unsigned flags, int recursion)
{
    (void)a, (void)flags, (void)recursion;
}
int __tsan_mutex_pre_unlock(void *a, unsigned flags)
{
    (void)a, (void)flags;
    return 0;
}
void __tsan_mutex_post_unlock(void *a, unsigned flags)
{
    (void)a, (void)flags;
}
void __tsan_mutex_pre_signal(void *a, unsigned flags)
{
    (void)a, (void)flags;
}
void __tsan_mutex_post_signal(void *a, unsigned flags)
{
    (void)a, (void)flags;
}
void __tsan_mutex_pre_divert(void *a, unsigned flags)
{
    (void)a, (void)flags;
}
void __tsan_mutex_post_divert(void *a, unsigned flags)
{
    (void)a, (void)flags;
}
void __tsan_check_no_mutexes_held(void)
{
}
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
