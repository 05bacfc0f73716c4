/*
 * fuzz_suppressions.c - libFuzzer on the parser and the patterns of suppressions.
 *
 * The input is `file NUL name`.  What was parsed matches itself where it has no
 * special characters, and printing it again as a file gives the same list.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "report/suppression_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int ok)
{
    if (!ok)
        abort();
}

static void same_again(const struct hd_suppression_list *l)
{
    struct hd_suppression_list again = {.count = 0};
    struct hd_bytes text = {.size = 0};
    int line;
    const char *wrong;
    for (size_t i = 0; i < l->count; i++)
        hd_bytes_printf(&text, "%s:%s\n", l->item[i].top ? "race_top" : "race",
                        l->item[i].pattern);
    check(hd_suppressions_parse(&again, (const char *)text.data, text.size, &line,
                                &wrong) == HD_E_OK);
    check(again.count == l->count);
    for (size_t i = 0; i < l->count; i++) {
        check(strcmp(again.item[i].pattern, l->item[i].pattern) == 0);
        check(again.item[i].top == l->item[i].top);
    }
    hd_suppressions_free(&again);
    hd_bytes_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hd_suppression_list l = {.count = 0};
    const uint8_t *nul = memchr(data, 0, size);
    size_t file = nul == NULL ? size : (size_t)(nul - data);
    char *name = calloc(size - file + 1, 1);
    int line;
    const char *wrong;
    if (nul != NULL)
        memcpy(name, nul + 1, size - file - 1);
    if (hd_suppressions_parse(&l, (const char *)data, file, &line, &wrong) ==
        HD_E_OK)
        same_again(&l);
    else
        check(line >= 1 && wrong != NULL);
    for (size_t i = 0; i < l.count; i++) {
        const char *p = l.item[i].pattern;
        if (p[strcspn(p, "*^$")] == '\0')
            check(hd_suppression_matches(p, p));
        hd_suppression_matches(p, name);
    }
    hd_suppressions_free(&l);
    free(name);
    return 0;
}
