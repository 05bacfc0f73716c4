/*
 * fuzz_schedule.c - libFuzzer target: any bytes as a schedule file.  What is
 * refused has a line and a reason and leaves nothing behind; what is taken
 * prints to a text that parses to the same and prints the same again.
 */
#include <stdint.h>
#include <string.h>

#include "../../src/base/error.h"
#include "../../src/repro/schedule_file.h"

static const struct hd_scenario scenario = {
    .name = "07-never-read",
    .params = {{"items", 0, 4, HD_LINEAR, 1, ""},
               {"work", 0, 1000000000, HD_LOG, 1000000, ""}},
    .variants = {{.name = "buggy"}, {.name = "fixed"}},
};

static void check_error(const struct hd_schedule_error *e, int lines)
{
    HD_CHECK(e->line >= 1 && e->line <= lines);
    size_t n = strlen(e->what);
    HD_CHECK(n > 0 && hd_utf8_printable((const uint8_t *)e->what, n) == n);
}

static int count_lines(const uint8_t *data, size_t size)
{
    int lines = 1;
    for (size_t i = 0; i + 1 < size; i++)
        lines += data[i] == '\n';
    return lines;
}

static void check_same(const struct hd_schedule *a, const struct hd_schedule *b)
{
    HD_CHECK(a->params == b->params && a->devs == b->devs);
    HD_CHECK(a->params_size == b->params_size && a->bytes.size == b->bytes.size);
    for (size_t i = 0; i < a->devs; i++)
        HD_CHECK(memcmp(&a->dev[i].dev, &b->dev[i].dev, sizeof a->dev[i].dev) == 0);
    HD_CHECK(strcmp(a->signature, b->signature) == 0);
    HD_CHECK(a->cls == b->cls && a->trace_hash == b->trace_hash);
}

static void check_taken(const struct hd_schedule *s, int lines)
{
    struct hd_bytes text = {0}, again = {0};
    struct hd_schedule copy;
    struct hd_schedule_error error;
    hd_schedule_print(s, &text);
    HD_CHECK(hd_schedule_is(text.data, text.size));
    HD_CHECK(hd_schedule_parse(&copy, text.data, text.size, &error) == HD_E_OK);
    check_same(s, &copy);
    hd_schedule_print(&copy, &again);
    HD_CHECK(text.size == again.size &&
             memcmp(text.data, again.data, text.size) == 0);

    struct hd_input in;
    struct hd_plan plan = {0};
    if (hd_schedule_bind(s, &scenario, &in, &plan, &error) == HD_E_OK)
        HD_CHECK(plan.count == s->devs);
    else
        check_error(&error, lines);
    hd_plan_free(&plan);
    hd_schedule_free(&copy);
    hd_bytes_free(&text);
    hd_bytes_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct hd_schedule empty;
    struct hd_schedule s;
    struct hd_schedule_error error;
    int lines = count_lines(data, size);
    if (hd_schedule_parse(&s, data, size, &error) == HD_E_OK) {
        HD_CHECK(hd_schedule_is(data, size));
        check_taken(&s, lines);
        hd_schedule_free(&s);
    } else {
        check_error(&error, lines);
        HD_CHECK(memcmp(&s, &empty, sizeof s) == 0);
    }
    return 0;
}
