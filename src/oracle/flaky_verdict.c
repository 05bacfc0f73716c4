/*
 * flaky_verdict.c - the check of a test itself (hd_verdict()) says something
 * else here than in the default schedule of the same input.
 *
 * hd_run_scenario() runs that schedule first and keeps what the check said, so
 * whether there is a finding depends on the input alone.  Of several verdicts
 * of one execution a failed one counts.  They are compared when the scenario
 * returns; one that is given later, when it is given.
 *
 * Not seen: a check that is wrong in the same way in every schedule, and one
 * that says nothing in one of the two executions (what kept it from that is a
 * finding of its own).
 */
#include "registry.h"

static uintptr_t place; /* of the verdict that counts */

static void begin(void)
{
    place = 0;
}

static const char *text_of(enum hd_check c)
{
    return c == HD_CHECK_PASSED ? "passes" : "fails";
}

static void compare(void)
{
    const struct hd_exec *x = &hd__exec;
    if (!hd__policy(HD_FLAKY_VERDICT) || x->check == HD_CHECK_NONE ||
        x->default_check == HD_CHECK_NONE || x->check == x->default_check)
        return;
    const char *item = hd__item_at(place, "verdict", NULL);
    hd__found(HD_FLAKY_VERDICT, &item, 1,
              "the check in %s %s in this schedule and %s in the default one",
              hd__function(place), text_of(x->check), text_of(x->default_check));
}

static void on_event(const struct hd_event *e)
{
    struct hd_exec *x = &hd__exec;
    if (e->kind == HD_EVENT_VERDICT && x->check != HD_CHECK_FAILED) {
        x->check = e->a ? HD_CHECK_PASSED : HD_CHECK_FAILED;
        place = e->task->op.pc;
    }
    if (x->root_returned)
        compare();
}

const struct hd_oracle hd_oracle_flaky_verdict = {
    .cls = HD_FLAKY_VERDICT,
    .events = HD_EVENT_BIT(VERDICT) | HD_EVENT_BIT(RETURN),
    .begin = begin,
    .on_event = on_event,
};
