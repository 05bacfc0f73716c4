/*
 * test_schedule_file.c - schedule files: there and back, and a table of broken
 * ones, each with the line and the message that it must get.
 *
 * A broken file is the good one with one line replaced ("line 7 becomes...").
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/base/prng.h"
#include "../../src/repro/schedule_file.h"

/* clang-format off */
static const char *const good[] = {
    /*  1 */ "heddle-schedule 1",
    /*  2 */ "# found by a test",
    /*  3 */ "scenario 07-never-read/buggy",
    /*  4 */ "flavor tsan",
    /*  5 */ "carrier fiber",
    /*  6 */ "compiler clang 19.1.4",
    /*  7 */ "build 3f2a",
    /*  8 */ "option steps-max 200000",
    /*  9 */ "option starve-max-ns -1",
    /* 10 */ "param items 4",
    /* 11 */ "param work 12000000",
    /* 12 */ "",
    /* 13 */ "deviation main.1 0 0 next main @ chan-send 1 compute+0x2c",
    /* 14 */ "deviation main 1 2 switch main.1",
    /* 15 */ "deviation main 0 3 case 1 @ - 0 f.cold+0x0",
    /* 16 */ NULL, /* the plan, see plan_line() */
    /* 17 */ "class task-leak",
    /* 18 */ "signature task-leak: compute chan-send channel",
    /* 19 */ "trace-hash 0123456789abcdef",
};
/* clang-format on */
enum { LINES = sizeof good / sizeof *good, PLAN_LINE = 16 };

static const struct hd_scenario scenario = {
    .name = "07-never-read",
    .params = {{"items", 0, 4, HD_LINEAR, 1, ""},
               {"work", 0, 1000000000, HD_LOG, 1000000, ""}},
    .variants = {{.name = "buggy"}, {.name = "fixed"}},
};

/* The plan's bytes, made by the codec. */
static void good_bytes(struct hd_bytes *bytes)
{
    struct hd_plan p = {0};
    struct hd_input in = {{4, 12000000}};
    hd_params_encode(scenario.params, &in, bytes);
    hd_plan_add(&p, (struct hd_deviation){1, 0, 0, 0, HD_CHOICE_NEXT});
    hd_plan_add(&p, (struct hd_deviation){0, 1, 2, 1, HD_CHOICE_SWITCH});
    hd_plan_add(&p, (struct hd_deviation){0, 1, 3, 1, HD_CHOICE_CASE});
    hd_plan_encode(&p, bytes);
    hd_plan_free(&p);
}

/* "plan HEX"; change is added to byte `at` of the plan. */
static const char *plan_line(size_t at, int change)
{
    static char line[512];
    struct hd_bytes b = {0};
    good_bytes(&b);
    b.data[at] = (uint8_t)(b.data[at] + change);
    int n = sprintf(line, "plan ");
    for (size_t i = 0; i < b.size; i++)
        n += sprintf(line + n, "%02x", b.data[i]);
    hd_bytes_free(&b);
    return line;
}

/* The good file with line `line` replaced (0: none; NULL: left out). */
static void text_with(struct hd_bytes *text, int line, const char *other)
{
    for (int i = 1; i <= LINES; i++) {
        const char *s = i == line ? other : good[i - 1];
        if (i == PLAN_LINE && i != line)
            s = plan_line(0, 0);
        if (s)
            hd_bytes_printf(text, "%s\n", s);
    }
}

/* Parses a copy of the exact size, so that ASan sees a byte too far. */
static enum hd_err parse(struct hd_schedule *s, const struct hd_bytes *text,
                         struct hd_schedule_error *error)
{
    uint8_t *copy = malloc(text->size + !text->size);
    if (text->size)
        memcpy(copy, text->data, text->size);
    enum hd_err err = hd_schedule_parse(s, copy, text->size, error);
    free(copy);
    return err;
}

static void expect_good(const struct hd_schedule *s)
{
    assert_string_equal(s->scenario, "07-never-read");
    assert_string_equal(s->variant, "buggy");
    assert_string_equal(s->flavor, "tsan");
    assert_string_equal(s->carrier, "fiber");
    assert_string_equal(s->compiler, "clang 19.1.4");
    assert_string_equal(s->build, "3f2a");
    assert_int_equal(s->steps_max, 200000);
    assert_true(s->starve_max_ns == -1);
    assert_int_equal(s->params, 2);
    assert_string_equal(s->param[1].name, "work");
    assert_true(s->param[1].value == 12000000);
    assert_int_equal(s->devs, 3);
    assert_int_equal(s->params_size, 2);
    assert_int_equal(s->bytes.size, 2 + 3 * HD_DEVIATION_SIZE);
    assert_int_equal(s->cls, HD_TASK_LEAK);
    assert_string_equal(s->signature, "task-leak: compute chan-send channel");
    assert_true(s->trace_hash == 0x0123456789abcdef);
    const struct hd_schedule_dev *d = s->dev;
    assert_string_equal(d[0].task, "main.1");
    assert_string_equal(d[0].choice_task, "main");
    assert_string_equal(d[0].op, "chan-send");
    assert_int_equal(d[0].occurrence, 1);
    assert_string_equal(d[0].function, "compute");
    assert_int_equal(d[0].function_offset, 0x2c);
    assert_int_equal(d[0].dev.task, 1);
    assert_int_equal(d[1].dev.segment, 1);
    assert_int_equal(d[1].dev.choice, 1);
    assert_null(d[1].op);
    assert_null(d[1].function);
    assert_int_equal(d[2].dev.segment, 1); /* absolute: gap 0 after segment 1 */
    assert_int_equal(d[2].dev.offset, 3);
    assert_null(d[2].choice_task);
    assert_null(d[2].op);
    assert_string_equal(d[2].function, "f.cold");
}

static void a_good_file_goes_there_and_back(void **state)
{
    (void)state;
    struct hd_bytes text = {0}, printed = {0}, again = {0};
    struct hd_schedule s, copy;
    struct hd_schedule_error error;
    text_with(&text, 0, NULL);
    assert_int_equal(parse(&s, &text, &error), HD_E_OK);
    expect_good(&s);
    assert_int_equal(s.scenario_line, 3);
    assert_int_equal(s.param[1].line, 11);
    assert_int_equal(s.plan_line, PLAN_LINE);
    hd_schedule_print(&s, &printed);
    assert_true(hd_schedule_is(printed.data, printed.size));
    assert_int_equal(parse(&copy, &printed, &error), HD_E_OK);
    expect_good(&copy);
    hd_schedule_print(&copy, &again);
    assert_int_equal(printed.size, again.size);
    assert_memory_equal(printed.data, again.data, again.size);
    /* Without comments and empty lines the good file is the canonical one. */
    assert_int_equal(printed.size, text.size - strlen("# found by a test\n\n"));
    hd_schedule_free(&s);
    hd_schedule_free(&copy);
    assert_null(s.dev);
    hd_bytes_free(&text);
    hd_bytes_free(&printed);
    hd_bytes_free(&again);
}

static void empty_parts_and_hostile_texts_print_readably(void **state)
{
    (void)state;
    struct hd_schedule s = {.scenario = "a",
                            .variant = "b",
                            .flavor = "none",
                            .carrier = "thread",
                            .compiler = "",
                            .build = "",
                            .steps_max = UINT32_MAX,
                            .starve_max_ns = INT64_MIN,
                            .cls = HD_PANIC,
                            .signature = " one\ntwo\x1b[0m \xff ",
                            .trace_hash = 0xf};
    struct hd_bytes text = {0};
    struct hd_schedule_error error;
    hd_schedule_print(&s, &text);
    struct hd_schedule got;
    assert_int_equal(parse(&got, &text, &error), HD_E_OK);
    assert_string_equal(got.compiler, "?");
    assert_string_equal(got.build, "");
    assert_string_equal(got.signature, "?one?two?[0m ??");
    assert_true(got.starve_max_ns == INT64_MIN);
    assert_true(got.steps_max == UINT32_MAX);
    assert_int_equal(got.bytes.size, 0);
    hd_schedule_free(&got);
    hd_bytes_free(&text);
}

/* Version 2: a schedule of which nothing comes. */
static void a_schedule_may_pass(void **state)
{
    (void)state;
    struct hd_schedule s, got;
    struct hd_bytes text = {0}, passing = {0};
    struct hd_schedule_error error;
    text_with(&text, 0, NULL);
    assert_int_equal(parse(&s, &text, &error), HD_E_OK);
    s.cls = HD_NO_CLASS;
    hd_schedule_print(&s, &passing);
    assert_memory_equal(passing.data, "heddle-schedule 2\n", 18);
    hd_bytes_u8(&passing, 0);
    assert_non_null(strstr((char *)passing.data, "\nclass none\nsignature none\n"));
    passing.size--;
    assert_int_equal(parse(&got, &passing, &error), HD_E_OK);
    assert_int_equal(got.cls, HD_NO_CLASS);
    assert_string_equal(got.signature, "none");
    hd_schedule_free(&got);

    /* The older version has no such class, the newer one all of the older. */
    passing.data[16] = '1';
    assert_int_equal(parse(&got, &passing, &error), HD_E_SYNTAX);
    assert_string_equal(error.what, "there is no class `none`");
    text.data[16] = '2';
    assert_int_equal(parse(&got, &text, &error), HD_E_OK);
    expect_good(&got);
    hd_schedule_free(&got);
    hd_schedule_free(&s);
    hd_bytes_free(&text);
    hd_bytes_free(&passing);
}

struct broken {
    int replaced;      /* line of the good file */
    const char *other; /* what stands there instead; NULL: nothing */
    int line;          /* of the error */
    const char *what;
};

/* clang-format off */
static const struct broken broken[] = {
    {1, "heddle-schedules 1", 1, "not a schedule file: the first word is not `heddle-schedule`"},
    {1, "heddle-schedule", 1, "the version is missing"},
    {1, "heddle-schedule 3", 1, "version `3` is unknown, only 1 and 2 are known"},
    {1, "heddle-schedule 1 2", 1, "more than expected: `2`"},
    {1, "", 1, "`heddle-schedule` is missing, or there is a space too many"},
    {2, "tab\t", 2, "byte 4 (0x09) is a control character or not UTF-8"},
    {2, "# \xff", 2, "byte 3 (0xff) is a control character or not UTF-8"},
    {2, "scenario a/b\r", 2, "byte 13 (0x0d) is a control character or not UTF-8"},
    {2, " # indented", 2, "the key is missing, or there is a space too many"},
    {2, "colour red", 2, "unknown key `colour`"},
    {2, "flavor tsan", 2, "`scenario` is missing"},
    {3, NULL, 3, "`scenario` is missing"},
    {3, "scenario", 3, "the scenario is missing"},
    {3, "scenario 07-never-read", 3, "`07-never-read` is not NAME/VARIANT"},
    {3, "scenario a/b/c", 3, "`a/b/c` is not NAME/VARIANT"},
    {3, "scenario ../b", 3, "`../b` is not NAME/VARIANT"},
    {3, "scenario a/", 3, "`a/` is not NAME/VARIANT"},
    {3, "scenario a/b c", 3, "more than expected: `c`"},
    {4, "flavor msan", 4, "the flavor cannot be `msan`"},
    {4, "scenario a/b", 4, "`scenario` is given twice"},
    {5, "carrier pigeon", 5, "the carrier cannot be `pigeon`"},
    {5, "carrier  fiber", 5, "the carrier is missing, or there is a space too many"},
    {6, "compiler ", 6, "the compiler is missing"},
    {6, "compiler gcc ", 6, "the compiler begins or ends with a space"},
    {7, "build 3f2", 7, "the build-id has an odd number of hex digits"},
    {7, "build 3F2a", 7, "the build-id: character 2 is not one of 0-9a-f"},
    {8, NULL, 9, "`option steps-max` is missing"},
    {9, NULL, 9, "`option starve-max-ns` is missing"},
    {9, "option steps-max 1", 9, "option `steps-max` is given twice"},
    {9, "option colour 1", 9, "there is no option `colour`"},
    {8, "option steps-max 4294967296", 8, "steps-max `4294967296` is not a number from 0 to 4294967295"},
    {8, "option steps-max -1", 8, "steps-max `-1` is not a number from 0 to 4294967295"},
    {8, "option steps-max 01", 8, "steps-max `01` is not a number from 0 to 4294967295"},
    {9, "option starve-max-ns 9223372036854775808", 9, "starve-max-ns `9223372036854775808` is not a 64-bit number"},
    {9, "option starve-max-ns -9223372036854775809", 9, "starve-max-ns `-9223372036854775809` is not a 64-bit number"},
    {9, "option starve-max-ns 99999999999999999999999", 9, "starve-max-ns `99999999999999999999999` is not a 64-bit number"},
    {10, "param items -0", 10, "the value `-0` is not a 64-bit number"},
    {10, "param items 4x", 10, "the value `4x` is not a 64-bit number"},
    {10, "param items", 10, "the value is missing"},
    {10, "param 4items 4", 10, "`4items` is not a parameter's name"},
    {11, "param items 4", 11, "parameter `items` is given twice"},
    {13, "deviation task 0 0 next main", 13, "the task `task` is not a path like main.1.2"},
    {13, "deviation main.0 0 0 next main", 13, "the task `main.0` is not a path like main.1.2"},
    {13, "deviation main. 0 0 next main", 13, "the task `main.` is not a path like main.1.2"},
    {13, "deviation main1 0 0 next main", 13, "the task `main1` is not a path like main.1.2"},
    {13, "deviation main.1..2 0 0 next main", 13, "the task `main.1..2` is not a path like main.1.2"},
    {13, "deviation main.4294967296 0 0 next main", 13, "the task `main.4294967296` is not a path like main.1.2"},
    {13, "deviation main.1 16777216 0 next main", 13, "the gap `16777216` is not a number from 0 to 16777215"},
    {13, "deviation main.1 0 x next main", 13, "the offset `x` is not a number from 0 to 16777215"},
    {13, "deviation main.1 0 0 jump main", 13, "there is no kind `jump`"},
    {13, "deviation main.1 0 0 next 0", 13, "the chosen task `0` is not a path like main.1.2"},
    {13, "deviation main.1 0 0 next", 13, "the chosen task is missing"},
    {15, "deviation main 0 3 case main", 15, "the choice `main` is not a number from 0 to 65535"},
    {13, "deviation main.1 0 0 next main chan-send", 13, "`@` expected instead of `chan-send`"},
    {13, "deviation main.1 0 0 next main @ chan-send", 13, "the occurrence is missing"},
    {13, "deviation main.1 0 0 next main @ chan-send 1 compute", 13, "`compute` is not FUNCTION+0xOFFSET"},
    {13, "deviation main.1 0 0 next main @ chan-send 1 +0x2c", 13, "`+0x2c` is not FUNCTION+0xOFFSET"},
    {13, "deviation main.1 0 0 next main @ chan-send 1 f+0x", 13, "`f+0x` is not FUNCTION+0xOFFSET"},
    {13, "deviation main.1 0 0 next main @ chan-send 1 f+0x11112222333344445", 13, "`f+0x11112222333344445` is not FUNCTION+0xOFFSET"},
    {13, "deviation main.1 0 0 next main @ chan-send 1 f+0x1 g", 13, "more than expected: `g`"},
    {13, "deviation main.1 1 0 next main", 13, "the plan's bytes have another gap"},
    {14, "deviation main 1 3 switch main.1", 14, "the plan's bytes have another offset"},
    {14, "deviation main 1 2 next main.1", 14, "the plan's bytes have another kind"},
    {15, "deviation main 0 3 case 2", 15, "the plan's bytes have another choice"},
    {14, "deviation main 1 2 switch main.2", 14, "task number 1 of the plan's bytes has another name on line 13"},
    {14, "deviation main.1 1 2 switch main.1", 14, "task number 0 of the plan's bytes cannot be called `main.1`"},
    {14, "deviation main 1 2 switch main", 14, "task number 1 of the plan's bytes cannot be called `main`"},
    {10, NULL, 0, NULL}, /* fewer parameters are only noticed by binding */
    {14, NULL, 13, "the plan's bytes have another gap"},
    {16, "plan 0", 16, "the plan has an odd number of hex digits"},
    {16, "plan 0g", 16, "the plan: character 2 is not one of 0-9a-f"},
    {16, "plan none", 16, "the plan is too short for 3 deviations"},
    {16, "plan 00 00", 16, "more than expected: `00`"},
    {16, NULL, 16, "`plan` is missing"},
    {17, "class data-rice", 17, "there is no class `data-rice`"},
    {17, "flavor tsan", 17, "`flavor` must stand before `plan`"},
    {18, "signature", 18, "the signature is missing"},
    {18, "signature  two", 18, "the signature begins or ends with a space"},
    {18, "signature turned \xe2\x80\xae" "over", 18, "byte 18 (0xe2) is a control character or not UTF-8"},
    {19, "trace-hash 0123456789abcde", 19, "the trace hash is not 16 hex digits"},
    {19, "trace-hash 0123456789abcdef0", 19, "the trace hash is not 16 hex digits"},
    {19, "trace-hash 0123456789ABCDEF", 19, "the trace hash is not 16 hex digits"},
    {19, NULL, 18, "`trace-hash` is missing"},
    {2, "a-word-whose-accent-would-be-cut-in-two\xc3\xa9-and-on", 2, "unknown key `a-word-whose-accent-would-be-cut-in-two`"},
};
/* clang-format on */

static void every_broken_file_gets_its_line(void **state)
{
    (void)state;
    static const struct hd_schedule empty;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        const struct broken *b = &broken[i];
        struct hd_bytes text = {0};
        struct hd_schedule s;
        struct hd_schedule_error error;
        text_with(&text, b->replaced, b->other);
        enum hd_err err = parse(&s, &text, &error);
        if (b->what) {
            if (err != HD_E_SYNTAX || error.line != b->line)
                print_message("case %zu: line %d: %s\n", i, error.line, error.what);
            assert_int_equal(err, HD_E_SYNTAX);
            assert_string_equal(error.what, b->what);
            assert_int_equal(error.line, b->line);
            assert_memory_equal(&s, &empty, sizeof s);
        } else {
            assert_int_equal(err, HD_E_OK);
        }
        hd_schedule_free(&s);
        hd_bytes_free(&text);
    }
}

static void a_changed_plan_is_noticed(void **state)
{
    (void)state;
    /* Byte 2 is the first deviation's kind, 3 its task, 17 the next one's. */
    static const struct {
        size_t at;
        int change, line;
    } cases[] = {{2, 0x28, 13}, {3, -0x20, 13}, {17, 0x68, 14}, {23 + 15, 0, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hd_bytes text = {0};
        struct hd_schedule s;
        struct hd_schedule_error error;
        char line[512];
        snprintf(line, sizeof line, "%s", plan_line(cases[i].at, cases[i].change));
        text_with(&text, PLAN_LINE, line);
        assert_int_equal(parse(&s, &text, &error),
                         cases[i].change ? HD_E_SYNTAX : HD_E_OK);
        assert_int_equal(error.line, cases[i].line);
        hd_schedule_free(&s);
        hd_bytes_free(&text);
    }
}

static void cut_files_and_long_lines_are_refused(void **state)
{
    (void)state;
    struct hd_bytes text = {0};
    struct hd_schedule s;
    struct hd_schedule_error error;
    text_with(&text, 0, NULL);
    size_t whole = text.size;
    for (text.size = 0; text.size < whole - 1; text.size++) {
        assert_int_equal(parse(&s, &text, &error), HD_E_SYNTAX);
        assert_in_range(error.line, 1, LINES);
        assert_true(error.what[0] != 0);
    }
    /* Only the last newline may be absent. */
    assert_int_equal(parse(&s, &text, &error), HD_E_OK);
    hd_schedule_free(&s);
    hd_bytes_free(&text);
    char *line = malloc(65538);
    memset(line, '#', 65537);
    line[65537] = 0;
    text_with(&text, 2, line);
    assert_int_equal(parse(&s, &text, &error), HD_E_SYNTAX);
    assert_int_equal(error.line, 2);
    assert_string_equal(error.what, "the line is longer than 65536 bytes");
    hd_bytes_free(&text);
    line[65536] = 0;
    text_with(&text, 2, line);
    assert_int_equal(parse(&s, &text, &error), HD_E_OK);
    hd_schedule_free(&s);
    hd_bytes_free(&text);
    free(line);
}

/* A random recorded plan of 3,000 deviations: its line is over 64 KiB. */
static void long_plans_go_there_and_back(void **state)
{
    (void)state;
    enum { N = 3000 };
    static const char *const path[] = {"main", "main.1", "main.2", "main.1.1"};
    struct hd_schedule_dev dev[N];
    struct hd_schedule s = {.scenario = "a",
                            .variant = "b",
                            .flavor = "race",
                            .carrier = "fiber",
                            .compiler = "c",
                            .build = "00",
                            .dev = dev,
                            .devs = N,
                            .cls = HD_DEADLOCK,
                            .signature = "s"};
    struct hd_prng r = {8};
    struct hd_plan plan = {0};
    uint32_t segment[4] = {0};
    for (int i = 0; i < N; i++) {
        uint32_t task = hd_prng_below(&r, 4), choice = hd_prng_below(&r, 4);
        segment[task] += hd_prng_below(&r, 300);
        enum hd_choice_kind kind =
            (enum hd_choice_kind)hd_prng_below(&r, HD_CHOICE_COUNT);
        bool tasks = kind == HD_CHOICE_SWITCH || kind == HD_CHOICE_NEXT;
        dev[i] = (struct hd_schedule_dev){
            .dev = {task, segment[task], hd_prng_below(&r, 9), choice, kind},
            .task = (char *)path[task],
            .choice_task = tasks ? (char *)path[choice] : NULL,
            .op = i % 2 ? "lock" : NULL,
            .occurrence = (uint32_t)i,
        };
        hd_plan_add(&plan, dev[i].dev);
    }
    hd_plan_encode(&plan, &s.bytes);
    struct hd_bytes text = {0};
    hd_schedule_print(&s, &text);
    struct hd_schedule got;
    struct hd_schedule_error error;
    assert_int_equal(parse(&got, &text, &error), HD_E_OK);
    assert_int_equal(got.devs, N);
    for (int i = 0; i < N; i++) {
        assert_memory_equal(&got.dev[i].dev, &dev[i].dev, sizeof dev[i].dev);
        assert_string_equal(got.dev[i].task, dev[i].task);
        assert_int_equal(got.dev[i].occurrence, i);
    }
    hd_schedule_free(&got);
    hd_bytes_free(&text);
    hd_bytes_free(&s.bytes);
    hd_plan_free(&plan);
}

static void binding_checks_the_scenario(void **state)
{
    (void)state;
    static const struct broken cases[] = {
        {0, NULL, 0, NULL},
        {3, "scenario 08-other/buggy", 3,
         "the file is for scenario `08-other`, not `07-never-read`"},
        {3, "scenario 07-never-read/new", 3,
         "scenario `07-never-read` has no variant `new`"},
        {10, NULL, 15, "`param work` is missing"},
        {10, "param work 4", 11, "parameter `work` is given twice"},
        {10, "param item 4", 10, "parameter `item` stands where `items` belongs"},
        {10, "param items 5", 10, "parameter `items` cannot be 5"},
        {11, "param work 17000000", 11, "parameter `work` cannot be 17000000"},
        {11, "param work 11000000", 11,
         "parameter `work` is 11000000 here and 12000000 in the plan's bytes"},
        {12, "param more 1", 12,
         "scenario `07-never-read` has no parameter `more`"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct hd_bytes text = {0};
        struct hd_schedule s;
        struct hd_schedule_error error;
        struct hd_input in;
        struct hd_plan plan = {0};
        text_with(&text, cases[i].replaced, cases[i].other);
        enum hd_err err = parse(&s, &text, &error);
        if (err == HD_E_OK)
            err = hd_schedule_bind(&s, &scenario, &in, &plan, &error);
        if (cases[i].what) {
            assert_int_equal(err, HD_E_SYNTAX);
            assert_string_equal(error.what, cases[i].what);
            assert_int_equal(error.line, cases[i].line);
            assert_int_equal(plan.count, 0);
        } else {
            assert_int_equal(err, HD_E_OK);
            assert_true(in.param[0] == 4 && in.param[1] == 12000000);
            assert_int_equal(plan.count, 3);
        }
        hd_plan_free(&plan);
        hd_schedule_free(&s);
        hd_bytes_free(&text);
    }
}

static void binding_counts_the_parameters_bytes(void **state)
{
    (void)state;
    struct hd_bytes text = {0};
    struct hd_schedule s;
    struct hd_schedule_error error;
    struct hd_input in;
    struct hd_plan plan = {0};
    char line[600];
    snprintf(line, sizeof line, "plan 00%s", plan_line(0, 0) + strlen("plan "));
    text_with(&text, PLAN_LINE, line);
    assert_int_equal(parse(&s, &text, &error), HD_E_OK);
    assert_int_equal(hd_schedule_bind(&s, &scenario, &in, &plan, &error),
                     HD_E_SYNTAX);
    assert_int_equal(error.line, PLAN_LINE);
    assert_string_equal(error.what,
                        "the plan has 3 bytes before its deviations, the "
                        "parameters take 2");
    hd_schedule_free(&s);
    hd_bytes_free(&text);
}

static void schedule_files_are_told_from_raw_inputs(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is;
    } cases[] = {{"heddle-schedule 1\n", true},
                 {"heddle-schedule 9", true},
                 {"heddle-schedule\n", true},
                 {"heddle-schedule", true},
                 {"heddle-schedules 1", false},
                 {"heddle-schedul", false},
                 {"", false},
                 {" heddle-schedule 1", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            hd_schedule_is((const uint8_t *)cases[i].text, strlen(cases[i].text)),
            cases[i].is);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_file_goes_there_and_back),
        cmocka_unit_test(a_schedule_may_pass),
        cmocka_unit_test(empty_parts_and_hostile_texts_print_readably),
        cmocka_unit_test(every_broken_file_gets_its_line),
        cmocka_unit_test(a_changed_plan_is_noticed),
        cmocka_unit_test(cut_files_and_long_lines_are_refused),
        cmocka_unit_test(long_plans_go_there_and_back),
        cmocka_unit_test(binding_checks_the_scenario),
        cmocka_unit_test(binding_counts_the_parameters_bytes),
        cmocka_unit_test(schedule_files_are_told_from_raw_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
