/*
 * parting.c - looks for two executions of a plan that differ; see the header.
 *
 * What differs tells more than that it differs.  If a fresh process always begins
 * alike and goes on differently, an execution leaves something behind.  If a
 * program's executions agree at fixed addresses and not at others, the value of a
 * pointer decides something.
 */
#define _GNU_SOURCE
#include "parting.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/op.h"
#include "program.h"

enum { PROCESSES = 4, RUNS = 3 }; /* of the plan in each process */

enum cause { UNKNOWN, LEFT_BEHIND, ADDRESSES };

struct runs {
    uint64_t hash[PROCESSES][RUNS];
    uint32_t process, run; /* the one that differs from the very first */
    bool differs;
};

/* ---- running ---- */

/* Programs: every second process has addresses as they are in life. */
static void addresses_choose(uint32_t process)
{
    if (hd_program_given)
        hd_program_given->randomize = process % 2 == 1;
}

static bool run_one(struct hd_slot *slot, const struct hd_request *q,
                    struct runs *r, struct hd_parted *p)
{
    struct hd_account a;
    struct hd_story story;
    if (hd_slot_story(slot, q, &a, &story))
        return false;
    r->hash[r->process][r->run] = a.trace_hash;
    r->differs = a.trace_hash != r->hash[0][0];
    if (!r->process && !r->run)
        p->one = story;
    else if (r->differs)
        p->other = story;
    else
        hd_story_free(&story);
    hd_account_free(&a);
    return true;
}

/* Ends at the first execution that differs from the first of all. */
static void run_until_different(struct runs *r, struct hd_parted *p,
                                const struct hd_evidence *e, const char *flavor,
                                const struct hd_request *q)
{
    for (r->process = 0; r->process < PROCESSES; r->process++) {
        struct hd_slot slot = HD_SLOT_EMPTY;
        addresses_choose(r->process);
        bool runs = !hd_slot_start(&slot, flavor, -1, e->hang_seconds);
        for (r->run = 0; runs && r->run < RUNS; r->run++) {
            runs = run_one(&slot, q, r, p);
            if (r->differs)
                break;
        }
        hd_slot_stop(&slot);
        if (!runs || r->differs)
            return;
    }
}

/* Whether fresh processes begin as the first one did. */
static bool begins_alike(const struct hd_evidence *e, const char *flavor,
                         const struct hd_request *q, uint64_t hash)
{
    struct hd_slot slot = HD_SLOT_EMPTY;
    struct hd_account a;
    addresses_choose(0);
    bool ran = !hd_slot_start(&slot, flavor, -1, e->hang_seconds) &&
               !hd_slot_run(&slot, q, &a);
    bool alike = ran && a.trace_hash == hash;
    if (ran)
        hd_account_free(&a);
    hd_slot_stop(&slot);
    return alike;
}

static enum cause cause_of(const struct runs *r, const struct hd_evidence *e,
                           const char *flavor, const struct hd_request *q)
{
    if (!r->differs)
        return UNKNOWN;
    if (hd_program_given && r->process == 1 && r->run == 0)
        return begins_alike(e, flavor, q, r->hash[0][0]) ? ADDRESSES : UNKNOWN;
    if (!hd_program_given && r->process == 0)
        return begins_alike(e, flavor, q, r->hash[0][0]) ? LEFT_BEHIND : UNKNOWN;
    return UNKNOWN;
}

/* ---- saying ---- */

static const char *const cause_text[] = {
    [LEFT_BEHIND] = "the first execution in a process differs from the next: it "
                    "leaves something behind, such as the value of a static "
                    "variable\n",
    [ADDRESSES] = "executions at fixed addresses agree, at others they differ: "
                  "the value of a pointer decides something\n",
};

/* "global seed", "mutex #2"; NULL: there is nothing to name. */
static const char *object_of(const struct hd_story *s,
                             const struct hd_story_step *t, char *text, size_t size)
{
    const struct hd_story_object *o = hd_story_object(s, t->object);
    if (o)
        return o->name;
    if (t->place == HD_STORY_NONE)
        return NULL;
    hd_story_place_name(s, t->place, text, size);
    return text;
}

static struct hd_site site_of(const struct hd_story *s, uint32_t step,
                              const char *role, char **name)
{
    char place[300];
    if (step == HD_STORY_NONE)
        return (struct hd_site){
            .task = "main", .role = role, .why = "the execution had ended"};
    const struct hd_story_step *t = &s->step[step];
    const char *object = object_of(s, t, place, sizeof place);
    *name = object ? strdup(object) : NULL;
    struct hd_site site = {.task = s->task[t->task].end.task,
                           .role = role,
                           .op = hd_op_names[t->kind],
                           .object = *name};
    if (t->stack != HD_STORY_NONE)
        site.stack = s->stack[t->stack];
    return site;
}

/* What is not controlled and comes before the parting in either execution. */
static void put_call(FILE *out, const struct hd_parted *p,
                     const struct hd_parting *at, enum cause cause)
{
    const struct hd_story *story[] = {&p->one, &p->other};
    uint32_t step[] = {at->one, at->other};
    for (int i = 0; i < 2; i++) {
        const struct hd_story *s = story[i];
        uint32_t task = step[i] == HD_STORY_NONE ? 0 : s->step[step[i]].task;
        const struct hd_story_event *c = hd_parting_call(s, at->moment, task);
        if (!c)
            continue;
        fprintf(out,
                "not controlled, and called before it: %s(), by %s after step "
                "%" PRIu32 "\n",
                c->text, s->task[c->task].end.task, c->step);
        return;
    }
    if (cause == UNKNOWN)
        fprintf(out, "no call that is known not to be controlled came before it; "
                     "there are also the environment, files, memory that "
                     "nobody has written, and other processes\n");
}

static void put_value(FILE *out, const struct hd_parted *p,
                      const struct hd_parting *at, struct hd_evidence *e,
                      const char *flavor)
{
    char place[300], where[4700] = "";
    uint64_t one, other;
    if (at->value_one == HD_STORY_NONE)
        return;
    const struct hd_story_step *t = &p->one.step[at->value_one];
    hd_parting_value(t, &one);
    hd_parting_value(&p->other.step[at->value_other], &other);
    const char *object = object_of(&p->one, t, place, sizeof place);
    if (t->stack != HD_STORY_NONE && p->one.stack[t->stack].count)
        hd_evidence_place(e, flavor, p->one.stack[t->stack].pc[0], where,
                          sizeof where);
    fprintf(out,
            "before it %s, step %" PRIu32 ", %s of %s: %" PRIu64
            " in one run, %" PRIu64 " in the other%s%s\n",
            p->one.task[t->task].end.task, t->index, hd_op_names[t->kind],
            object ? object : "memory", one, other, where[0] ? ", at " : "", where);
}

static void put_parting(FILE *message, FILE *detail, struct hd_parted *p,
                        enum cause cause, struct hd_evidence *e, const char *flavor)
{
    struct hd_parting at;
    if (!hd_parting_find(&at, &p->one, &p->other)) {
        fprintf(detail, "where they part is among the steps that are too many to "
                        "be kept\n");
        return;
    }
    fprintf(message, "; they part at step %" PRIu32, at.moment);
    p->site[0] = site_of(&p->one, at.one, "in one run", &p->name[0]);
    p->site[1] = site_of(&p->other, at.other, "in the other", &p->name[1]);
    p->finding.site = p->site;
    p->finding.sites = 2;
    put_value(detail, p, &at, e, flavor);
    if (cause_text[cause])
        fprintf(detail, "%s", cause_text[cause]);
    put_call(detail, p, &at, cause);
}

void hd_parted_make(struct hd_parted *p, struct hd_evidence *e, struct hd_choice c,
                    const char *flavor, const struct hd_account *what,
                    const struct hd_finding *f)
{
    struct runs runs = {.differs = false};
    struct hd_request q = hd_evidence_request(e, c, "plan", what);
    bool randomize = hd_program_given && hd_program_given->randomize;
    *p = (struct hd_parted){.finding = *f};
    q.story = true;
    run_until_different(&runs, p, e, flavor, &q);
    q.story = false;
    enum cause cause = cause_of(&runs, e, flavor, &q);
    if (hd_program_given)
        hd_program_given->randomize = randomize;
    size_t size;
    FILE *message = open_memstream(&p->message, &size);
    FILE *detail = open_memstream(&p->detail, &size);
    if (!message || !detail)
        hd_die("out of memory");
    fprintf(message, "%s", f->message);
    if (runs.differs)
        put_parting(message, detail, p, cause, e, flavor);
    else
        fprintf(detail,
                "%d more executions of the plan were all the same, so where "
                "they part is not known\n",
                PROCESSES * RUNS);
    fclose(message);
    fclose(detail);
    p->finding.message = p->message;
    p->finding.detail = p->detail;
}

void hd_parted_free(struct hd_parted *p)
{
    hd_story_free(&p->one);
    hd_story_free(&p->other);
    free(p->message);
    free(p->detail);
    free(p->name[0]);
    free(p->name[1]);
}
