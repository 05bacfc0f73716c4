/*
 * Bug 19: a leak check that depends on the weather.
 *
 * Symptom: the same test sometimes passes and sometimes fails.
 * Rule 12: leak detection is reliable, or it is noise.
 * Look for: a test that starts a task which nobody waits for, and a check at
 * its end that looks around once: whether the task is still there is a matter
 * of time.
 * Shows with: any delay; there is no benign one, but the plain run shows
 * nothing.  A delay that is shorter than process() passes in the plain run, and
 * fails when process() comes back while the late task is still at it (an early
 * timer).  With the 50 ms of the page both end at the same time, and who is
 * first decides.
 * Fix: wait for the task before looking.
 *
 * The page waits on a channel that the task closes last (`done-channel`).  That
 * is nearly it: a task that has closed its channel has not ended yet, and a
 * check that looks once may still see it there.  Go's leak checker hides that by
 * looking again and again for a while.  `fixed` joins the task as well.
 *
 * In `buggy` the late task ends by itself: by structure that is no leak, in no
 * schedule, and only the verdict is wrong.  `missed` is what such a check then
 * lets through: it compares numbers of tasks before and after, and the late
 * task of an earlier test, which was there before and is gone after, makes up
 * for a watcher that waits for a stop nobody ever sends.  That one is a leak in
 * every schedule, whatever the check says.
 */
#include <heddle/heddle.h>

enum { DELAY };

/* What the closures of a test capture. */
struct test {
    hd_duration delay;
    hd_mutex log;  /* log.Println() takes it */
    hd_chan *done; /* closed when the late task is through */
    hd_chan *stop; /* tells the watcher to end */
};

static struct test *test_new(const struct hd_input *in)
{
    struct test *t = hd_alloc(sizeof(*t));
    t->delay = in->param[DELAY];
    t->done = hd_chan_make(0, 0);
    t->stop = hd_chan_make(0, 0);
    return t;
}

static void println(struct test *t, const char *line)
{
    hd_mutex_lock(&t->log);
    hd_log("%s", line);
    hd_mutex_unlock(&t->log);
}

/* The code that the test is about. */
static void process(void)
{
    hd_sleep(50 * HD_MS);
}

/* The test's own check: looks around, once. */
static void verify_none(void *arg)
{
    (void)arg;
    hd_verdict(hd_tasks_alive() == 0);
}

static void chan_close(void *ch)
{
    hd_chan_close(ch);
}

static void late_buggy(void *arg)
{
    struct test *t = arg;
    hd_sleep(t->delay);
    println(t, "late task");
}

static void buggy(const struct hd_input *in)
{
    hd_defer(verify_none, NULL);
    hd_go(late_buggy, test_new(in)); /* BUG: nobody waits for it. */
    process();
}

static void late_done(void *arg)
{
    struct test *t = arg;
    hd_defer(chan_close, t->done);
    hd_sleep(t->delay);
    println(t, "explicit task");
}

static void done_channel(const struct hd_input *in)
{
    struct test *t = test_new(in);
    hd_defer(verify_none, NULL);
    hd_go(late_done, t);
    process();
    hd_chan_recv(t->done, NULL); /* BUG: through, but perhaps still there. */
}

static void fixed(const struct hd_input *in)
{
    struct test *t = test_new(in);
    hd_defer(verify_none, NULL);
    hd_task *late = hd_go(late_done, t);
    process();
    hd_chan_recv(t->done, NULL);
    hd_join(late);
}

static void watch(void *arg)
{
    struct test *t = arg;
    hd_chan_recv(t->stop, NULL);
}

static void missed(const struct hd_input *in)
{
    struct test *t = test_new(in);
    hd_go(late_buggy, t); /* An earlier test left it behind. */
    uint32_t before = hd_tasks_alive();
    hd_go(watch, t); /* BUG: nobody closes `stop`. */
    process();
    hd_verdict(hd_tasks_alive() <= before); /* BUG: one came, one went. */
}

static void fixed_missed(const struct hd_input *in)
{
    struct test *t = test_new(in);
    hd_join(hd_go(late_done, t)); /* The earlier test cleans up. */
    uint32_t before = hd_tasks_alive();
    hd_task *watcher = hd_go(watch, t);
    process();
    hd_chan_close(t->stop);
    hd_join(watcher);
    hd_verdict(hd_tasks_alive() <= before);
}

HD_SCENARIO(missed_leak) = {
    .name = "19-missed-leak",
    .number = 19,
    .title = "a test's leak check looks while a task is still on its way",
    .fix = "wait for the task's end before looking for leaks",
    .rules = {12},
    .params =
        {
            [DELAY] = {"delay", 0, 50 * HD_MS, HD_LINEAR, 10 * HD_MS,
                       "how long the late task sleeps"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_FLAKY_VERDICT},
             .help = "looks for live tasks when the test ends"},
            {.name = "missed",
             .run = missed,
             .expect = {HD_TASK_LEAK, HD_FLAKY_VERDICT},
             .help = "compares numbers of tasks, and so lets a real leak through"},
            {.name = "done-channel",
             .run = done_channel,
             .expect = {HD_FLAKY_VERDICT},
             .help = "the page's fix: waits until the task is through"},
            {.name = "fixed", .run = fixed, .help = "waits until it has ended"},
            {.name = "fixed-missed",
             .run = fixed_missed,
             .help = "stops and joins whatever it started"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_FLAKY_VERDICT),
};
