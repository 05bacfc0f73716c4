/*
 * sem_named.c - sem_open(), sem_close(), sem_unlink().
 *
 * Inside an execution the names are the execution's own: it starts with none,
 * and no other process sees them.  Two opens of a name give the same address; a
 * semaphore lives until it is unlinked and closed as often as it was opened, and
 * a use after that is reported.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

#include "semaphore.h"
#include "startup.h"

HD_POSIX_FILE(sem_named);

struct named {
    sem_t sem;        /* must come first: what sem_open() returns */
    const char *name; /* NULL: unlinked */
    unsigned opens;
    struct named *next;
};

static struct {
    uint64_t epoch;
    struct named *first;
} names;

static struct named *named(const char *name)
{
    if (names.epoch != hd__exec.epoch) {
        names.epoch = hd__exec.epoch;
        names.first = NULL;
    }
    struct named *n = names.first;
    while (n != NULL && (n->name == NULL || strcmp(n->name, name) != 0))
        n = n->next;
    return n;
}

/* The part of a name that counts, or NULL: glibc ignores leading slashes. */
static const char *stem_of(const char *name)
{
    while (*name == '/')
        name++;
    size_t n = strlen(name);
    if (n == 0 || n > NAME_MAX - 4)
        return NULL;
    for (const char *p = name; *p != '\0'; p++)
        if (*p == '/')
            return NULL;
    return name;
}

static sem_t *fail(int error)
{
    errno = error;
    return SEM_FAILED;
}

static sem_t *open_named(const char *name, int flags, unsigned value,
                         struct hd_caller c)
{
    const char *stem = stem_of(name);
    if (stem == NULL || ((flags & O_CREAT) && value > SEM_VALUE_MAX))
        return fail(EINVAL);
    hd__point(HD_OP_INIT, 0, c.pc, c.frame);
    struct named *n = named(stem);
    if (n == NULL && !(flags & O_CREAT))
        return fail(ENOENT);
    if (n != NULL && (flags & O_CREAT) && (flags & O_EXCL))
        return fail(EEXIST);
    if (n == NULL) {
        n = hd_arena_alloc(&hd__exec.arena, sizeof *n);
        hd__psem_make(&n->sem, value, c);
        n->name = hd_arena_strdup(&hd__exec.arena, stem);
        n->next = names.first;
        names.first = n;
    }
    n->opens++;
    return &n->sem;
}

static int close_named(struct named *n, struct hd_caller c)
{
    if (n->opens > 0)
        n->opens--;
    if (n->opens == 0 && n->name == NULL)
        return hd__psem_destroy(&n->sem, c);
    hd__point(HD_OP_DESTROY, 0, c.pc, c.frame);
    return 0;
}

static struct named *opened(const sem_t *sem)
{
    (void)named("");
    struct named *n = names.first;
    while (n != NULL && &n->sem != sem)
        n = n->next;
    return n;
}

sem_t *sem_open(const char *name, int flags, ...)
{
    mode_t mode = 0;
    unsigned value = 0;
    if (flags & O_CREAT) {
        va_list ap;
        va_start(ap, flags);
        mode = va_arg(ap, mode_t);
        value = va_arg(ap, unsigned);
        va_end(ap);
    }
    if (!hd__within(true))
        return HD_REAL(sem_open)(name, flags, mode, value);
    return open_named(name, flags, value, HD_CALLER);
}

int sem_close(sem_t *sem)
{
    if (hd__cur == NULL)
        return HD_REAL(sem_close)(sem);
    struct named *n = opened(sem);
    int error = n == NULL ? EINVAL : close_named(n, HD_CALLER);
    errno = error != 0 ? error : errno;
    return error == 0 ? 0 : -1;
}

int sem_unlink(const char *name)
{
    if (!hd__within(true))
        return HD_REAL(sem_unlink)(name);
    const char *stem = stem_of(name);
    HD_POINT(DESTROY, 0);
    struct named *n = stem == NULL ? NULL : named(stem);
    if (n == NULL) {
        errno = ENOENT;
        return -1;
    }
    n->name = NULL;
    return n->opens == 0 ? hd__psem_destroy(&n->sem, HD_CALLER) : 0;
}
