/*
 * test_base.c - the base: arena, byte strings, numbers of the plan codec, whole
 * files, names of addresses.  Run without arguments; writes only below a folder
 * of its own in TMPDIR.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../src/base/arena.h"
#include "../../src/base/bytes.h"
#include "../../src/base/elfsym.h"
#include "../../src/base/error.h"
#include "../../src/base/io.h"
#include "../../src/base/prng.h"

static char folder[256];

static const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void arena_is_zeroed_and_aligned_again_after_a_reset(void **state)
{
    (void)state;
    struct hd_arena a = {0};
    size_t blocks_used = 0;
    for (int round = 0; round < 4; round++) {
        struct hd_prng r = hd_prng_at(7, (uint64_t)round);
        for (int i = 0; i < 2000; i++) {
            size_t size = hd_prng_below(&r, i % 100 == 0 ? 300000 : 500);
            uint8_t *p = hd_arena_alloc(&a, size);
            assert_int_equal((uintptr_t)p % 16, 0);
            for (size_t k = 0; k < size; k++)
                assert_int_equal(p[k], 0);
            memset(p, 0xa5, size);
        }
        blocks_used += a.used;
        hd_arena_reset(&a);
        assert_int_equal(a.used, 0);
        assert_ptr_equal(a.now, a.first);
    }
    assert_true(blocks_used > 0);
    hd_arena_free(&a);
    assert_null(a.first);
}

static void arena_gives_the_same_addresses_after_a_reset(void **state)
{
    (void)state;
    struct hd_arena a = {0};
    void *first = hd_arena_alloc(&a, 40), *second = hd_arena_alloc(&a, 1);
    assert_ptr_not_equal(first, second);
    hd_arena_reset(&a);
    assert_ptr_equal(hd_arena_alloc(&a, 40), first);
    assert_ptr_equal(hd_arena_alloc(&a, 1), second);
    /* Even nothing has an address of its own. */
    assert_ptr_not_equal(hd_arena_alloc(&a, 0), hd_arena_alloc(&a, 0));
    hd_arena_free(&a);
}

static void arena_makes_strings_and_grows_arrays(void **state)
{
    (void)state;
    struct hd_arena a = {0};
    assert_string_equal(hd_arena_strdup(&a, "a loom"), "a loom");
    assert_string_equal(hd_arena_printf(&a, "%s-%d", "task", 7), "task-7");
    char *wide = hd_arena_printf(&a, "%200000d", 1);
    assert_int_equal(strlen(wide), 200000);
    uint32_t *array = NULL;
    size_t capacity = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        array = hd_arena_grow(&a, array, sizeof *array, i, &capacity, i + 1);
        assert_true(capacity > i);
        array[i] = i;
    }
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(array[i], i);
    assert_ptr_equal(hd_arena_grow(&a, array, 4, 5, &capacity, capacity), array);
    hd_arena_free(&a);
}

static void bytes_written_are_read_back(void **state)
{
    (void)state;
    struct hd_bytes b = {0};
    hd_bytes_u8(&b, 0xfe);
    hd_bytes_u32(&b, 0x89abcdef);
    hd_bytes_u64(&b, 0x0123456789abcdef);
    hd_bytes_str(&b, "");
    hd_bytes_str(&b, NULL);
    hd_bytes_str(&b, "shed");
    hd_bytes_printf(&b, "%05d", 42);
    assert_int_equal(b.data[1], 0xef); /* little endian */
    struct hd_reader r = {.data = b.data, .size = b.size};
    assert_int_equal(hd_read_u8(&r), 0xfe);
    assert_int_equal(hd_read_u32(&r), 0x89abcdef);
    assert_true(hd_read_u64(&r) == 0x0123456789abcdef);
    assert_string_equal(hd_read_str(&r), "");
    assert_null(hd_read_str(&r));
    assert_false(r.bad);
    assert_string_equal(hd_read_str(&r), "shed");
    assert_memory_equal(hd_read_raw(&r, 5), "00042", 5);
    assert_false(r.bad);
    assert_int_equal(r.at, r.size);
    hd_bytes_free(&b);
}

static void reader_stays_bad_after_an_overrun(void **state)
{
    (void)state;
    const uint8_t bytes[] = {1, 2, 3, 4, 5};
    struct hd_reader r = {.data = bytes, .size = sizeof bytes};
    assert_true(hd_read_u64(&r) == 0);
    assert_true(r.bad);
    assert_int_equal(hd_read_u8(&r), 0);
    assert_null(hd_read_raw(&r, 0));
    assert_null(hd_read_str(&r));
}

static void reader_refuses_broken_strings(void **state)
{
    (void)state;
    const char *broken[] = {
        "\x03\0\0\0abc",           /* not terminated within the bytes */
        "\x03\0\0\0abcd",          /* no NUL where it belongs */
        "\x03\0\0\0a\0c\0",        /* a NUL inside */
        "\xfe\xff\xff\xffghijklm", /* a length beyond everything */
    };
    const size_t size[] = {7, 8, 8, 11};
    for (int i = 0; i < 4; i++) {
        struct hd_reader r = {.data = (const uint8_t *)broken[i], .size = size[i]};
        assert_null(hd_read_str(&r));
        assert_true(r.bad);
    }
}

static void magfine_is_exact_at_every_boundary(void **state)
{
    (void)state;
    for (unsigned fine = 1; fine <= 4; fine++) {
        for (unsigned bits = 0; bits <= 8 * fine; bits++) {
            for (int64_t near = -1; near <= 1; near++) {
                int64_t v = ((int64_t)1 << bits) + near;
                if (v < 0 || v >= (int64_t)1 << (8 * fine))
                    continue;
                uint8_t p[5] = {0xee, 0xee, 0xee, 0xee, 0xee};
                hd_magfine_put(p, fine, (uint32_t)v);
                assert_true(hd_magfine_get(p, fine) == (uint32_t)v);
                if (fine < 4)
                    assert_int_equal(p[1 + fine], 0xee);
                /* Canonical: with one magnitude less the value does not fit. */
                if (p[0]-- > 0)
                    assert_true(hd_magfine_get(p, fine) != (uint32_t)v);
                else
                    assert_int_equal(v, 0);
            }
        }
    }
}

static void magfine_of_small_numbers_is_likely(void **state)
{
    (void)state;
    struct hd_prng r = {1};
    enum { N = 100000 };
    int zero = 0, below_four = 0;
    for (int i = 0; i < N; i++) {
        uint64_t bits = hd_prng_next(&r);
        uint8_t p[4];
        memcpy(p, &bits, sizeof p);
        uint32_t v = hd_magfine_get(p, 3);
        zero += v == 0;
        below_four += v < 4;
    }
    /* From the curve: 34.4 % have no bits, 49.6 % at most two, and some more
     * have bits that happen to be 0. */
    assert_in_range(zero, N * 36 / 100, N * 42 / 100);
    assert_in_range(below_four, N * 49 / 100, N * 54 / 100);
}

static void magfine_moves_a_little_with_a_fine_byte(void **state)
{
    (void)state;
    struct hd_prng r = {2};
    for (int i = 0; i < 100000; i++) {
        uint8_t p[4] = {
            (uint8_t)hd_prng_below(&r, 256), (uint8_t)hd_prng_below(&r, 256),
            (uint8_t)hd_prng_below(&r, 256), (uint8_t)hd_prng_below(&r, 256)};
        unsigned byte = hd_prng_below(&r, 3);
        if (p[1 + byte] == 255)
            continue;
        uint32_t before = hd_magfine_get(p, 3);
        p[1 + byte]++;
        int64_t moved = (int64_t)hd_magfine_get(p, 3) - before;
        int64_t one = (int64_t)1 << (8 * byte);
        p[1] = p[2] = p[3] = 255;
        int64_t mask = hd_magfine_get(p, 3);
        /* One step of that byte, within the bits that count. */
        assert_true((moved & mask) == (one & mask));
        assert_true(moved == 0 || moved == one || -moved == (mask & ~(one - 1)));
    }
}

static void utf8_ends_at_the_first_bad_character(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t good;
    } cases[] = {
        {"", 0},
        {"plain ~", 7},
        {"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\xa7\xb5", 14},
        {"tab\there", 3},
        {"del\x7f", 3},
        {"c1\xc2\x85", 2},
        {"cut\xe2\x82", 3},
        {"overlong\xc0\xaf", 8},
        {"overlong\xe0\x80\xaf", 8},
        {"surrogate\xed\xa0\x80", 9},
        {"beyond\xf4\x90\x80\x80", 6},
        {"stray\x80", 5},
        {"ff\xff", 2},
        {"reordered\xe2\x80\xae", 9},
        {"isolate\xe2\x81\xa6", 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(hd_utf8_printable((const uint8_t *)cases[i].text,
                                           strlen(cases[i].text)),
                         cases[i].good);
}

static void expect_content(const char *path, const char *content)
{
    struct hd_bytes b = {0};
    assert_int_equal(hd_file_read(path, 1 << 20, &b), HD_E_OK);
    assert_int_equal(b.size, strlen(content));
    assert_memory_equal(b.data, content, b.size);
    hd_bytes_free(&b);
}

/* Entries of the folder that a half-done write would leave. */
static int leftovers(void)
{
    char command[600];
    snprintf(command, sizeof command, "find %s -name '.*.new' | wc -l", folder);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    int n = -1;
    assert_int_equal(fscanf(f, "%d", &n), 1);
    pclose(f);
    return n;
}

static void files_are_written_replaced_and_read(void **state)
{
    (void)state;
    const char *path = in_folder("new/folders/file");
    assert_int_equal(hd_file_write(path, "one", 3), HD_E_OK);
    expect_content(path, "one");
    assert_int_equal(chmod(path, 0640), 0);
    assert_int_equal(hd_file_write(path, "second", 6), HD_E_OK);
    expect_content(path, "second");
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0640);
    assert_int_equal(hd_file_write(path, "", 0), HD_E_OK);
    expect_content(path, "");
    assert_int_equal(leftovers(), 0);
}

static void a_link_survives_the_write_through_it(void **state)
{
    (void)state;
    char target[512];
    snprintf(target, sizeof target, "%s", in_folder("target"));
    const char *path = in_folder("link");
    assert_int_equal(hd_file_write(target, "old", 3), HD_E_OK);
    assert_int_equal(symlink("target", path), 0);
    assert_int_equal(hd_file_write(path, "new", 3), HD_E_OK);
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    expect_content(target, "new");
}

static void reads_fail_as_the_header_says(void **state)
{
    (void)state;
    struct hd_bytes b = {0};
    hd_bytes_put(&b, "kept", 4);
    assert_int_equal(hd_file_read(in_folder("absent"), 10, &b), HD_E_NOENT);
    assert_int_equal(hd_file_read(folder, 10, &b), HD_E_SYSTEM);
    assert_int_equal(errno, EISDIR);
    const char *path = in_folder("eleven");
    assert_int_equal(hd_file_write(path, "eleven byte", 11), HD_E_OK);
    assert_int_equal(hd_file_read(path, 10, &b), HD_E_RANGE);
    assert_int_equal(b.size, 4);
    assert_int_equal(hd_file_read(path, 11, &b), HD_E_OK);
    assert_memory_equal(b.data, "kepteleven byte", 15);
    assert_int_equal(b.size, 15);
    hd_bytes_free(&b);
}

/* Runs body in a child, because limits cannot be taken back. */
static void in_child(int (*body)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(body());
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int write_with_little_room(void)
{
    static const uint8_t big[100000];
    struct rlimit limit = {4096, 4096};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 2;
    if (hd_file_write(in_folder("kept"), big, sizeof big) != HD_E_SYSTEM)
        return 3;
    return errno == EFBIG ? 0 : 4;
}

static void a_full_disk_leaves_the_old_content(void **state)
{
    (void)state;
    assert_int_equal(hd_file_write(in_folder("kept"), "old content", 11), HD_E_OK);
    in_child(write_with_little_room);
    expect_content(in_folder("kept"), "old content");
    assert_int_equal(leftovers(), 0);
}

static void writes_fail_as_the_header_says(void **state)
{
    (void)state;
    errno = 0;
    assert_int_equal(hd_file_write("/dev/full", "x", 1), HD_E_SYSTEM);
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(hd_file_write("/dev/null", "x", 1), HD_E_OK);
    assert_int_equal(hd_file_write(folder, "x", 1), HD_E_SYSTEM);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(hd_file_write(in_folder("plain"), "x", 1), HD_E_OK);
    assert_int_equal(hd_file_write(in_folder("plain/below"), "x", 1), HD_E_SYSTEM);
    assert_int_equal(errno, ENOTDIR);
    expect_content(in_folder("plain"), "x");
}

static int error_exit_status(void)
{
    int null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    hd_die("no %s", "memory");
}

static int error_long_message(void)
{
    int pipe_fd[2];
    if (pipe(pipe_fd) != 0)
        return 2;
    if (fork() == 0) {
        dup2(pipe_fd[1], STDERR_FILENO);
        hd_die("%5000d", 7);
    }
    close(pipe_fd[1]);
    char text[8192];
    size_t size = 0;
    for (ssize_t n; (n = read(pipe_fd[0], text + size, sizeof text - size)) > 0;)
        size += (size_t)n;
    return size > 900 && size <= 1024 && text[size - 1] == '\n' ? 0 : 3;
}

static void errors_have_texts_and_dying_has_a_status(void **state)
{
    (void)state;
    assert_string_equal(hd_err_text(HD_E_OK), "no error");
    assert_string_equal(hd_err_text(HD_E_WORKER),
                        "a worker process ended unexpectedly");
    assert_string_equal(hd_err_text((enum hd_err)1000), "unknown error");
    pid_t child = fork();
    if (child == 0)
        error_exit_status();
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), HD_EXIT_HARNESS);
    in_child(error_long_message);
}

int test_base_global[4] = {1, 2, 3, 4};
int test_base_function(int x);

__attribute__((noinline)) int test_base_function(int x)
{
    return x * test_base_global[0] + 1;
}

__attribute__((noinline, used)) static int local_function(int x)
{
    return test_base_function(x) + 2;
}

/* Two names of one address: the global one is kept, then the shorter. */
int test_base_alias_with_a_long_name(int x)
    __attribute__((alias("test_base_function")));

static uint64_t relative(const void *p)
{
    return (uint64_t)(uintptr_t)p - hd_load_base();
}

static void addresses_have_names(void **state)
{
    (void)state;
    uint64_t at = 99;
    uint64_t f = relative((const void *)(uintptr_t)test_base_function);
    assert_string_equal(hd_function_at(f, &at), "test_base_function");
    assert_int_equal(at, 0);
    assert_string_equal(hd_function_at(f + 3, &at), "test_base_function");
    assert_int_equal(at, 3);
    f = relative((const void *)(uintptr_t)local_function);
    assert_string_equal(hd_function_at(f, NULL), "local_function");
    assert_string_equal(hd_global_at(relative(&test_base_global[3]), &at),
                        "test_base_global");
    assert_int_equal(at, 12);
    assert_string_equal(hd_global_at(f, &at), "?");
    assert_int_equal(at, 0);
    assert_string_equal(hd_function_at(relative(&test_base_global[0]), NULL), "?");
    assert_string_equal(hd_function_at(0, NULL), "?");
    assert_string_equal(hd_function_at(UINT64_MAX, NULL), "?");
    assert_string_equal(hd_function_at(relative(&at), NULL), "?");
}

static void addresses_are_relative_to_their_file(void **state)
{
    (void)state;
    uintptr_t f = (uintptr_t)test_base_function;
    assert_int_equal(hd_relative(f), f - hd_load_base());
    assert_int_equal(hd_absolute(hd_relative(f)), f);
    /* libc is a library, has a number, and no names. */
    uintptr_t library = (uintptr_t)dlsym(RTLD_NEXT, "qsort");
    uint64_t rel = hd_relative(library), number = rel >> HD_OBJECT_BIT;
    assert_true(number > 0 && number < hd_loaded_update());
    assert_non_null(strstr(hd_loaded_at((unsigned)number)->path, "libc.so"));
    assert_int_equal(hd_absolute(rel), library);
    assert_string_equal(hd_function_at(rel, NULL), "?");
    /* What is in no file. */
    assert_int_equal(hd_relative((uintptr_t)&f), HD_NOWHERE);
    assert_int_equal(hd_relative(0), HD_NOWHERE);
    assert_int_equal(hd_absolute(HD_NOWHERE), 0);
    assert_string_equal(hd_function_at(HD_NOWHERE - 1, NULL), "?");
    assert_null(hd_loaded_at(hd_loaded_update()));
}

/* A library that comes later gets the next number, and keeps it. */
static void libraries_come_and_go(void **state)
{
    (void)state;
    unsigned before = hd_loaded_update();
    void *library = dlopen("libutil.so.1", RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    struct link_map *map = NULL;
    assert_int_equal(dlinfo(library, RTLD_DI_LINKMAP, &map), 0);
    uint64_t first = hd_relative((uintptr_t)map->l_ld);
    assert_int_equal(first >> HD_OBJECT_BIT, before);
    uintptr_t at = (uintptr_t)map->l_ld;
    assert_int_equal(dlclose(library), 0);
    assert_int_equal(hd_loaded_update(), before + 1);
    assert_int_equal(hd_relative(at), HD_NOWHERE);
    assert_int_equal(hd_absolute(first), 0);
    library = dlopen("libutil.so.1", RTLD_NOW | RTLD_LOCAL);
    assert_non_null(library);
    assert_int_equal(dlinfo(library, RTLD_DI_LINKMAP, &map), 0);
    assert_int_equal(hd_relative((uintptr_t)map->l_ld), first);
}

/* The build-id as the loader put it into memory, without looking at the file. */
static int note_in_memory(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    char *hex = arg;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
        if (ph->p_type != PT_NOTE)
            continue;
        const uint8_t *p = (const uint8_t *)(info->dlpi_addr + ph->p_vaddr);
        const uint8_t *end = p + ph->p_memsz;
        while (end - p > 12) {
            uint32_t n[3];
            memcpy(n, p, sizeof n);
            const uint8_t *desc = p + 12 + ((n[0] + 3) & ~3u);
            if (n[2] == 3 && n[0] == 4 && memcmp(p + 12, "GNU", 4) == 0)
                for (uint32_t k = 0; k < n[1]; k++)
                    sprintf(hex + 2 * k, "%02x", desc[k]);
            p = desc + ((n[1] + 3) & ~3u);
        }
    }
    return 1;
}

static void build_id_is_the_loaded_one(void **state)
{
    (void)state;
    char hex[129] = "";
    dl_iterate_phdr(note_in_memory, hex);
    assert_string_equal(hd_build_id(), hex);
}

static int make_folder(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/heddle-test-base-XXXXXX",
             tmp ? tmp : "/tmp");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char command[300];
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_is_zeroed_and_aligned_again_after_a_reset),
        cmocka_unit_test(arena_gives_the_same_addresses_after_a_reset),
        cmocka_unit_test(arena_makes_strings_and_grows_arrays),
        cmocka_unit_test(bytes_written_are_read_back),
        cmocka_unit_test(reader_stays_bad_after_an_overrun),
        cmocka_unit_test(reader_refuses_broken_strings),
        cmocka_unit_test(magfine_is_exact_at_every_boundary),
        cmocka_unit_test(magfine_of_small_numbers_is_likely),
        cmocka_unit_test(magfine_moves_a_little_with_a_fine_byte),
        cmocka_unit_test(utf8_ends_at_the_first_bad_character),
        cmocka_unit_test(files_are_written_replaced_and_read),
        cmocka_unit_test(a_link_survives_the_write_through_it),
        cmocka_unit_test(reads_fail_as_the_header_says),
        cmocka_unit_test(a_full_disk_leaves_the_old_content),
        cmocka_unit_test(writes_fail_as_the_header_says),
        cmocka_unit_test(errors_have_texts_and_dying_has_a_status),
        cmocka_unit_test(addresses_have_names),
        cmocka_unit_test(addresses_are_relative_to_their_file),
        cmocka_unit_test(libraries_come_and_go),
        cmocka_unit_test(build_id_is_the_loaded_one),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
