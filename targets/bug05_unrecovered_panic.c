/*
 * Bug 5: a panic in a task that a request handler started.
 *
 * Symptom: one malformed request takes the whole server down, and with it all
 * the requests that others are waiting for; its own was long since answered
 * with 202.
 * Rule 5: recover at the boundary of each task.
 * Look for: a hd_go() in a handler whose function has no deferred recover.
 * The server protects its handlers, but a recover only sees panics of its own
 * task.
 * Shows with: bad = the 1-based number of a request that exists; any schedule.
 * bad = 0 is benign.
 * Fix: defer a recover in the task; better once and for all, in a helper that
 * starts tasks (safe_go).
 *
 * The server shuts down gracefully (waits for connections, then for what they
 * left in the background), so that the end can check what was processed.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { REQUESTS, BAD };

struct server {
    hd_wg conns;
    hd_wg background;
    atomic_int answered, processed;
    void (*handler)(struct server *, int64_t request, bool malformed);
};

struct request {
    struct server *server;
    int64_t number; /* from 1 */
    bool malformed;
};

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void process(struct request *r)
{
    if (r->malformed)
        hd_panic("request %d: bad input", (int)r->number);
    hd_sleep(HD_MS);
    atomic_fetch_add(&r->server->processed, 1);
}

static void respond(struct server *s, int64_t request, int status)
{
    hd_log("request %d: %d", (int)request, status);
    atomic_fetch_add(&s->answered, 1);
}

static struct request *request_new(struct server *s, int64_t number, bool malformed)
{
    struct request *r = hd_alloc(sizeof(*r));
    r->server = s;
    r->number = number;
    r->malformed = malformed;
    return r;
}

static void background_buggy(void *arg)
{
    struct request *r = arg;
    hd_defer(wg_done, &r->server->background);
    process(r); /* BUG: may panic, and nobody here recovers. */
}

static void handler_buggy(struct server *s, int64_t request, bool malformed)
{
    hd_wg_add(&s->background, 1);
    hd_go(background_buggy, request_new(s, request, malformed));
    respond(s, request, 202);
}

static void log_panic(void *arg)
{
    struct hd_panic_value v;
    (void)arg;
    if (hd_recover(&v))
        hd_log("background panic: %s", v.text);
}

static void background_fixed(void *arg)
{
    struct request *r = arg;
    hd_defer(wg_done, &r->server->background);
    hd_defer(log_panic, NULL);
    process(r);
}

static void handler_fixed(struct server *s, int64_t request, bool malformed)
{
    hd_wg_add(&s->background, 1);
    hd_go(background_fixed, request_new(s, request, malformed));
    respond(s, request, 202);
}

/* The page's better form: nobody starts a task in any other way. */
struct safe_start {
    hd_fn *fn;
    void *arg;
};

static void safe_main(void *arg)
{
    struct safe_start *start = arg;
    hd_defer(log_panic, NULL);
    start->fn(start->arg);
}

static void safe_go(hd_fn *fn, void *arg)
{
    struct safe_start *start = hd_alloc(sizeof(*start));
    start->fn = fn;
    start->arg = arg;
    hd_go(safe_main, start);
}

static void handler_safe_go(struct server *s, int64_t request, bool malformed)
{
    hd_wg_add(&s->background, 1);
    safe_go(background_buggy, request_new(s, request, malformed));
    respond(s, request, 202);
}

/* A connection, with the recover that the server gives to its handlers. */
static void serve(void *arg)
{
    struct request *r = arg;
    hd_defer(wg_done, &r->server->conns);
    hd_defer(log_panic, NULL);
    r->server->handler(r->server, r->number, r->malformed);
}

static void run_server(void (*handler)(struct server *, int64_t, bool),
                       const struct hd_input *in)
{
    struct server *s = hd_alloc(sizeof(*s));
    int good = 0;
    s->handler = handler;
    for (int64_t i = 1; i <= in->param[REQUESTS]; i++) {
        bool malformed = i == in->param[BAD];
        good += !malformed;
        hd_wg_add(&s->conns, 1);
        hd_go(serve, request_new(s, i, malformed));
    }
    hd_wg_wait(&s->conns);
    hd_wg_wait(&s->background);
    hd_assert(atomic_load(&s->answered) == (int)in->param[REQUESTS]);
    hd_assert(atomic_load(&s->processed) == good);
}

static void buggy(const struct hd_input *in)
{
    run_server(handler_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    run_server(handler_fixed, in);
}

static void fixed_safe_go(const struct hd_input *in)
{
    run_server(handler_safe_go, in);
}

HD_SCENARIO(unrecovered_panic) = {
    .name = "05-unrecovered-panic",
    .number = 5,
    .title = "a panic in a background task kills the server",
    .fix = "defer a recover in the task, best in a helper that starts tasks",
    .rules = {5},
    .params =
        {
            [REQUESTS] = {"requests", 1, 4, HD_LINEAR, 1, "requests that come in"},
            [BAD] = {"bad", 0, 4, HD_LINEAR, 1, "which request is bad; 0: none"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_PANIC},
             .help = "the background task does not recover"},
            {.name = "fixed", .run = fixed, .help = "it defers a recover"},
            {.name = "fixed-safe-go",
             .run = fixed_safe_go,
             .help = "a helper that starts tasks defers the recover"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
