/*
 * One task of an error group finds that the job is done and returns NULL to say
 * so.  That stops nobody: the group cancels its context only for an error, or
 * when everybody has finished.  The twin returns an error that means "stop".
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

static const char stop[] = "stop";

struct job {
    hd_stop asked;
    hd_ctx *ctx;
    const char *result; /* of the task that is done */
};

struct part {
    struct job *job;
    int number;
};

static const char *work(void *arg)
{
    const struct part *p = arg;
    struct job *j = p->job;
    if (p->number == 0) {
        hd_stop_wanted(&j->asked, j->ctx);
        return j->result;
    }
    if (hd_ctx_err(j->ctx) != HD_CTX_OK)
        return NULL;
    hd_item_started(&j->asked);
    return NULL;
}

static void run(const char *result)
{
    struct job *j = hd_alloc(sizeof(*j));
    struct part *p = hd_alloc(TASKS * sizeof(*p));
    hd_group *g = hd_group_with_context(hd_ctx_background(), &j->ctx);
    j->result = result;
    for (int i = 0; i < TASKS; i++) {
        p[i] = (struct part){j, i};
        hd_group_go(g, work, &p[i]);
    }
    hd_assert(hd_group_wait(g) == result);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(NULL);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(stop);
}

HD_SCENARIO(late_nil_error) = {
    .name = "fail-late-work-nil-error",
    .title = "a NULL error is meant to stop an error group",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_LATE_WORK}},
            {.name = "fixed", .run = fixed},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LATE_WORK),
};
