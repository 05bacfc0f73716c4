/*
 * libc_wrap.c - libc functions that read and write memory of code under test, as
 * scheduling points and as accesses (flavors race, asan, tsan).
 *
 * The linker's --wrap (libc_wrap.rsp) sends the program's calls here.  A call is
 * one point for each block of memory that it uses; then the real function runs,
 * and what it turned out to use is shown to the race detector - nothing can come
 * between, since only this task runs.  Clang turns memcpy, memmove and memset of
 * instrumented code into calls of the __tsan_* ABI, gcc leaves them as they are.
 *
 * In flavor tsan ThreadSanitizer's interceptors see the accesses, and each call
 * is a tail call, so that they still find the caller.
 *
 * Only the functions below: those that are not here are called as they are, and
 * a call through a pointer or from inside a library is not seen.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../race/detector.h"
#include "../race/shadow.h"
#include "linked.h"
#include "tail.h"

void hd__libc_wrap_linked(void)
{
}

/*
 * The real function and the one that stands in front of it.  Weak, for a program
 * that is linked without the wraps, where nothing comes here.
 */
#define WRAP(result, name, ...)                                                    \
    extern result __real_##name(__VA_ARGS__) __attribute__((weak));                \
    extern result __wrap_##name(__VA_ARGS__);                                      \
    result __wrap_##name(__VA_ARGS__)

/* A point before memory is read or written; how much is not known yet. */
#define READ_POINT(p) hd__access(HD_OP_READ_RANGE, 0, p, PC, FRAME)
#define WRITE_POINT(p) hd__access(HD_OP_WRITE_RANGE, 0, p, PC, FRAME)

/* What the call did, for heddle's own detector. */
#define DID_READ(p, n) hd__race_access(HD_ACCESS_READ, p, n, PC, FRAME)
#define DID_WRITE(p, n) hd__race_access(HD_ACCESS_WRITE, p, n, PC, FRAME)

/* The runtime's own calls come here as well; they are none of the program's. */
#define BYPASS (hd__cur == NULL || hd__is_runtime((uintptr_t)PC))

/* Whether there is nothing to do after the points. */
static inline bool no_detector(void)
{
    return hd__cur->racer == NULL;
}

extern size_t __real_strlen(const char *s) __attribute__((weak));
extern size_t __real_strnlen(const char *s, size_t max) __attribute__((weak));

/* Bytes that are looked at to compare two strings. */
static size_t common(const char *a, const char *b, size_t max)
{
    size_t i = 0;
    while (i < max && a[i] == b[i] && a[i] != '\0')
        i++;
    return i < max ? i + 1 : max;
}

/* ---- blocks ---- */

WRAP(void *, memcpy, void *to, const void *from, size_t n)
{
    if (BYPASS)
        TAIL __real_memcpy(to, from, n);
    READ_POINT(from);
    WRITE_POINT(to);
    if (n > 0) {
        DID_READ(from, n);
        DID_WRITE(to, n);
    }
    TAIL __real_memcpy(to, from, n);
}

WRAP(void *, memmove, void *to, const void *from, size_t n)
{
    if (BYPASS)
        TAIL __real_memmove(to, from, n);
    READ_POINT(from);
    WRITE_POINT(to);
    if (n > 0) {
        DID_READ(from, n);
        DID_WRITE(to, n);
    }
    TAIL __real_memmove(to, from, n);
}

WRAP(void *, memset, void *to, int c, size_t n)
{
    if (BYPASS)
        TAIL __real_memset(to, c, n);
    WRITE_POINT(to);
    if (n > 0)
        DID_WRITE(to, n);
    TAIL __real_memset(to, c, n);
}

WRAP(int, memcmp, const void *a, const void *b, size_t n)
{
    if (BYPASS)
        TAIL __real_memcmp(a, b, n);
    READ_POINT(a);
    READ_POINT(b);
    if (n > 0) {
        DID_READ(a, n);
        DID_READ(b, n);
    }
    TAIL __real_memcmp(a, b, n);
}

WRAP(void *, memchr, const void *s, int c, size_t n)
{
    if (BYPASS)
        TAIL __real_memchr(s, c, n);
    READ_POINT(s);
    if (no_detector())
        TAIL __real_memchr(s, c, n);
    const char *at = __real_memchr(s, c, n);
    if (n > 0)
        DID_READ(s, at == NULL ? n : (size_t)(at - (const char *)s) + 1);
    return (void *)at;
}

/* ---- strings that are read ---- */

WRAP(size_t, strlen, const char *s)
{
    if (BYPASS)
        TAIL __real_strlen(s);
    READ_POINT(s);
    if (no_detector())
        TAIL __real_strlen(s);
    size_t n = __real_strlen(s);
    DID_READ(s, n + 1);
    return n;
}

WRAP(size_t, strnlen, const char *s, size_t max)
{
    if (BYPASS)
        TAIL __real_strnlen(s, max);
    READ_POINT(s);
    if (no_detector())
        TAIL __real_strnlen(s, max);
    size_t n = __real_strnlen(s, max);
    if (max > 0)
        DID_READ(s, n < max ? n + 1 : max);
    return n;
}

WRAP(int, strcmp, const char *a, const char *b)
{
    if (BYPASS)
        TAIL __real_strcmp(a, b);
    READ_POINT(a);
    READ_POINT(b);
    if (no_detector())
        TAIL __real_strcmp(a, b);
    size_t n = common(a, b, SIZE_MAX);
    DID_READ(a, n);
    DID_READ(b, n);
    return __real_strcmp(a, b);
}

WRAP(int, strncmp, const char *a, const char *b, size_t max)
{
    if (BYPASS)
        TAIL __real_strncmp(a, b, max);
    READ_POINT(a);
    READ_POINT(b);
    if (no_detector() || max == 0)
        TAIL __real_strncmp(a, b, max);
    size_t n = common(a, b, max);
    DID_READ(a, n);
    DID_READ(b, n);
    return __real_strncmp(a, b, max);
}

WRAP(char *, strchr, const char *s, int c)
{
    if (BYPASS)
        TAIL __real_strchr(s, c);
    READ_POINT(s);
    if (no_detector())
        TAIL __real_strchr(s, c);
    char *at = __real_strchr(s, c);
    DID_READ(s, (at == NULL ? __real_strlen(s) : (size_t)(at - s)) + 1);
    return at;
}

WRAP(char *, strrchr, const char *s, int c)
{
    if (BYPASS)
        TAIL __real_strrchr(s, c);
    READ_POINT(s);
    if (no_detector())
        TAIL __real_strrchr(s, c);
    char *at = __real_strrchr(s, c);
    DID_READ(s, __real_strlen(s) + 1);
    return at;
}

WRAP(char *, strstr, const char *s, const char *part)
{
    if (BYPASS)
        TAIL __real_strstr(s, part);
    READ_POINT(s);
    READ_POINT(part);
    if (no_detector())
        TAIL __real_strstr(s, part);
    char *at = __real_strstr(s, part);
    size_t n = __real_strlen(part);
    DID_READ(s, at == NULL ? __real_strlen(s) + 1 : (size_t)(at - s) + n);
    DID_READ(part, n + 1);
    return at;
}

WRAP(char *, strdup, const char *s)
{
    if (BYPASS)
        TAIL __real_strdup(s);
    READ_POINT(s);
    if (no_detector())
        TAIL __real_strdup(s);
    size_t n = __real_strlen(s) + 1;
    DID_READ(s, n);
    char *copy = __real_strdup(s);
    if (copy != NULL)
        DID_WRITE(copy, n);
    return copy;
}

/* ---- strings that are written ---- */

WRAP(char *, strcpy, char *to, const char *from)
{
    if (BYPASS)
        TAIL __real_strcpy(to, from);
    READ_POINT(from);
    WRITE_POINT(to);
    if (no_detector())
        TAIL __real_strcpy(to, from);
    size_t n = __real_strlen(from) + 1;
    DID_READ(from, n);
    DID_WRITE(to, n);
    return __real_strcpy(to, from);
}

WRAP(char *, strncpy, char *to, const char *from, size_t max)
{
    if (BYPASS)
        TAIL __real_strncpy(to, from, max);
    READ_POINT(from);
    WRITE_POINT(to);
    if (no_detector() || max == 0)
        TAIL __real_strncpy(to, from, max);
    size_t n = __real_strnlen(from, max);
    DID_READ(from, n < max ? n + 1 : max);
    DID_WRITE(to, max);
    return __real_strncpy(to, from, max);
}

WRAP(char *, strcat, char *to, const char *from)
{
    if (BYPASS)
        TAIL __real_strcat(to, from);
    READ_POINT(from);
    WRITE_POINT(to);
    if (no_detector())
        TAIL __real_strcat(to, from);
    size_t n = __real_strlen(from) + 1, end = __real_strlen(to);
    DID_READ(from, n);
    DID_READ(to, end + 1);
    DID_WRITE(to + end, n);
    return __real_strcat(to, from);
}

/* ---- memory that is new: it has no past ---- */

WRAP(void *, mmap, void *addr, size_t size, int protection, int flags, int fd,
     off_t offset)
{
    if (BYPASS)
        TAIL __real_mmap(addr, size, protection, flags, fd, offset);
    if (no_detector())
        TAIL __real_mmap(addr, size, protection, flags, fd, offset);
    char *p = __real_mmap(addr, size, protection, flags, fd, offset);
    if (p != (char *)-1)
        hd__shadow_forget((uintptr_t)p, size);
    return p;
}
