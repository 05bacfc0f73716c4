/*
 * Bug 2: tasks that capture the loop's variable.
 *
 * Symptom: the last url is fetched once per task, and the others never.
 * Rule 3: pass loop variables as parameters.
 * Look for: the address of a variable that outlives the iteration (`&url`, the
 * one `job` that a loop fills in anew) handed to a task.  When the task reads
 * it, the loop has gone on, mostly to its end; and since nothing orders the
 * two, the read races with the loop's next write.
 * Shows with: urls >= 2, already in the plain run; one url alone is benign.
 * Only a schedule in which each task reads before the loop's next step makes
 * the fetches come out right, and the race is there even then.
 * Fix: pass the value (`fixed`), or let each task capture a copy of its own
 * (`fixed-copy`, Go's `url := url`).
 *
 * From version 1.22 on, Go makes a new variable for each iteration, and the
 * same code is correct: `newer-loops`.
 *
 * The counts of fetches are relaxed atomics: they neither race nor order
 * anything, so the variable is the only thing that is wrong here.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { URLS };

enum { URLS_MAX = 4 };

static const char *const url_table[URLS_MAX] = {
    "https://a.example/",
    "https://b.example/",
    "https://c.example/",
    "https://d.example/",
};

struct crawl {
    hd_wg wg;
    int64_t n; /* the first n of url_table */
    atomic_int fetched[URLS_MAX];
};

/* What a task's closure holds: a value, or the variable that it captures. */
struct closure {
    struct crawl *crawl;
    const char *url;
    const char *const *captured;
};

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void fetch(struct crawl *c, const char *url)
{
    for (int i = 0; i < URLS_MAX; i++)
        if (url_table[i] == url)
            atomic_fetch_add_explicit(&c->fetched[i], 1, memory_order_relaxed);
}

/* `go func() { fetch(url) }()`: reads the variable when it runs. */
static void fetch_captured(void *arg)
{
    struct closure *f = arg;
    hd_defer(wg_done, &f->crawl->wg);
    fetch(f->crawl, *f->captured);
}

/* `go func(url string) { fetch(url) }(url)`: was given the value. */
static void fetch_passed(void *arg)
{
    struct closure *f = arg;
    hd_defer(wg_done, &f->crawl->wg);
    fetch(f->crawl, f->url);
}

static void go_captured(struct crawl *c, const char *const *url)
{
    struct closure *f = hd_alloc(sizeof(*f));
    f->crawl = c;
    f->captured = url;
    hd_wg_add(&c->wg, 1);
    hd_go(fetch_captured, f);
}

static void go_passed(struct crawl *c, const char *url)
{
    struct closure *f = hd_alloc(sizeof(*f));
    f->crawl = c;
    f->url = url;
    hd_wg_add(&c->wg, 1);
    hd_go(fetch_passed, f);
}

static void fetch_all_buggy(struct crawl *c)
{
    const char *url;
    for (int64_t i = 0; i < c->n; i++) {
        url = url_table[i];
        go_captured(c, &url); /* BUG: one variable for all tasks. */
    }
    hd_wg_wait(&c->wg);
}

static void fetch_all_fixed(struct crawl *c)
{
    const char *url;
    for (int64_t i = 0; i < c->n; i++) {
        url = url_table[i];
        go_passed(c, url);
    }
    hd_wg_wait(&c->wg);
}

static void fetch_all_copy(struct crawl *c)
{
    const char *url;
    for (int64_t i = 0; i < c->n; i++) {
        url = url_table[i];
        const char **own = hd_alloc(sizeof(*own));
        *own = url;
        go_captured(c, own);
    }
    hd_wg_wait(&c->wg);
}

/* The code of the bug, where `for` itself makes a variable per iteration. */
static void fetch_all_newer(struct crawl *c)
{
    for (int64_t i = 0; i < c->n; i++) {
        const char **url = hd_alloc(sizeof(*url));
        *url = url_table[i];
        go_captured(c, url);
    }
    hd_wg_wait(&c->wg);
}

static void check(void (*fetch_all)(struct crawl *), const struct hd_input *in)
{
    struct crawl *c = hd_alloc(sizeof(*c));
    c->n = in->param[URLS];
    fetch_all(c);
    for (int64_t i = 0; i < c->n; i++)
        hd_assert(atomic_load_explicit(&c->fetched[i], memory_order_relaxed) == 1);
}

static void buggy(const struct hd_input *in)
{
    check(fetch_all_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(fetch_all_fixed, in);
}

static void fixed_copy(const struct hd_input *in)
{
    check(fetch_all_copy, in);
}

static void newer_loops(const struct hd_input *in)
{
    check(fetch_all_newer, in);
}

HD_SCENARIO(captured_variable) = {
    .name = "02-captured-variable",
    .number = 2,
    .title = "all tasks of a loop share the loop's variable",
    .fix = "pass the loop's variable as a parameter, or copy it per iteration",
    .rules = {3},
    .params =
        {
            [URLS] = {"urls", 1, URLS_MAX, HD_LINEAR, 1, "urls to fetch"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE, HD_ASSERTION},
             .help = "each task captures the same variable"},
            {.name = "fixed", .run = fixed, .help = "each task is given the value"},
            {.name = "fixed-copy",
             .run = fixed_copy,
             .help = "each task captures a copy of its own"},
            {.name = "newer-loops",
             .run = newer_loops,
             .help = "the loop makes a variable per iteration, as in Go 1.22"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
