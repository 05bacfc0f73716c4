/*
 * Bug 23: the recover panics itself.
 *
 * Symptom: the task recovers from its panics, and now and then one kills the
 * process anyway.
 * Rule 5: recover safely; a deferred recover must cope with any value.
 * Look for: code after hd_recover() that takes the value for a string (or for
 * anything else) without asking for its kind.  The first panic is over by then;
 * the second is a new one, with nobody left to recover it.
 * Shows with: kind = 1 or 2, in any schedule.  kind = 0, a string, is benign.
 * Fixes: switch over the kinds, with a default; or log what every value has, a
 * text (`fixed-format`, Go's %v).
 */
#include <heddle/heddle.h>

enum { KIND };

/* What the task's closure captures. */
struct job {
    hd_wg wg;
    enum hd_panic_kind kind;
    const char *logged; /* NULL: the panic was not logged */
};

static const char error_text[] = "index out of range";
static const int exit_code = 3;

static void risky(const struct job *job)
{
    switch (job->kind) {
    case HD_PANIC_STRING:
        hd_panic("bad input");
    case HD_PANIC_ERROR:
        hd_panic_value(HD_PANIC_ERROR, error_text, error_text);
    case HD_PANIC_VALUE:
        hd_panic_value(HD_PANIC_VALUE, &exit_code, "3");
    }
}

static void log_line(struct job *job, const char *what, const char *text)
{
    hd_log("%s: %s", what, text);
    job->logged = text;
}

/* Go's r.(string). */
static const char *as_string(const struct hd_panic_value *v)
{
    if (v->kind != HD_PANIC_STRING)
        hd_panic("interface conversion: the value is not a string");
    return v->value;
}

static void log_buggy(void *arg)
{
    struct job *job = arg;
    struct hd_panic_value r;
    if (hd_recover(&r))
        log_line(job, "recovered", as_string(&r)); /* BUG: panics if it is none. */
}

static void log_fixed(void *arg)
{
    struct job *job = arg;
    struct hd_panic_value r;
    if (!hd_recover(&r))
        return;
    switch (r.kind) {
    case HD_PANIC_STRING:
        log_line(job, "string panic", r.value);
        break;
    case HD_PANIC_ERROR:
        log_line(job, "error panic", r.value);
        break;
    default:
        log_line(job, "unknown panic", r.text);
    }
}

static void log_format(void *arg)
{
    struct job *job = arg;
    struct hd_panic_value r;
    if (hd_recover(&r))
        log_line(job, "recovered", r.text);
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

static void task_buggy(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, &job->wg);
    hd_defer(log_buggy, job);
    risky(job);
}

static void task_fixed(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, &job->wg);
    hd_defer(log_fixed, job);
    risky(job);
}

static void task_format(void *arg)
{
    struct job *job = arg;
    hd_defer(wg_done, &job->wg);
    hd_defer(log_format, job);
    risky(job);
}

static void check(hd_fn *task, const struct hd_input *in)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->kind = (enum hd_panic_kind)in->param[KIND];
    hd_wg_add(&job->wg, 1);
    hd_go(task, job);
    hd_wg_wait(&job->wg);
    hd_assert(job->logged != NULL);
}

static void buggy(const struct hd_input *in)
{
    check(task_buggy, in);
}

static void fixed(const struct hd_input *in)
{
    check(task_fixed, in);
}

static void fixed_format(const struct hd_input *in)
{
    check(task_format, in);
}

HD_SCENARIO(panic_in_recover) = {
    .name = "23-panic-in-recover",
    .number = 23,
    .title = "a deferred recover panics when the value is not a string",
    .fix = "switch over the kinds of value with a default, or log its text",
    .rules = {5},
    .params =
        {
            [KIND] = {"kind", HD_PANIC_STRING, HD_PANIC_VALUE, HD_LINEAR, 1,
                      "what is panicked with: 0 a string, 1 an error, 2 other"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_PANIC},
             .help = "takes the value for a string"},
            {.name = "fixed", .run = fixed, .help = "switches over the kinds"},
            {.name = "fixed-format",
             .run = fixed_format,
             .help = "logs the text that every value has"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
