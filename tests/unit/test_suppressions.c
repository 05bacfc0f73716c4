/*
 * Suppressions: the file's text, and what patterns match.
 */
#include "harness.h"

#include "../../src/report/suppression_list.h"

static void patterns_match_as_tsans_do(void **state)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } cases[] = {
        {"foo", "foo", true},       {"foo", "a_foo_b", true},
        {"foo", "fo", false},       {"^foo", "foobar", true},
        {"^foo", "afoo", false},    {"foo$", "afoo", true},
        {"foo$", "foobar", false},  {"^foo$", "foo", true},
        {"^foo$", "foofoo", false}, {"a*c", "xabbcx", true},
        {"a*c", "xcba", false},     {"^a*c$", "abcbc", true},
        {"^a*c$", "abcb", false},   {"*", "", true},
        {"^*$", "anything", true},  {"a*b*c$", "abcabxc", true},
        {"$", "anything", true},    {"^$", "", true},
        {"^$", "x", false},         {"ab", "aab", true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (hd_suppression_matches(cases[i].pattern, cases[i].name) !=
            cases[i].matches)
            fail_msg("%s and %s", cases[i].pattern, cases[i].name);
}

static void many_stars_take_no_longer(void **state)
{
    char pattern[400], name[4000];
    (void)state;
    for (size_t i = 0; i + 2 < sizeof pattern; i += 2)
        memcpy(pattern + i, "a*", 3);
    pattern[sizeof pattern - 2] = 'b';
    pattern[sizeof pattern - 1] = '\0';
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_false(hd_suppression_matches(pattern, name));
}

static void a_file_is_read_line_by_line(void **state)
{
    static const char text[] = "# comment\n\n  race:foo \r\nrace_top:bar*\n"
                               "deadlock:x\nrace:last";
    struct hd_suppression_list l = {.count = 0};
    int line;
    const char *wrong;
    (void)state;
    assert_int_equal(
        hd_suppressions_parse(&l, text, sizeof text - 1, &line, &wrong), HD_E_OK);
    assert_int_equal(l.count, 3);
    assert_string_equal(l.item[0].pattern, "foo");
    assert_false(l.item[0].top);
    assert_string_equal(l.item[1].pattern, "bar*");
    assert_true(l.item[1].top);
    assert_string_equal(l.item[2].pattern, "last");
    hd_suppressions_free(&l);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    static const struct {
        const char *text;
        int line;
        const char *wrong;
    } cases[] = {
        {"race:a\nfoo\n", 2, "TYPE:PATTERN"},
        {"race:\n", 1, "needs a pattern"},
        {"\n\nraces:a", 3, "race or race_top"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hd_suppression_list l = {.count = 0};
        int line;
        const char *wrong;
        assert_int_equal(hd_suppressions_parse(&l, cases[i].text,
                                               strlen(cases[i].text), &line,
                                               &wrong),
                         HD_E_SYNTAX);
        assert_int_equal(line, cases[i].line);
        assert_non_null(strstr(wrong, cases[i].wrong));
        hd_suppressions_free(&l);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_tsans_do),
        cmocka_unit_test(many_stars_take_no_longer),
        cmocka_unit_test(a_file_is_read_line_by_line),
        cmocka_unit_test(what_is_wrong_is_said_with_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
