/*
 * test_lanes.c - the rows that a story becomes: what they say, what matters, what
 * is folded, and that a page of any width keeps its lanes straight.
 */
#include "harness.h"

#include <stdlib.h>

#include "../../src/report/cells.h"
#include "../../src/report/lanes.h"
#include "../../src/report/lanes_text.h"

static int shared, quiet;

static void reader(void *ch)
{
    int got;
    load(&quiet);
    load(&shared);
    hd_chan_recv(ch, &got);
}

/* main sets up `quiet` before the task exists, and `shared` beside it. */
static void exchange(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    int seven = 7;
    store(&quiet, 1);
    store(&quiet, 2);
    hd_task *t = hd_go(reader, ch);
    store(&shared, 41);
    hd_log("caf\xc3\xa9 \xff \x1b[31m");
    hd_chan_send(ch, &seven);
    hd_join(t);
}

/* Two that wait for each other's value, for ever. */
static void starve(void *ch)
{
    hd_chan_recv(ch, NULL);
}

static void stuck(void *arg)
{
    (void)arg;
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    hd_go(starve, ch);
    hd_chan_recv(ch, NULL);
}

static const struct hd_scenario scenario = {
    .name = "unit", .rules = {7}, .fix = "a fix", .variants = {{.name = "lanes"}}};

/* Everything that an explanation needs, from an execution in this process. */
struct told {
    struct hd_account account;
    struct hd_story story;
    struct hd_symbolizer symbolizer;
    struct hd_lanes lanes;
};

static void tell(struct told *t, hd_fn *fn, const struct hd_plan *plan)
{
    struct hd_options o = options("plan", 0);
    o.plan = plan;
    o.watch = true;
    const struct hd_result *r = run_with(&o, fn, NULL);
    hd_account_capture(&t->account, r, NULL);
    hd_story_capture(&t->story);
    hd_symbolizer_init(&t->symbolizer, NULL);
    const struct hd_lanes_about about = {
        .scenario = &scenario,
        .variant = "lanes",
        .flavor = "none",
        .account = &t->account,
        .finding = t->account.findings ? &t->account.finding[0] : NULL,
        .story = &t->story,
        .symbolizer = &t->symbolizer,
        .replay = "heddle replay it"};
    hd_lanes_make(&t->lanes, &about);
}

static void untell(struct told *t)
{
    hd_lanes_free(&t->lanes);
    hd_symbolizer_close(&t->symbolizer);
    hd_story_free(&t->story);
    hd_account_free(&t->account);
}

static const struct hd_row *row_find(const struct told *t, enum hd_row_kind kind,
                                     uint32_t task, const char *what)
{
    for (uint32_t i = 0; i < t->lanes.rows; i++) {
        const struct hd_row *r = &t->lanes.row[i];
        if (r->kind == kind && r->task == task && strstr(r->what, what) == r->what)
            return r;
    }
    fail_msg("no row `%s`", what);
    return NULL;
}

static void rows_say_what_happened(void **state)
{
    (void)state;
    struct told t;
    tell(&t, exchange, NULL);
    const struct hd_row *r = row_find(&t, HD_ROW_STEP, 0, "write shared");
    assert_string_equal(r->value, "= 41");
    r = row_find(&t, HD_ROW_STEP, 0, "spawn");
    assert_string_equal(r->what, "spawn main.1");
    assert_int_equal(r->other, 1);
    r = row_find(&t, HD_ROW_STEP, 0, "chan-send channel #1");
    assert_string_equal(r->value, "sends 7");
    assert_non_null(strstr(r->block, "nobody receives"));
    assert_false(r->for_ever);
    r = row_find(&t, HD_ROW_STEP, 1, "chan-recv channel #1");
    assert_string_equal(r->wakes, "main");
    assert_string_equal(r->value, "receives 7");
    const struct hd_where *w = hd_lanes_where(&t.lanes, r->pc);
    assert_string_equal(w->function, "reader");
    assert_string_equal(t.lanes.lane[1].function, "reader");
    r = row_find(&t, HD_ROW_LOG, 0, "caf");
    assert_string_equal(r->what, "caf\xc3\xa9 ? ?[31m");
    untell(&t);
}

static void only_contests_matter(void **state)
{
    (void)state;
    struct told t;
    tell(&t, exchange, NULL);
    assert_int_equal(row_find(&t, HD_ROW_STEP, 0, "write quiet")->level,
                     HD_LEVEL_MEMORY);
    assert_int_equal(row_find(&t, HD_ROW_STEP, 1, "read quiet")->level,
                     HD_LEVEL_MEMORY);
    assert_int_equal(row_find(&t, HD_ROW_STEP, 0, "write shared")->level,
                     HD_LEVEL_MOVES);
    assert_int_equal(row_find(&t, HD_ROW_STEP, 1, "read shared")->level,
                     HD_LEVEL_MOVES);
    untell(&t);
}

static void deviations_have_rows(void **state)
{
    (void)state;
    struct hd_deviation d = {.task = 0,
                             .segment = 2,
                             .offset = 0,
                             .choice = 1,
                             .kind = HD_CHOICE_SWITCH};
    struct hd_plan p = {.dev = &d, .count = 1, .capacity = 1};
    struct told t;
    tell(&t, exchange, &p);
    const struct hd_row *r = row_find(&t, HD_ROW_DEVIATION, 0, "main.1 runs");
    assert_string_equal(r->what, "main.1 runs before this chan-send");
    assert_string_equal(r->value, "deviation 1 of 1; 2 options");
    assert_int_equal(r->deviation, 1);
    assert_int_equal(r->other, 1);
    assert_int_equal(r->level, HD_LEVEL_KEY);
    assert_int_equal(r[1].task, 1);
    untell(&t);
}

static void blocked_for_ever(void **state)
{
    (void)state;
    struct told t;
    tell(&t, stuck, NULL);
    for (uint32_t task = 0; task < 2; task++) {
        const struct hd_row *r = row_find(&t, HD_ROW_STEP, task, "chan-recv");
        assert_true(r->for_ever);
        assert_int_equal(r->level, HD_LEVEL_KEY);
    }
    const struct hd_row *last = &t.lanes.row[t.lanes.rows - 1];
    assert_int_equal(last->kind, HD_ROW_FINDING);
    assert_string_equal(last->what, "deadlock");
    untell(&t);
}

/* ---- folding ---- */

static int own[2];

static void work(void *arg)
{
    int *x = arg;
    for (int i = 0; i < 50; i++) {
        store(x, load(x) + 1);
        hd_yield();
    }
}

static void two_at_work(void *arg)
{
    (void)arg;
    hd_task *a = hd_go(work, &own[0]), *b = hd_go(work, &own[1]);
    hd_join(a);
    hd_join(b);
}

/* Each row is in one line, in order, and key rows in lines of their own. */
static void check_view(const struct hd_lanes *l, const struct hd_view *v,
                       uint32_t n, bool keys)
{
    uint32_t next = 0;
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(v[i].first, next);
        assert_true(v[i].count >= 1);
        next += v[i].count;
        for (uint32_t k = v[i].first; keys && v[i].count > 1 && k < next; k++)
            assert_int_not_equal(l->row[k].level, HD_LEVEL_KEY);
    }
    assert_int_equal(next, l->rows);
}

static void runs_are_folded(void **state)
{
    (void)state;
    struct told t;
    uint32_t n;
    tell(&t, two_at_work, NULL);
    struct hd_view *v = hd_lanes_view(&t.lanes, 1000, &n);
    check_view(&t.lanes, v, n, true);
    assert_true(n < t.lanes.rows);
    for (uint32_t i = 0; i < n; i++)
        if (v[i].count > 1)
            assert_int_equal(v[i].count, 2); /* a read and a write */
    free(v);
    for (uint32_t most = 40; most < 200; most += 7) {
        v = hd_lanes_view(&t.lanes, most, &n);
        check_view(&t.lanes, v, n, true);
        assert_true(n <= most);
        free(v);
    }
    v = hd_lanes_view(&t.lanes, 4, &n);
    check_view(&t.lanes, v, n, false);
    free(v);
    untell(&t);
}

/* ---- the page ---- */

static void widths(void **state)
{
    (void)state;
    assert_int_equal(hd_text_width(""), 0);
    assert_int_equal(hd_text_width("abc"), 3);
    assert_int_equal(hd_text_width("caf\xc3\xa9"), 4);
    assert_int_equal(hd_text_width("e\xcc\x81"), 1);         /* combining */
    assert_int_equal(hd_text_width("\xe9\x9b\xaa"), 2);      /* wide */
    assert_int_equal(hd_text_width("\xff\xc3(\xe9\x9b"), 5); /* no UTF-8 */
}

static char *print(const struct hd_lanes *l, struct hd_lanes_style style)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    hd_lanes_print(out, l, &style);
    fclose(out);
    return text;
}

static void check_lines(const char *text, unsigned width)
{
    const char *p = strstr(text, "\n\n") + 2, *end = strstr(p, "\n\n");
    while (p < end) {
        size_t n = strcspn(p, "\n");
        char line[1024];
        snprintf(line, sizeof line, "%.*s", (int)n, p);
        if (hd_text_width(line) > width || (n && p[n - 1] == ' '))
            fail_msg("width %u: `%s`", width, line);
        p += n + 1;
    }
}

/* Takes out what colours a text. */
static void strip(char *text)
{
    char *to = text;
    while (*text) {
        if (*text == '\033')
            text = strchr(text, 'm') + 1;
        else
            *to++ = *text++;
    }
    *to = 0;
}

static void every_width_fits(void **state)
{
    (void)state;
    hd_fn *const fn[] = {exchange, stuck, two_at_work};
    for (size_t i = 0; i < COUNT(fn); i++) {
        struct told t;
        tell(&t, fn[i], NULL);
        for (unsigned width = 44; width < 220; width += 5) {
            char *plain = print(&t.lanes, (struct hd_lanes_style){.width = width});
            check_lines(plain, width);
            assert_null(strchr(plain, '\033'));
            char *color = print(
                &t.lanes, (struct hd_lanes_style){.width = width, .color = true});
            assert_non_null(strchr(color, '\033'));
            strip(color);
            assert_string_equal(plain, color);
            free(plain);
            free(color);
        }
        char *text =
            print(&t.lanes, (struct hd_lanes_style){.width = 100, .unicode = true});
        check_lines(text, 100);
        assert_non_null(strstr(text, "\xe2\x97\x8f")); /* a dot */
        free(text);
        untell(&t);
    }
}

/* Far more tasks than columns. */
static void crowd(void *arg)
{
    hd_chan *ch = hd_chan_make(sizeof(int), 0);
    (void)arg;
    for (int i = 0; i < 60; i++)
        hd_go(starve, ch);
    hd_chan_recv(ch, NULL);
}

static void many_tasks_share_a_lane(void **state)
{
    (void)state;
    struct told t;
    tell(&t, crowd, NULL);
    char *text = print(&t.lanes, (struct hd_lanes_style){.width = 100});
    check_lines(text, 100);
    assert_non_null(strstr(text, "others"));
    assert_non_null(strstr(text, "main.60:"));
    free(text);
    untell(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_say_what_happened),
        cmocka_unit_test(only_contests_matter),
        cmocka_unit_test(deviations_have_rows),
        cmocka_unit_test(blocked_for_ever),
        cmocka_unit_test(runs_are_folded),
        cmocka_unit_test(widths),
        cmocka_unit_test(every_width_fits),
        cmocka_unit_test(many_tasks_share_a_lane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
