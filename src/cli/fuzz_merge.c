/*
 * fuzz_merge.c - `heddle fuzz --merge`: a corpus without what adds nothing.
 *
 * The engine says which inputs its coverage needs (libFuzzer's -merge=1, afl-cmin),
 * of these the smallest are kept, as many as a corpus may hold.  Files keep their
 * names.  The empty input and inputs that show a finding are left alone: coverage
 * says nothing about what those are good for.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/io.h"
#include "fuzz.h"

static off_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? 0 : st.st_size;
}

static int by_size(const void *a, const void *b)
{
    const char *x = *(char *const *)a, *y = *(char *const *)b;
    off_t m = size_of(x), n = size_of(y);
    return m != n ? (m < n ? -1 : 1) : strcmp(x, y);
}

/* Copies a file to FOLDER/HASH. */
static bool copy_to(const char *folder, const char *path)
{
    struct hd_bytes content = {0};
    bool ok = !hd_file_read(path, HD_FUZZ_INPUT_MAX, &content) &&
              hd_fuzz_add(folder, &content);
    hd_bytes_free(&content);
    return ok;
}

static bool is_in(const char *folder, const struct hd_bytes *content)
{
    char *path = hd_fuzz_name(folder, content);
    bool there = !access(path, F_OK);
    free(path);
    return there;
}

/* Deletes those of the corpus that were judged and are not to be kept. */
static size_t corpus_prune(const struct hd_fuzz *f, const char *keep)
{
    struct hd_fuzz_files files = {.count = 0};
    size_t deleted = 0;
    hd_fuzz_list(f->corpus, &files);
    for (size_t i = 0; i < files.count; i++) {
        struct hd_bytes content = {0};
        if (!hd_file_read(files.path[i], HD_FUZZ_INPUT_MAX, &content) &&
            content.size && is_in(f->in, &content) && !is_in(keep, &content))
            deleted += !unlink(files.path[i]);
        hd_bytes_free(&content);
    }
    hd_fuzz_files_free(&files);
    return deleted;
}

/* Adds what is to be kept and came from elsewhere. */
static bool corpus_extend(const struct hd_fuzz *f, const struct hd_fuzz_files *keep)
{
    char *have = hd_fuzz_path("%s/have", f->work);
    struct hd_fuzz_files files = {.count = 0};
    bool ok = hd_fuzz_folder(have);
    hd_fuzz_list(f->corpus, &files);
    for (size_t i = 0; i < files.count && ok; i++)
        ok = copy_to(have, files.path[i]);
    for (size_t i = 0; i < keep->count && ok; i++) {
        struct hd_bytes content = {0};
        ok = !hd_file_read(keep->path[i], HD_FUZZ_INPUT_MAX, &content) &&
             (is_in(have, &content) || hd_fuzz_add(f->corpus, &content));
        hd_bytes_free(&content);
    }
    hd_fuzz_files_free(&files);
    free(have);
    return ok;
}

static int merged_apply(struct hd_fuzz *f, const char *merged, const char *keep)
{
    struct hd_fuzz_files files = {.count = 0}, kept = {.count = 0},
                         left = {.count = 0};
    hd_fuzz_list(merged, &files);
    if (files.count)
        qsort(files.path, files.count, sizeof *files.path, by_size);
    bool ok = hd_fuzz_folder(keep);
    for (size_t i = 0; i < files.count && i < f->files_max && ok; i++)
        ok = copy_to(keep, files.path[i]);
    hd_fuzz_list(keep, &kept);
    size_t deleted = ok ? corpus_prune(f, keep) : 0;
    ok = ok && corpus_extend(f, &kept);
    hd_fuzz_list(f->corpus, &left);
    int status = HD_EXIT_OK;
    if (ok)
        printf("%s: %zu files are left, %zu were deleted; %llu show a finding and "
               "were "
               "not judged\n",
               f->corpus, left.count, deleted,
               (unsigned long long)f->with_findings);
    else
        status = hd_harness_error(f->command, "cannot write to %s: %s", f->corpus,
                                  strerror(errno));
    hd_fuzz_files_free(&files);
    hd_fuzz_files_free(&kept);
    hd_fuzz_files_free(&left);
    return status;
}

int hd_fuzz_merge(struct hd_fuzz *f)
{
    int status = hd_fuzz_sort_inputs(f);
    char *merged = hd_fuzz_path("%s/merged", f->work);
    char *keep = hd_fuzz_path("%s/keep", f->work);
    struct hd_fuzz_files inputs = {.count = 0};
    hd_fuzz_list(f->in, &inputs);
    if (status == HD_EXIT_OK && !hd_interrupted && inputs.count)
        status = hd_fuzz_folder(merged)
                     ? f->engine->merge(f, f->in, merged)
                     : hd_harness_error(f->command, "cannot write to %s", f->work);
    if (status == HD_EXIT_OK && hd_interrupted)
        status = hd_harness_error(f->command, "interrupted, nothing was changed");
    else if (status == HD_EXIT_OK && !inputs.count)
        printf("%s: no input without a finding, nothing to merge\n", f->corpus);
    else if (status == HD_EXIT_OK)
        status = merged_apply(f, merged, keep);
    hd_fuzz_files_free(&inputs);
    free(merged);
    free(keep);
    return status;
}
