/*
 * Bug 11: an error channel that is too small for all the errors.
 *
 * Symptom: when two or more fetches fail, fetch_all() hangs.
 * Rule 6: prefer an error group to a hand-made one; also rule 1, for the
 * senders have no exit when nobody reads.
 * Look for: a channel whose capacity is below the number of tasks that may
 * send, and a reader that comes only after it waited for the senders.
 * Shows with: urls >= 2 and failing >= 2, in any schedule.  failing = 0 is
 * benign, and so is 1.
 * Fix: an error group; or, if all the errors are wanted, a buffer of len(urls).
 */
#include <heddle/heddle.h>

enum { URLS, FAILING };

enum { URLS_MAX = 4 };

struct url {
    const char *text;
    const char *err; /* what a fetch of it returns; NULL: it works */
};

static const struct url url_table[URLS_MAX] = {
    {"https://a.example/", "a: no such host"},
    {"https://b.example/", "b: connection refused"},
    {"https://c.example/", "c: 404"},
    {"https://d.example/", "d: 503"},
};

/* What the closures capture. */
struct call {
    hd_wg wg;
    hd_chan *err_ch; /* of const char * */
};

struct job {
    struct call *call; /* or ... */
    hd_ctx *ctx;       /* ... of the error group */
    const struct url *url;
};

typedef const char *fetch_all_fn(const struct url *urls, int64_t n);

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static const char *fetch(const struct url *url)
{
    hd_log("fetch %s: %s", url->text, url->err ? url->err : "200");
    return url->err;
}

static int64_t count_failing(const struct url *urls, int64_t n)
{
    int64_t failing = 0;
    for (int64_t i = 0; i < n; i++)
        failing += urls[i].err != NULL;
    return failing;
}

static void fetch_task(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, &job->call->wg);
    const char *err = fetch(job->url);
    if (err)
        hd_chan_send(job->call->err_ch, &err);
}

static struct call *call_start(const struct url *urls, int64_t n, size_t buffer)
{
    struct call *call = hd_alloc(sizeof(*call));
    call->err_ch = hd_chan_make(sizeof(const char *), buffer);
    for (int64_t i = 0; i < n; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->call = call;
        job->url = &urls[i];
        hd_wg_add(&call->wg, 1);
        hd_go(fetch_task, job);
    }
    return call;
}

static const char *fetch_all_buggy(const struct url *urls, int64_t n)
{
    const char *err;
    struct call *call = call_start(urls, n, 1); /* BUG: one error at most. */
    hd_wg_wait(&call->wg);
    hd_chan_close(call->err_ch);
    hd_chan_recv(call->err_ch, &err);
    return err;
}

/* Also sees the errors after the first. */
static const char *fetch_all_buffered(const struct url *urls, int64_t n)
{
    const char *err, *first = NULL;
    int64_t errors = 0;
    struct call *call = call_start(urls, n, (size_t)n);
    hd_wg_wait(&call->wg);
    hd_chan_close(call->err_ch);
    while (hd_chan_recv(call->err_ch, &err)) {
        first = first ? first : err;
        errors++;
    }
    hd_assert(errors == count_failing(urls, n));
    return first;
}

/* A fetch that does not begin when another one has failed. */
static const char *fetch_in_group(void *arg)
{
    struct job *job = arg;
    if (hd_ctx_err(job->ctx))
        return "context canceled";
    return fetch(job->url);
}

static const char *fetch_all_fixed(const struct url *urls, int64_t n)
{
    hd_ctx *ctx;
    hd_group *g = hd_group_with_context(hd_ctx_background(), &ctx);
    for (int64_t i = 0; i < n; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->ctx = ctx;
        job->url = &urls[i];
        hd_group_go(g, fetch_in_group, job);
    }
    return hd_group_wait(g);
}

static void check(fetch_all_fn *fetch_all, const struct hd_input *in)
{
    int64_t n = in->param[URLS];
    struct url *urls = hd_alloc((size_t)n * sizeof(*urls));
    for (int64_t i = 0; i < n; i++) {
        urls[i] = url_table[i];
        if (i >= in->param[FAILING])
            urls[i].err = NULL;
    }
    const char *err = fetch_all(urls, n);
    hd_assert(!err == (count_failing(urls, n) == 0));
}

static void buggy(const struct hd_input *in)
{
    check(fetch_all_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(fetch_all_fixed, in);
}

static void fixed_buffered(const struct hd_input *in)
{
    check(fetch_all_buffered, in);
}

HD_SCENARIO(error_channel) = {
    .name = "11-error-channel",
    .number = 11,
    .title = "a channel for one error blocks the second task that fails",
    .fix = "use an error group; for all the errors, a buffer of len(urls)",
    .rules = {6, 1},
    .params =
        {
            [URLS] = {"urls", 1, URLS_MAX, HD_LINEAR, 1, "urls to fetch"},
            [FAILING] = {"failing", 0, URLS_MAX, HD_LINEAR, 1,
                         "how many of them fail, from the first on"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DEADLOCK},
             .help = "the buffer holds one error"},
            {.name = "fixed", .run = fixed, .help = "an error group"},
            {.name = "fixed-buffered",
             .run = fixed_buffered,
             .help = "the buffer holds an error of each url"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_TIMER_LEAK),
};
