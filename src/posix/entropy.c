/*
 * entropy.c - random bytes that are the same in each run: getrandom(),
 * getentropy(), arc4random() and its kin, /dev/random and /dev/urandom, C++'s
 * std::random_device, and what the kernel leaves for a process at AT_RANDOM.
 *
 * All come from one generator.  It begins anew with each execution - but in a
 * program, where it goes on from what start-up has read, so that nothing comes
 * twice. rand(), random() and drand48() are libc's, which are deterministic.
 */
#include "entropy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "../base/libc.h"
#include "../base/prng.h"
#include "asked.h"

HD_POSIX_FILE(entropy);

enum { SEED = 0x6865646c };

static struct hd_prng source = {SEED};

void hd__entropy_begin(void)
{
    if (!hd__program)
        source = (struct hd_prng){SEED};
}

static void fill(void *out, size_t n)
{
    unsigned char *p = out;
    while (n > 0) {
        uint64_t word = hd_prng_next(&source);
        size_t part = n < sizeof word ? n : sizeof word;
        memcpy(p, &word, part);
        p += part;
        n -= part;
    }
}

void hd__entropy_give(void *out, size_t n, struct hd_caller c)
{
    hd__caller_memory(out, n, true, c);
    fill(out, n);
}

/* ---- functions ---- */

ssize_t getrandom(void *out, size_t n, unsigned flags)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(getrandom)(out, n, flags);
    hd__entropy_give(out, n, c);
    return (ssize_t)n;
}

int getentropy(void *out, size_t n)
{
    enum { MAX = 256 };
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(getentropy)(out, n);
    if (n > MAX) {
        errno = EIO;
        return -1;
    }
    hd__entropy_give(out, n, c);
    return 0;
}

uint32_t arc4random(void)
{
    struct hd_caller c = HD_CALLER;
    return hd__asked(c) ? (uint32_t)hd_prng_next(&source) : HD_REAL(arc4random)();
}

void arc4random_buf(void *out, size_t n)
{
    struct hd_caller c = HD_CALLER;
    if (hd__asked(c))
        hd__entropy_give(out, n, c);
    else
        HD_REAL(arc4random_buf)(out, n);
}

uint32_t arc4random_uniform(uint32_t n)
{
    struct hd_caller c = HD_CALLER;
    if (!hd__asked(c))
        return HD_REAL(arc4random_uniform)(n);
    return n == 0 ? 0 : hd_prng_below(&source, n);
}

/*
 * std::random_device, whose bytes come from an instruction of the processor where
 * there is one.  The name is libstdc++'s (unsigned
 * std::random_device::_M_getval()). Weak, for a program that has libstdc++ itself
 * in it.
 */
unsigned hd__random_device(void *device) __asm__("_ZNSt13random_device9_M_getvalEv")
    __attribute__((weak));
unsigned hd__random_device(void *device)
{
    struct hd_caller c = HD_CALLER;
    if (hd__asked(c))
        return (unsigned)hd_prng_next(&source);
    static struct hd_real real = {NULL, "_ZNSt13random_device9_M_getvalEv", NULL};
    return ((unsigned (*)(void *))hd__real(&real))(device);
}

/* ---- the kernel's gift ---- */

extern unsigned long __getauxval(unsigned long type); /* as __sysconf: cpus.c */

unsigned long getauxval(unsigned long type)
{
    static const unsigned char bytes[16] = "heddle's random";
    struct hd_caller c = HD_CALLER;
    if (type == AT_RANDOM && hd__asked(c))
        return (unsigned long)bytes;
    return HD__REAL(getauxval, (void *)__getauxval)(type);
}

/* ---- devices ---- */

bool hd__is_random_device(const struct stat *st)
{
    enum { MEM = 1, RANDOM = 8, URANDOM = 9 };
    return S_ISCHR(st->st_mode) && (st->st_rdev == makedev(MEM, RANDOM) ||
                                    st->st_rdev == makedev(MEM, URANDOM));
}

/*
 * A FILE reads inside libc, where heddle does not see it, and C++'s streams take
 * its descriptor and read that: so it is one of a file in memory with some of the
 * bytes.
 */
static FILE *open_stream(const char *path, const char *mode)
{
    static unsigned char bytes[1 << 16];
    struct stat st;
    if (mode[0] != 'r' || stat(path, &st) != 0 || !hd__is_random_device(&st))
        return NULL;
    int fd = memfd_create("random", MFD_CLOEXEC);
    if (fd < 0)
        return NULL;
    fill(bytes, sizeof bytes);
    if (pwrite(fd, bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes) {
        close(fd);
        return NULL;
    }
    return fdopen(fd, "r");
}

FILE *fopen(const char *path, const char *mode)
{
    struct hd_caller c = HD_CALLER;
    FILE *f = hd__asked(c) ? open_stream(path, mode) : NULL;
    return f != NULL ? f : HD_REAL(fopen)(path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    struct hd_caller c = HD_CALLER;
    FILE *f = hd__asked(c) ? open_stream(path, mode) : NULL;
    return f != NULL ? f : HD_REAL(fopen64)(path, mode);
}
