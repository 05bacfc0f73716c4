/* fuzz_files.c - folders of inputs; see fuzz.h. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "../base/io.h"
#include "fuzz.h"

char *hd_fuzz_path(const char *format, ...)
{
    va_list ap;
    char *path;
    va_start(ap, format);
    if (vasprintf(&path, format, ap) < 0)
        hd_die("out of memory");
    va_end(ap);
    return path;
}

static void append(struct hd_fuzz_files *to, char *path)
{
    to->path = realloc(to->path, (to->count + 1) * sizeof *to->path);
    if (!to->path)
        hd_die("out of memory");
    to->path[to->count++] = path;
}

void hd_fuzz_list(const char *folder, struct hd_fuzz_files *to)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        struct stat st;
        char *path = hd_fuzz_path("%s/%s", folder, entry[i]->d_name);
        if (entry[i]->d_name[0] != '.' && strcmp(entry[i]->d_name, "README.txt") &&
            !stat(path, &st) && S_ISREG(st.st_mode))
            append(to, path);
        else
            free(path);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

void hd_fuzz_files_free(struct hd_fuzz_files *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->path[i]);
    free(f->path);
    *f = (struct hd_fuzz_files){.count = 0};
}

bool hd_fuzz_folder(const char *path)
{
    struct stat st;
    char *copy = hd_fuzz_path("%s", path);
    for (char *slash = strchr(copy + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(copy, 0777);
        *slash = '/';
    }
    free(copy);
    if (!mkdir(path, 0777))
        return true;
    if (errno != EEXIST)
        return false;
    if (!stat(path, &st) && S_ISDIR(st.st_mode))
        return true;
    errno = ENOTDIR;
    return false;
}

bool hd_fuzz_readable(const char *folder)
{
    DIR *d = opendir(folder);
    if (!d)
        return false;
    closedir(d);
    return !access(folder, X_OK);
}

/* Permission bits alone do not say it: not for root, nor in /proc. */
bool hd_fuzz_writable(const char *folder)
{
    char *path = hd_fuzz_path("%s/.heddle-XXXXXX", folder);
    int fd = mkostemp(path, O_CLOEXEC);
    int saved = errno;
    if (fd >= 0) {
        close(fd);
        unlink(path);
    }
    free(path);
    errno = saved;
    return fd >= 0;
}

static int remove_one(const char *path, const struct stat *st, int kind,
                      struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    remove(path);
    return 0;
}

void hd_fuzz_remove(const char *folder)
{
    enum { FILES_OPEN = 16 };
    nftw(folder, remove_one, FILES_OPEN, FTW_DEPTH | FTW_PHYS);
}

char *hd_fuzz_name(const char *folder, const struct hd_bytes *content)
{
    XXH128_hash_t h = XXH3_128bits(content->data, content->size);
    return hd_fuzz_path("%s/%016llx%016llx", folder, (unsigned long long)h.high64,
                        (unsigned long long)h.low64);
}

bool hd_fuzz_add(const char *folder, const struct hd_bytes *content)
{
    char *path = hd_fuzz_name(folder, content);
    bool ok =
        !access(path, F_OK) || !hd_file_write(path, content->data, content->size);
    int saved = errno;
    free(path);
    errno = saved;
    return ok;
}
