/*
 * Folding inputs into distinct findings, baselines, and the escaping of what code
 * under test and file names may hold.
 */
#include "harness.h"

#include <stdlib.h>

#include "../../src/report/baseline.h"
#include "../../src/report/class_help.h"
#include "../../src/report/escape.h"
#include "../../src/report/findings.h"

/* ---- escaping ---- */

static void expect_escaped(void (*escape)(struct hd_bytes *, const char *),
                           const char *text, const char *want)
{
    struct hd_bytes b = {0};
    escape(&b, text);
    hd_bytes_u8(&b, 0);
    assert_string_equal((const char *)b.data, want);
    hd_bytes_free(&b);
}

static void xml_markup(void **state)
{
    (void)state;
    expect_escaped(hd_escape_xml, "", "");
    expect_escaped(hd_escape_xml, "a<b>&\"'", "a&lt;b&gt;&amp;&quot;&#39;");
    expect_escaped(hd_escape_xml, "]]>", "]]&gt;");
    expect_escaped(hd_escape_xml, "a\n\tb", "a\n\tb");
    expect_escaped(hd_escape_xml_attribute, "a\n\t<b", "a&#10;&#9;&lt;b");
}

static void xml_controls(void **state)
{
    (void)state;
    expect_escaped(hd_escape_xml, "a\x01\x1b[31m\x7f", "a\ufffd\ufffd[31m\ufffd");
    expect_escaped(hd_escape_xml, "\r", "\ufffd");
    expect_escaped(hd_escape_xml, "a\u202eb", "a\ufffdb"); /* reorders text */
    expect_escaped(hd_escape_xml, "\xef\xbf\xbe|\xef\xbf\xbf", "\ufffd|\ufffd");
}

static void xml_utf8(void **state)
{
    (void)state;
    expect_escaped(hd_escape_xml, "caf\u00e9 \u2603 \U0001f9f5",
                   "caf\u00e9 \u2603 \U0001f9f5");
    expect_escaped(hd_escape_xml, "\xff|\xc3|\xe2\x98|\xed\xa0\x80|\x80",
                   "\ufffd|\ufffd|\ufffd|\ufffd|\ufffd");
    expect_escaped(hd_escape_xml, "end\xf0\x9f", "end\ufffd");
}

static void github_commands(void **state)
{
    (void)state;
    expect_escaped(hd_escape_github_message, "100%: a,b\n::error::x",
                   "100%25: a,b%0A::error::x");
    expect_escaped(hd_escape_github_property, "a:b,c%\n", "a%3Ab%2Cc%25%0A");
    expect_escaped(hd_escape_github_message, "a\rb", "a\ufffdb");
}

static void uris(void **state)
{
    (void)state;
    expect_escaped(hd_escape_uri, "src/a-b_c.~1", "src/a-b_c.~1");
    expect_escaped(hd_escape_uri, "a b%#?:\xc3\xa9\n",
                   "a%20b%25%23%3F%3A%C3%A9%0A");
}

/* ---- baselines ---- */

static bool parse(struct hd_baseline *b, const char *text, size_t *line)
{
    struct hd_bytes bytes = {0};
    hd_text_put(&bytes, text);
    bool ok = hd_baseline_parse(b, &bytes, line);
    hd_bytes_free(&bytes);
    return ok;
}

static void baseline_reads(void **state)
{
    (void)state;
    struct hd_baseline b;
    size_t line;
    assert_true(parse(&b, "", &line));
    assert_false(hd_baseline_has(&b, "deadlock: a b c"));
    assert_true(parse(&b, "# c\n\npanic: x\r\ndeadlock: a b c", &line));
    assert_int_equal(b.count, 2);
    assert_true(hd_baseline_has(&b, "deadlock: a b c"));
    assert_true(hd_baseline_has(&b, "panic: x"));
    assert_false(hd_baseline_has(&b, "panic: xx"));
    hd_baseline_free(&b);
}

static void baseline_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\nnonsense\n",   "\nnonsense: x\n",  "\ndeadlock\n", "\ndeadlock:\n",
        "\ndeadlock: \n", "\npanic: a\x02\n", "\n: x\n",      "\npanic:x\n"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct hd_baseline b;
        size_t line;
        assert_false(parse(&b, bad[i], &line));
        assert_int_equal(line, 2);
    }
}

static void baseline_prints(void **state)
{
    (void)state;
    const char *const s[] = {"panic: x", "deadlock: b", "panic: x", "deadlock: a"};
    struct hd_bytes out = {0};
    struct hd_baseline b;
    size_t line;
    hd_baseline_print(s, COUNT(s), &out);
    hd_bytes_u8(&out, 0);
    const char *rest = strchr((const char *)out.data, '\n') + 1;
    assert_string_equal(rest, "deadlock: a\ndeadlock: b\npanic: x\n");
    assert_true(parse(&b, (const char *)out.data, &line));
    assert_int_equal(b.count, 3);
    hd_baseline_free(&b);
    hd_bytes_free(&out);
}

/* ---- folding ---- */

static const struct hd_scenario scenario = {.name = "s"};

static size_t input(struct hd_findings *r, const char *path, const char *variant,
                    const char *flavor, size_t deviations)
{
    size_t i = hd_findings_input(r, path);
    r->input[i].state = HD_INPUT_NOTHING;
    r->input[i].scenario = "s";
    r->input[i].variant = variant;
    r->input[i].flavor = flavor;
    r->input[i].deviations = deviations;
    r->input[i].size = strlen(path);
    return i;
}

static void fold(struct hd_findings *r, size_t i, const char *signature)
{
    hd_findings_fold(r, i, &scenario, HD_DEADLOCK, signature, "message");
}

static void same_signature_folds(void **state)
{
    (void)state;
    struct hd_findings r = {.directory = "d"};
    fold(&r, input(&r, "b", "v", "none", 2), "deadlock: 1");
    fold(&r, input(&r, "a", "v", "race", 1), "deadlock: 1");
    fold(&r, input(&r, "c", "w", "none", 0), "deadlock: 1");
    input(&r, "d", "v", "none", 0);
    hd_findings_finish(&r);
    assert_int_equal(r.case_count, 2);
    assert_int_equal(r.cases[0].inputs, 2);
    assert_string_equal(r.input[r.cases[0].smallest].path, "a");
    assert_string_equal(hd_case_flavor(&r, &r.cases[0]), "race");
    assert_true(hd_case_in_flavor(&r, &r.cases[0], "none"));
    assert_false(hd_case_in_flavor(&r, &r.cases[0], "tsan"));
    assert_string_equal(r.cases[1].variant, "w");
    assert_int_equal(hd_findings_in_state(&r, HD_INPUT_FOUND), 3);
    assert_int_equal(hd_findings_in_state(&r, HD_INPUT_NOTHING), 1);
    hd_findings_free(&r);
}

static void all_of_an_execution_count(void **state)
{
    (void)state;
    struct hd_findings r = {.directory = "d"};
    size_t i = input(&r, "a", "v", "none", 0);
    fold(&r, i, "deadlock: 2");
    fold(&r, i, "deadlock: 1");
    fold(&r, i, "deadlock: 1");
    hd_findings_finish(&r);
    assert_int_equal(r.case_count, 2);
    assert_string_equal(r.cases[0].signature, "deadlock: 1");
    assert_int_equal(r.cases[0].inputs, 1);
    hd_findings_free(&r);
}

static void order_of_inputs_does_not_matter(void **state)
{
    (void)state;
    struct hd_findings a = {.directory = "d"}, b = {.directory = "d"};
    fold(&a, input(&a, "x", "v", "none", 1), "deadlock: 1");
    fold(&a, input(&a, "y", "v", "none", 1), "deadlock: 2");
    fold(&b, input(&b, "y", "v", "none", 1), "deadlock: 2");
    fold(&b, input(&b, "x", "v", "none", 1), "deadlock: 1");
    hd_findings_finish(&a);
    hd_findings_finish(&b);
    for (size_t i = 0; i < 2; i++)
        assert_string_equal(a.cases[i].signature, b.cases[i].signature);
    hd_findings_free(&a);
    hd_findings_free(&b);
}

static void smallest_is_the_one_that_did_not_move(void **state)
{
    (void)state;
    struct hd_findings r = {.directory = "d"};
    size_t moved = input(&r, "a", "v", "none", 0);
    r.input[moved].moved = true;
    fold(&r, moved, "deadlock: 1");
    fold(&r, input(&r, "bbb", "v", "none", 3), "deadlock: 1");
    fold(&r, input(&r, "cc", "v", "none", 3), "deadlock: 1");
    hd_findings_finish(&r);
    assert_string_equal(r.input[r.cases[0].smallest].path, "cc");
    hd_findings_free(&r);
}

static void smallest_is_of_the_finding_itself(void **state)
{
    (void)state;
    struct hd_findings r = {.directory = "d"};
    fold(&r, input(&r, "a", "v", "none", 1), "deadlock: 1");
    size_t tsan = input(&r, "b", "v", "tsan", 1),
           race = input(&r, "c", "v", "race", 1);
    r.input[0].own = "panic: 1";
    r.input[tsan].own = r.input[race].own = "deadlock: 1";
    fold(&r, tsan, "deadlock: 1");
    fold(&r, race, "deadlock: 1");
    hd_findings_finish(&r);
    assert_string_equal(r.input[r.cases[0].smallest].path, "c");
    /* Fewer deviations are worth more than that. */
    fold(&r, input(&r, "d", "v", "tsan", 0), "deadlock: 1");
    hd_findings_finish(&r);
    assert_string_equal(r.input[r.cases[0].smallest].path, "d");
    hd_findings_free(&r);
}

static void known_is_not_new(void **state)
{
    (void)state;
    struct hd_baseline b;
    size_t line;
    assert_true(parse(&b, "deadlock: 1\n", &line));
    struct hd_findings r = {.directory = "d", .baseline = &b};
    size_t i = input(&r, "a", "v", "none", 0);
    fold(&r, i, "deadlock: 1");
    fold(&r, i, "deadlock: 2");
    hd_findings_finish(&r);
    assert_int_equal(hd_findings_new(&r), 1);
    assert_true(r.cases[0].known);
    hd_findings_free(&r);
    hd_baseline_free(&b);
}

static void rows_are_inputs_and_jobs(void **state)
{
    (void)state;
    struct hd_findings r = {.directory = "d"};
    struct hd_report_row *row;
    input(&r, "a", "w", "none", 0);
    input(&r, "b", "w", "none", 0);
    hd_findings_input(&r, "broken");
    *hd_findings_job(&r) =
        (struct hd_report_job){.scenario = "s", .variant = "v", .flavor = "race"};
    *hd_findings_job(&r) =
        (struct hd_report_job){.scenario = "s", .variant = "v", .flavor = "none"};
    assert_int_equal(hd_findings_rows(&r, true, &row), 3);
    assert_string_equal(row[0].flavor, "none");
    assert_string_equal(row[2].variant, "w");
    free(row);
    assert_int_equal(hd_findings_rows(&r, false, &row), 2);
    assert_null(row[0].flavor);
    assert_true(hd_row_has(&row[0], "s", "v", "race"));
    assert_false(hd_row_has(&row[0], "s", "w", NULL));
    assert_false(hd_row_has(&row[0], NULL, NULL, NULL));
    free(row);
    hd_findings_free(&r);
}

static void places(void **state)
{
    (void)state;
    struct hd_arena a = {0};
    struct hd_place p = hd_place_parse(&a, "send_result targets/my dir/a.c:61");
    assert_string_equal(p.function, "send_result");
    assert_string_equal(p.file, "targets/my dir/a.c");
    assert_int_equal(p.line, 61);
    p = hd_place_parse(&a, "send_result+0x2e");
    assert_string_equal(p.function, "send_result+0x2e");
    assert_null(p.file);
    hd_arena_free(&a);
}

/* ---- writers ---- */

/* A writer takes a report of nothing, and one of odd names. */
static void writers_take_anything(void **state)
{
    (void)state;
    const struct hd_report_format *const formats[] = {
        &hd_format_text, &hd_format_triage, &hd_format_github, &hd_format_junit};
    static const struct hd_scenario odd = {.name = "<s>", .fix = "\x01"};
    struct hd_findings r = {.directory = "<d>"};
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct hd_bytes out = {0};
        formats[i]->write(&r, &out);
        hd_bytes_free(&out);
    }
    size_t in = input(&r, "\xff\n<p>", "<v>", "none", 0);
    hd_findings_fold(&r, in, &odd, HD_PANIC, "panic: <x>", "said \x1b]0;<m>");
    hd_findings_finish(&r);
    r.cases[0].text = r.cases[0].replay = "<t>\n";
    struct hd_bytes out = {0};
    hd_format_junit.write(&r, &out);
    hd_bytes_u8(&out, 0);
    for (const char *p = "dpvxmt"; *p; p++) {
        char tag[] = {'<', *p, '>', 0};
        assert_null(strstr((const char *)out.data, tag));
    }
    assert_null(strchr((const char *)out.data, '\x1b'));
    hd_bytes_free(&out);
    hd_findings_free(&r);
}

static void every_class_has_help(void **state)
{
    (void)state;
    for (int c = HD_NO_CLASS + 1; c < HD_CLASS_COUNT; c++)
        assert_true(strlen(hd_class_help((enum hd_class)c)) > 20);
    assert_string_equal(hd_class_help(HD_NO_CLASS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_markup),
        cmocka_unit_test(xml_controls),
        cmocka_unit_test(xml_utf8),
        cmocka_unit_test(github_commands),
        cmocka_unit_test(uris),
        cmocka_unit_test(baseline_reads),
        cmocka_unit_test(baseline_refuses),
        cmocka_unit_test(baseline_prints),
        cmocka_unit_test(same_signature_folds),
        cmocka_unit_test(all_of_an_execution_count),
        cmocka_unit_test(order_of_inputs_does_not_matter),
        cmocka_unit_test(smallest_is_the_one_that_did_not_move),
        cmocka_unit_test(smallest_is_of_the_finding_itself),
        cmocka_unit_test(known_is_not_new),
        cmocka_unit_test(rows_are_inputs_and_jobs),
        cmocka_unit_test(places),
        cmocka_unit_test(writers_take_anything),
        cmocka_unit_test(every_class_has_help),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
