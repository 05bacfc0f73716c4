/*
 * libc.c - see libc.h.
 *
 * Each function is a jump to where a pointer says.  Until they are looked up, the
 * pointers are what the linker makes of the name, so that a call too early goes
 * where it would without all this.  Behind the name may be a sanitizer's
 * interceptor, which then is what is wanted (src/posix/real.h).
 */
#define HD_LIBC_OWN_NAMES
#include "libc.h"

#include <dlfcn.h>

#if defined(__x86_64__)
#define JUMP(name) "endbr64\n\tjmp *hd__libc_at_" #name "(%rip)\n"
#elif defined(__aarch64__)
#define JUMP(name)                                                                 \
    "hint #34\n\tadrp x16, hd__libc_at_" #name                                     \
    "\n\tldr x16, [x16, :lo12:hd__libc_at_" #name "]\n\tbr x16\n"
#else
#error "only x86-64 and aarch64"
#endif

#define X(name)                                                                    \
    extern __typeof__(name) __interceptor_##name __attribute__((weak));            \
    extern __typeof__(name) *hd__libc_at_##name                                    \
        __attribute__((visibility("hidden")));                                     \
    __typeof__(name) *hd__libc_at_##name __attribute__((used)) = name;             \
    __asm__(".pushsection .text\n"                                                 \
            ".globl hd__libc_" #name "\n"                                          \
            ".type hd__libc_" #name ", %function\n"                                \
            "hd__libc_" #name                                                      \
            ":\n\t.cfi_startproc\n\t" JUMP(name) ".cfi_endproc\n"                  \
                                                 ".size hd__libc_" #name           \
                                                 ", . - hd__libc_" #name           \
                                                 "\n.popsection\n");
HD_LIBC_NAMES(X)
#undef X

static void *behind(void *interceptor, const char *name, void *otherwise)
{
    void *p = interceptor != NULL ? interceptor : dlsym(RTLD_NEXT, name);
    return p != NULL ? p : otherwise;
}

__attribute__((constructor(101))) void hd_libc_find(void)
{
#define X(name)                                                                    \
    hd__libc_at_##name = (__typeof__(name) *)behind(                               \
        (void *)__interceptor_##name, #name, (void *)hd__libc_at_##name);
    HD_LIBC_NAMES(X)
#undef X
}
