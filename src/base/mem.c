/*
 * mem.c - libheddle's own memcpy and friends.
 *
 * The sanitizers intercept libc's, and would take what the runtime copies and
 * clears - on behalf of whichever task happens to run - for accesses of that
 * task: false races, and lost time.  The build renames the calls in all objects
 * of libheddle (cmake/runtime_symbols.txt), also those that the compiler makes
 * out of assignments.  Memory of code under test is copied with hd__copy_user()
 * (instrument/sanitizer.h), which ASan does see.
 *
 * This file is compiled with -fno-builtin, or these loops would become calls to
 * themselves.
 */
#include "mem.h"

#include <stddef.h>
#include <stdint.h>

void *hd__memcpy(void *to, const void *from, size_t n);
void *hd__memmove(void *to, const void *from, size_t n);
void *hd__memset(void *to, int c, size_t n);
int hd__memcmp(const void *a, const void *b, size_t n);
int hd__bcmp(const void *a, const void *b, size_t n);
size_t hd__strlen(const char *s);
int hd__strcmp(const char *a, const char *b);
int hd__strncmp(const char *a, const char *b, size_t n);

typedef uint64_t word __attribute__((may_alias, aligned(1)));

void *hd__memcpy(void *to, const void *from, size_t n)
{
    char *d = to;
    const char *s = from;
#if defined(__x86_64__)
    if (n > 256) {
        __asm__ volatile("rep movsb" : "+D"(d), "+S"(s), "+c"(n) : : "memory");
        return to;
    }
#endif
    for (; n >= sizeof(word);
         n -= sizeof(word), d += sizeof(word), s += sizeof(word))
        *(word *)d = *(const word *)s;
    while (n-- > 0)
        *d++ = *s++;
    return to;
}

void *hd__memmove(void *to, const void *from, size_t n)
{
    char *d = to;
    const char *s = from;
    if (d <= s || d >= s + n)
        return hd__memcpy(to, from, n);
    while (n-- > 0)
        d[n] = s[n];
    return to;
}

void *hd__memset(void *to, int c, size_t n)
{
    char *d = to;
#if defined(__x86_64__)
    if (n > 256) {
        __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(c) : "memory");
        return to;
    }
#endif
    uint64_t fill = 0x0101010101010101u * (uint8_t)c;
    for (; n >= sizeof(word); n -= sizeof(word), d += sizeof(word))
        *(word *)d = fill;
    while (n-- > 0)
        *d++ = (char)c;
    return to;
}

int hd__memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;
    for (; n > 0; n--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

/* What compilers make of a memcmp() that is only compared with 0. */
int hd__bcmp(const void *a, const void *b, size_t n)
{
    return hd__memcmp(a, b, n);
}

size_t hd__strlen(const char *s)
{
    const char *p = s;
    while (*p != '\0')
        p++;
    return (size_t)(p - s);
}

int hd__strcmp(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

int hd__strncmp(const char *a, const char *b, size_t n)
{
    while (n > 0 && *a != '\0' && *a == *b)
        a++, b++, n--;
    return n == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}

/* ---- the heap ---- */

/*
 * To a race detector a free is a write of the whole block by the task that
 * happens to run, so the runtime's use of the heap is hidden from TSan as well,
 * and from heddle's own (instrument/heap.c).  The real
 * functions are reached under names that the build renames back.
 */
extern void *hd__real_malloc(size_t n);
extern void *hd__real_calloc(size_t count, size_t n);
extern void *hd__real_realloc(void *p, size_t n);
extern void hd__real_free(void *p);
extern void __tsan_ignore_thread_begin(void) __attribute__((weak));
extern void __tsan_ignore_thread_end(void) __attribute__((weak));

void *hd__malloc(size_t n);
void *hd__calloc(size_t count, size_t n);
void *hd__realloc(void *p, size_t n);
void hd__free(void *p);

unsigned hd__heap_hidden;

static void hide(void)
{
    hd__heap_hidden++;
    if (__tsan_ignore_thread_begin)
        __tsan_ignore_thread_begin();
}

static void show(void)
{
    hd__heap_hidden--;
    if (__tsan_ignore_thread_end)
        __tsan_ignore_thread_end();
}

void *hd__malloc(size_t n)
{
    hide();
    void *p = hd__real_malloc(n);
    show();
    return p;
}

void *hd__calloc(size_t count, size_t n)
{
    hide();
    void *p = hd__real_calloc(count, n);
    show();
    return p;
}

void *hd__realloc(void *p, size_t n)
{
    hide();
    p = hd__real_realloc(p, n);
    show();
    return p;
}

void hd__free(void *p)
{
    hide();
    hd__real_free(p);
    show();
}

void *hd__reallocarray(void *p, size_t count, size_t n);
void *hd__reallocarray(void *p, size_t count, size_t n)
{
    size_t size;
    return __builtin_mul_overflow(count, n, &size) ? NULL : hd__realloc(p, size);
}
