/*
 * io.c - whole files.
 *
 * A regular file is written under a name of its own beside the target, synced
 * and renamed over it, so a reader sees the old content or the new.  The
 * process id in that name keeps two hunts apart; it is gone after the rename,
 * and only a kill in between leaves it behind.  A symbolic link is followed, so
 * that the link survives.  Something that is not a regular file (a pipe, a
 * terminal, /dev/full) cannot be replaced and is written straight into.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int open_retry(const char *path, int flags, mode_t mode)
{
    int fd;
    do
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Closes, with errno as it was. */
static void close_quietly(int fd)
{
    int saved = errno;
    close(fd);
    errno = saved;
}

enum hd_err hd_file_read(const char *path, size_t max, struct hd_bytes *out)
{
    int fd = open_retry(path, O_RDONLY, 0);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR ? HD_E_NOENT : HD_E_SYSTEM;
    size_t start = out->size;
    enum hd_err err = HD_E_OK;
    for (;;) {
        uint8_t part[16384];
        ssize_t n = read(fd, part, sizeof part);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            err = HD_E_SYSTEM;
        else if ((size_t)n > max - (out->size - start))
            err = HD_E_RANGE;
        if (n <= 0 || err)
            break;
        hd_bytes_put(out, part, (size_t)n);
    }
    if (err)
        out->size = start;
    close_quietly(fd);
    return err;
}

static bool write_all(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n == 0 ? EIO : errno;
            return false;
        }
        data += n;
        size -= (size_t)n;
    }
    return true;
}

/* mkdir -p of the folder that path lies in. */
static bool make_parents(const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        hd_die("out of memory");
    bool ok = true;
    for (char *slash = strchr(copy + 1, '/'); ok && *copy && slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        ok = mkdir(copy, 0777) == 0 || errno == EEXIST;
        *slash = '/';
    }
    int saved = errno;
    free(copy);
    errno = saved;
    return ok;
}

/* Best effort: the rename is done, and some file systems cannot sync folders. */
static void sync_folder(const char *path)
{
    char *folder = strdup(path);
    if (!folder)
        return;
    char *slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = 0;
    int fd = open_retry(slash ? folder : ".", O_RDONLY | O_DIRECTORY, 0);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

/* "folder/.name.PID.new" */
static char *beside(const char *path)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0;
    char *name;
    if (asprintf(&name, "%.*s.%s.%ld.new", folder, path, path + folder,
                 (long)getpid()) < 0)
        hd_die("out of memory");
    return name;
}

static enum hd_err write_straight(const char *path, const void *data, size_t size)
{
    int fd = open_retry(path, O_WRONLY, 0);
    if (fd < 0)
        return HD_E_SYSTEM;
    bool ok = write_all(fd, data, size);
    close_quietly(fd);
    return ok ? HD_E_OK : HD_E_SYSTEM;
}

/* mode: of the file that is replaced, or -1 if there is none. */
static enum hd_err write_and_rename(const char *path, const void *data, size_t size,
                                    int mode)
{
    char *name = beside(path);
    /* Whatever has our name is left from a killed process with our id. */
    unlink(name);
    int fd = open_retry(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
    bool ok = fd >= 0;
    if (ok) {
        ok = write_all(fd, data, size) &&
             (mode < 0 || fchmod(fd, (mode_t)mode & 0777) == 0) && fsync(fd) == 0;
        close_quietly(fd);
        ok = ok && rename(name, path) == 0;
        int saved = errno;
        if (ok)
            sync_folder(path);
        else
            unlink(name);
        errno = saved;
    }
    int saved = errno;
    free(name);
    errno = saved;
    return ok ? HD_E_OK : HD_E_SYSTEM;
}

enum hd_err hd_file_write(const char *path, const void *data, size_t size)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return make_parents(path) ? write_and_rename(path, data, size, -1)
                                  : HD_E_SYSTEM;
    if (S_ISDIR(st.st_mode)) {
        errno = EISDIR;
        return HD_E_SYSTEM;
    }
    if (!S_ISREG(st.st_mode))
        return write_straight(path, data, size);
    char *real = realpath(path, NULL);
    if (!real)
        return HD_E_SYSTEM;
    enum hd_err err = write_and_rename(real, data, size, (int)(st.st_mode & 07777));
    int saved = errno;
    free(real);
    errno = saved;
    return err;
}
