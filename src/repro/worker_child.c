/*
 * worker_child.c - the process that runs the code under test.
 *
 * It serves one request after the other until the socket closes.  A chunk ends
 * early when its time slice is over, so that the front end stays responsive,
 * and when too many tasks were dropped: their stacks and the detectors' state
 * for them are only given back by a new process.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../engine/strategy.h"
#include "draw.h"
#include "interleavings.h"
#include "order.h"
#include "reanchor.h"
#include "story.h"
#include "verdict.h"
#include "worker.h"

enum {
    SLICE_MS = 100,       /* a chunk's share of time */
    DROPPED_MAX = 20000,  /* tasks, until the process is replaced */
    RERUN_EVERY = 64,     /* plans that are run a second time */
    STDERR_MAX = 1 << 20, /* bytes kept of what the code under test prints */
    KNOWN_MAX = 1024,     /* signatures of one chunk */
};

/* A request under way. */
struct serving {
    struct hd_worker *w;
    const struct hd_request *q;
    const struct hd_scenario *scenario;
    const struct hd_variant *variant;
    const struct hd_strategy *strategy;
    struct hd_options opt;
    struct hd_plan plan;     /* for reruns */
    struct hd_account apart; /* of the last execution in another process */
    struct hd_bytes story;   /* and its story */
    struct hd_result view;   /* the same as a result */
    struct hd_tally tally[KNOWN_MAX];
    size_t tallies;
    uint64_t dropped;
};

static uint64_t now_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void send_exec(const struct serving *s, enum hd_wire_type type,
                      const struct hd_account *e)
{
    struct hd_bytes b = {0};
    hd_account_write(e, &b);
    hd_wire_send(s->w->fd, type, &b);
    hd_bytes_free(&b);
}

static void send_done(const struct serving *s, const struct hd_done *done)
{
    struct hd_bytes b = {0};
    hd_done_write(done, &b);
    /* From here on a death is no longer this request's. */
    s->w->shared->request = 0;
    hd_wire_send(s->w->fd, HD_WIRE_DONE, &b);
    hd_bytes_free(&b);
}

static void send_error(int fd, const char *format, const char *what)
{
    struct hd_bytes b = {0};
    char text[300];
    snprintf(text, sizeof text, format, what);
    hd_bytes_str(&b, text);
    hd_wire_send(fd, HD_WIRE_ERROR, &b);
    hd_bytes_free(&b);
}

/* An execution of a program, in a process of its own. */
static const struct hd_result *run_apart(struct serving *s)
{
    struct hd_account *a = &s->apart;
    hd_account_free(a);
    s->story.size = 0;
    s->w->execute(s->w, &s->opt, a, &s->story);
    s->view = (struct hd_result){
        .outcome = a->outcome,
        .steps = a->steps,
        .tasks = a->tasks,
        .preemptions = a->preemptions,
        .now_ns = a->now_ns,
        .starvation_ns = a->starvation_ns,
        .trace_hash = a->trace_hash,
        .finding = a->finding,
        .findings = a->findings,
        .plan = &a->plan,
    };
    /* What a strategy learns of an execution it must learn here as well. */
    if (s->opt.strategy->end)
        s->opt.strategy->end(&s->view);
    return &s->view;
}

static void capture(struct serving *s, const struct hd_result *r,
                    const struct hd_input *in, struct hd_account *e)
{
    if (s->w->execute)
        hd_account_copy(&s->apart, e);
    else
        hd_account_capture(e, r, in);
}

/* Tells of the last execution. */
static void send_found(struct serving *s, const struct hd_result *r,
                       const struct hd_input *in, uint64_t index)
{
    struct hd_account e;
    capture(s, r, in, &e);
    e.index = index;
    send_exec(s, HD_WIRE_FOUND, &e);
    hd_account_free(&e);
}

static const struct hd_result *run(struct serving *s, const struct hd_input *in,
                                   uint64_t index)
{
    s->w->note->index = index;
    __atomic_store_n(&s->w->shared->beats, s->w->shared->beats + 1,
                     __ATOMIC_RELAXED);
    if (s->w->execute)
        return run_apart(s);
    const struct hd_result *r =
        hd_run_scenario(s->scenario, s->variant, in, &s->opt);
    s->dropped += r->dirty ? DROPPED_MAX + 1 : r->tasks_dropped;
    return r;
}

/* Counts a signature; true if it is new to this process's job. */
static bool tally_add(struct serving *s, const char *signature)
{
    uint64_t h = hd_wire_hash(signature);
    for (size_t i = 0; i < s->tallies; i++)
        if (s->tally[i].signature_hash == h) {
            s->tally[i].count++;
            return false;
        }
    if (s->tallies < KNOWN_MAX)
        s->tally[s->tallies++] = (struct hd_tally){h, 1};
    return true;
}

/* Reports an execution with findings; true if the chunk ends with it. */
static bool chunk_found(struct serving *s, const struct hd_result *r,
                        const struct hd_input *in, uint64_t index)
{
    bool sees_races = hd_flavor_sees_races(hd_flavor());
    struct hd_verdict v =
        hd_verdict_of(r->finding, r->findings, s->variant, sees_races);
    bool stops = v.stops && !s->q->keep_going, news = stops;
    for (size_t i = 0; i < r->findings; i++)
        news |= tally_add(s, r->finding[i].signature);
    if (news)
        send_found(s, r, in, index);
    return stops;
}

/*
 * What TSan sees of a schedule may depend on what it saw before, if many tasks
 * use one word.  A race counts if it is seen with an empty history, as it will be
 * in a replay.  Heddle's own detector has no such memory.
 */
static const struct hd_result *recheck_race(struct serving *s,
                                            const struct hd_result *r,
                                            const struct hd_input *in,
                                            uint64_t index)
{
    bool race = false, tsan = !s->w->execute && strcmp(hd_flavor(), "tsan") == 0;
    for (size_t i = 0; i < r->findings && tsan; i++)
        race |= r->finding[i].cls == HD_DATA_RACE;
    if (!race)
        return r;
    struct hd_options keep = s->opt;
    hd_plan_copy(&s->plan, r->plan);
    s->opt.strategy = hd_strategy_find("plan");
    s->opt.plan = &s->plan;
    s->opt.fresh_detector = true;
    r = run(s, in, index);
    s->opt = keep;
    return r;
}

static void send_nondeterminism(struct serving *s, const struct hd_result *r,
                                const struct hd_input *in, uint64_t index,
                                const char *message)
{
    struct hd_account e;
    char signature[160];
    snprintf(signature, sizeof signature, "nondeterminism: %s/%s", s->q->scenario,
             s->q->variant);
    struct hd_finding f = {
        .cls = HD_NONDETERMINISM, .message = message, .signature = signature};
    capture(s, r, in, &e);
    struct hd_account out = e;
    out.index = index;
    out.finding = &f;
    out.findings = 1;
    tally_add(s, signature);
    send_exec(s, HD_WIRE_FOUND, &out);
    hd_account_free(&e);
}

/* The same plan again, warm: it must give the same trace. */
static bool chunk_rerun(struct serving *s, const struct hd_result *r,
                        const struct hd_input *in, uint64_t index)
{
    uint64_t was = r->trace_hash;
    struct hd_options keep = s->opt;
    hd_plan_copy(&s->plan, r->plan);
    s->opt.strategy = hd_strategy_find("plan");
    s->opt.plan = &s->plan;
    r = run(s, in, index);
    s->opt = keep;
    if (r->trace_hash == was)
        return false;
    char message[160];
    snprintf(message, sizeof message,
             "the same plan gave trace %016llx, then %016llx in the same process",
             (unsigned long long)was, (unsigned long long)r->trace_hash);
    send_nondeterminism(s, r, in, index, message);
    return !s->q->keep_going;
}

/* One execution of a chunk; true if the chunk ends with it. */
static bool chunk_one(struct serving *s, uint64_t index)
{
    static const struct hd_plan empty;
    struct hd_input in;
    s->opt.strategy = index ? s->strategy : hd_strategy_find("plan");
    s->opt.plan = &empty;
    hd_draw(s->scenario, s->strategy, s->q->seed, index, &in, &s->opt.seed);
    s->opt.pair_second = hd_draw_pairs(s->strategy) && index && index % 2 == 0;
    const struct hd_result *r = recheck_race(s, run(s, &in, index), &in, index);
    s->w->shared->outcome[r->outcome]++;
    if (s->w->table)
        hd_interleavings_add(s->w->table, r->trace_hash, index);
    if (r->findings)
        return chunk_found(s, r, &in, index);
    /* Of a program; in this process that would have been its end.  It costs
     * seconds, so the command wants to know at once. */
    if (r->outcome == HD_OUTCOME_HANG || r->outcome == HD_OUTCOME_UNCONTROLLED) {
        send_found(s, r, &in, index);
        return true;
    }
    if (index && index % RERUN_EVERY == 0)
        return chunk_rerun(s, r, &in, index);
    return false;
}

static void serve_chunk(struct serving *s)
{
    uint64_t end = s->q->first + s->q->count, i = s->q->first, start = now_ms();
    bool over = false;
    while (i < end && !over) {
        over = chunk_one(s, i++);
        if (hd_draw_boundary(s->strategy, i))
            over |= s->dropped > DROPPED_MAX || now_ms() - start > SLICE_MS;
    }
    struct hd_done done = {.first = s->q->first,
                           .next = i,
                           .tally = s->tally,
                           .tallies = s->tallies,
                           .uncontrolled = s->w->note->uncontrolled};
    memcpy(done.outcome, s->w->shared->outcome, sizeof done.outcome);
    send_done(s, &done);
}

static void send_story(const struct serving *s)
{
    struct hd_story story;
    struct hd_bytes b = {0};
    if (s->w->execute) { /* none of one that died */
        if (s->story.size)
            hd_wire_send(s->w->fd, HD_WIRE_STORY, &s->story);
        return;
    }
    hd_story_capture(&story);
    hd_story_write(&story, &b);
    hd_wire_send(s->w->fd, HD_WIRE_STORY, &b);
    hd_bytes_free(&b);
    hd_story_free(&story);
}

static void serve_run(struct serving *s)
{
    s->opt.strategy = s->strategy;
    s->opt.plan = &s->q->plan;
    s->opt.seed = s->q->seed;
    if (s->q->anchor)
        hd_reanchor_set(&s->q->plan, s->q->anchor);
    hd_order_set(s->q->order, s->q->orders, &s->q->plan);
    s->opt.watch = s->q->story;
    const struct hd_result *r = run(s, &s->q->in, 0);
    struct hd_account e;
    capture(s, r, &s->q->in, &e);
    s->w->shared->request = 0;
    if (s->q->story)
        send_story(s);
    send_exec(s, HD_WIRE_EXEC, &e);
    hd_account_free(&e);
}

static void progress_send(const struct serving *s, uint64_t done)
{
    struct hd_bytes b = {0};
    hd_bytes_u64(&b, done);
    hd_wire_send(s->w->fd, HD_WIRE_PROGRESS, &b);
    hd_bytes_free(&b);
}

static bool search_passes(const struct hd_request *q, const struct hd_result *r)
{
    for (size_t i = 0; i < r->findings; i++)
        if (r->finding[i].cls == q->want_class || r->finding[i].cls != HD_DATA_RACE)
            return false;
    return r->outcome == HD_OUTCOME_DONE || r->outcome == HD_OUTCOME_STUCK;
}

/* Whether an execution ends a search. */
static bool search_wants(const struct hd_request *q, const struct hd_result *r)
{
    if (q->want_pass)
        return search_passes(q, r);
    for (size_t i = 0; i < r->findings; i++)
        if ((!q->want_class || r->finding[i].cls == q->want_class) &&
            (!q->want_signature ||
             !strcmp(r->finding[i].signature, q->want_signature)))
            return true;
    return false;
}

/* Exhaustive search; the search lives in the strategy, so it is never split. */
static void serve_verify(struct serving *s)
{
    uint64_t i = s->q->first, end = s->q->first + s->q->count, last = now_ms();
    bool more = true, found = false, cut = false; /* cut: by the step budget */
    hd_dfs_start((struct hd_dfs_bounds){s->q->preemptions, s->q->early_timers,
                                        s->q->deviations});
    s->opt.strategy = hd_strategy_find("dfs");
    while (more && !found && i < end) {
        const struct hd_result *r = run(s, &s->q->in, i);
        s->w->shared->outcome[r->outcome]++;
        if (s->w->table)
            hd_interleavings_add(s->w->table, r->trace_hash, i);
        cut |= r->outcome == HD_OUTCOME_BUDGET;
        found = search_wants(s->q, r);
        if (hd_dfs_diverged()) {
            send_nondeterminism(
                s, r, &s->q->in, i,
                "the search met other options than in the execution "
                "before, on the same path");
            found = true;
        } else if (found) {
            send_found(s, r, &s->q->in, i);
        }
        i++;
        more = hd_dfs_next();
        if (now_ms() - last > SLICE_MS) {
            last = now_ms();
            progress_send(s, i - s->q->first);
        }
    }
    struct hd_done done = {
        .first = s->q->first, .next = i, .complete = !more && !found && !cut};
    memcpy(done.outcome, s->w->shared->outcome, sizeof done.outcome);
    send_done(s, &done);
}

/* Resolves the request's names; false after having said what is wrong. */
static bool serve_prepare(struct serving *s)
{
    static const struct hd_scenario program = {.variants = {{.name = "program"}}};
    int fd = s->w->fd;
    s->scenario = s->w->execute ? &program : hd_scenario_find(s->q->scenario);
    if (!s->scenario) {
        send_error(fd, "this runner has no scenario %s", s->q->scenario);
        return false;
    }
    s->variant = s->w->execute ? program.variants
                               : hd_variant_find(s->scenario, s->q->variant);
    if (!s->variant) {
        send_error(fd, "the scenario has no variant %s", s->q->variant);
        return false;
    }
    if (!strcmp(s->q->strategy, hd_reanchor_strategy.name))
        s->strategy = &hd_reanchor_strategy;
    else if (!strcmp(s->q->strategy, hd_order_strategy.name))
        s->strategy = &hd_order_strategy;
    else
        s->strategy = hd_strategy_find(s->q->strategy);
    if (!s->strategy) {
        send_error(fd, "this runner has no strategy %s", s->q->strategy);
        return false;
    }
    s->opt = (struct hd_options)HD_OPTIONS_DEFAULT;
    s->opt.steps_max = s->q->steps_max;
    s->opt.starve_max_ns = s->q->starve_max_ns;
    return true;
}

static void serve(struct hd_worker *w, struct serving *s,
                  const struct hd_request *q)
{
    s->w = w;
    s->q = q;
    s->tallies = 0;
    memset(w->shared->outcome, 0, sizeof w->shared->outcome);
    w->shared->first = q->first;
    if (!serve_prepare(s))
        return;
    w->shared->request = q->type;
    if (q->type == HD_WIRE_CHUNK)
        serve_chunk(s);
    else if (q->type == HD_WIRE_VERIFY)
        serve_verify(s);
    else
        serve_run(s);
}

/* The code under test may print without end; keep the log's file small. */
static void stderr_trim(void)
{
    struct stat st;
    if (!fstat(2, &st) && S_ISREG(st.st_mode) && st.st_size > STDERR_MAX &&
        ftruncate(2, 0))
        return;
}

int hd_worker_child(struct hd_worker *w)
{
    static struct serving s; /* too large for a stack */
    struct hd_bytes payload = {0};
    enum hd_wire_type type;
    while (hd_wire_receive(w->fd, &type, &payload) == HD_E_OK) {
        struct hd_reader in = {.data = payload.data, .size = payload.size};
        static struct hd_request q; /* outlives the stack in a program's process */
        if ((type != HD_WIRE_CHUNK && type != HD_WIRE_RUN &&
             type != HD_WIRE_VERIFY) ||
            !hd_request_read(&q, type, &in))
            hd_bug("a request of type %d cannot be read", (int)type);
        serve(w, &s, &q);
        hd_request_free(&q);
        stderr_trim();
        if (s.dropped > DROPPED_MAX)
            return HD_WORKER_RECYCLE;
    }
    return 0;
}
