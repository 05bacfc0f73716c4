/* buildid.c - the running program's identity; see the header. */
#define _GNU_SOURCE
#include "buildid.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../base/error.h"
#include "program.h"

const char *const hd_flavors[] = {"none", "race", "asan", "tsan", NULL};

const char *hd_build_compiler(void)
{
#if defined(__clang__)
    static char text[64];
    snprintf(text, sizeof text, "clang %d.%d.%d", __clang_major__, __clang_minor__,
             __clang_patchlevel__);
    return text;
#else
    return "gcc " __VERSION__;
#endif
}

void hd_build_runner(const char *flavor, char *path, size_t size)
{
    char self[4096];
    if (hd_program_given) {
        snprintf(path, size, "%s", hd_program_given->path);
        return;
    }
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n < 0)
        hd_die("cannot read /proc/self/exe");
    self[n] = 0;
    size_t end = (size_t)n;
    for (const char *const *f = hd_flavors; *f; f++) {
        size_t len = strlen(*f);
        if (end > len + 1 && self[end - len - 1] == '-' &&
            !strcmp(self + end - len, *f)) {
            self[end - len - 1] = 0;
            break;
        }
    }
    if (!strcmp(flavor, "none"))
        snprintf(path, size, "%s", self);
    else
        snprintf(path, size, "%s-%s", self, flavor);
}
