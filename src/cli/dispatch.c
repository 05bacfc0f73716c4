/*
 * dispatch.c - the loop that feeds the workers; see the header.
 *
 * Chunks start small, so that a bug on the surface costs next to nothing, and
 * double up to a size where the traffic no longer matters.  A chunk that a
 * worker ended early (its time slice, a crash, recycling) goes on in the same
 * slot, so each slot sees ascending numbers.
 */
#define _GNU_SOURCE
#include "dispatch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../engine/strategy.h"
#include "../repro/draw.h"
#include "../repro/verdict.h"

enum {
    CHUNK_MIN = 16,
    CHUNK_MAX = 4096,
    POLL_MS = 100,
    GRACE_SECONDS = 5, /* for the workers to answer after an interrupt */
};

static void interrupt(int signal)
{
    (void)signal;
    hd_interrupted = 1;
}

void hd_interrupt_handle(const struct sigaction *sa)
{
    struct sigaction old;
    sigaction(SIGINT, sa, NULL);
    sigaction(SIGTERM, sa, NULL);
    /* nohup ignores it, so that the command outlives its terminal. */
    if (!sigaction(SIGHUP, NULL, &old) && old.sa_handler != SIG_IGN)
        sigaction(SIGHUP, sa, NULL);
}

void hd_interrupt_install(void)
{
    struct sigaction sa = {.sa_handler = interrupt};
    hd_interrupt_handle(&sa);
}

double hd_now_seconds(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- the pool ---- */

bool hd_slots_open(struct hd_slots *p, unsigned slots, unsigned hang_seconds)
{
    static const struct hd_slot empty = HD_SLOT_EMPTY;
    *p = (struct hd_slots){.slots = slots, .hang_seconds = hang_seconds};
    p->table = hd_interleavings_new(&p->table_fd);
    if (!p->table)
        return false;
    p->slot = calloc(slots, sizeof *p->slot);
    if (!p->slot)
        hd_die("out of memory");
    for (unsigned i = 0; i < slots; i++)
        p->slot[i] = empty;
    return true;
}

static void slots_stop(struct hd_slots *p)
{
    for (unsigned i = 0; i < p->slots; i++)
        hd_slot_stop(&p->slot[i]);
    p->flavor = NULL;
}

void hd_slots_close(struct hd_slots *p)
{
    slots_stop(p);
    free(p->slot);
    close(p->table_fd);
}

/* ---- one job under way ---- */

/* A piece of work that a slot has, or is to go on with. */
struct lease {
    uint64_t first, end;
    bool rest; /* the slot must be asked again for it */
};

/* What came back for a piece; kept until it is known whether it counts. */
struct piece {
    struct hd_done done;
};

struct run {
    struct hd_slots *pool;
    const struct hd_job *job;
    struct hd_gathered *out;
    struct lease *lease; /* one per slot */
    struct piece *piece;
    size_t pieces;
    uint64_t next;  /* first execution that nobody has */
    uint64_t chunk; /* size of the next one */
    double start;
    bool closing; /* time is over or the user had enough: hand out nothing */
};

static void found_keep(struct run *r, const struct hd_account *a, size_t which,
                       const struct hd_bytes *bytes)
{
    struct hd_gathered *g = r->out;
    uint64_t hash = hd_wire_hash(a->finding[which].signature);
    struct hd_found *f = NULL;
    for (size_t i = 0; i < g->founds && !f; i++)
        if (g->found[i].signature_hash == hash)
            f = &g->found[i];
    if (f && f->index <= a->index)
        return;
    if (f) {
        hd_account_free(&f->account);
    } else {
        g->found = realloc(g->found, (g->founds + 1) * sizeof *g->found);
        if (!g->found)
            hd_die("out of memory");
        f = &g->found[g->founds++];
    }
    *f = (struct hd_found){.index = a->index,
                           .signature_hash = hash,
                           .seconds = hd_now_seconds() - r->start,
                           .which = which};
    if (!hd_account_read(&f->account, bytes->data, bytes->size))
        hd_bug("an account that was read once cannot be read again");
}

static void hang_keep(struct run *r, struct hd_account *a)
{
    struct hd_gathered *g = r->out;
    if (g->hung && g->hang.index <= a->index)
        return;
    if (g->hung)
        hd_account_free(&g->hang);
    g->hung = true;
    g->hang = *a;
    *a = (struct hd_account){.index = 0};
}

static bool found_receive(struct run *r, const struct hd_slot *s)
{
    struct hd_account a;
    if (!hd_account_read(&a, s->payload.data, s->payload.size))
        return false;
    for (size_t i = 0; i < a.findings; i++)
        found_keep(r, &a, i, &s->payload);
    struct hd_verdict v = hd_verdict_of(a.finding, a.findings, r->job->variant,
                                        hd_flavor_sees_races(r->job->flavor));
    /* A hang stops the job as well: each costs seconds. */
    bool hang =
        a.outcome == HD_OUTCOME_HANG || a.outcome == HD_OUTCOME_UNCONTROLLED;
    bool stops = v.stops || hang;
    if (stops && !r->job->keep_going && a.index < r->out->stop_at)
        r->out->stop_at = a.index;
    if (hang)
        hang_keep(r, &a);
    hd_account_free(&a);
    return true;
}

static bool done_receive(struct run *r, struct hd_slot *s, struct lease *l)
{
    struct hd_done done;
    struct hd_reader in = {.data = s->payload.data, .size = s->payload.size};
    if (!hd_done_read(&done, &in) || done.first != l->first ||
        done.next <= done.first || done.next > l->end)
        return false;
    r->piece = realloc(r->piece, (r->pieces + 1) * sizeof *r->piece);
    if (!r->piece)
        hd_die("out of memory");
    r->piece[r->pieces++] = (struct piece){done};
    r->out->executions += done.next - done.first; /* for progress; see totals() */
    s->busy = false;
    if (done.uncontrolled)
        snprintf(r->out->uncontrolled, sizeof r->out->uncontrolled, "%s",
                 done.uncontrolled);
    done.uncontrolled = NULL; /* it points into the frame */
    r->piece[r->pieces - 1].done = done;
    if (done.last) { /* every other execution would be the same */
        r->out->alone = r->closing = true;
        r->out->stop_at = 0;
    }
    l->first = done.next;
    l->rest = l->first < l->end;
    return true;
}

static enum hd_err run_error(struct run *r, struct hd_slot *s, enum hd_err e)
{
    if (e == HD_E_PROTOCOL)
        snprintf(s->error, sizeof s->error, "%s", hd_err_text(e));
    snprintf(r->out->error, sizeof r->out->error, "%s", s->error);
    return e;
}

static enum hd_err slot_serve(struct run *r, struct hd_slot *s, struct lease *l)
{
    enum hd_wire_type type;
    enum hd_err e = hd_slot_receive(s, &type);
    if (e)
        return run_error(r, s, e);
    bool ok = type == HD_WIRE_FOUND  ? found_receive(r, s)
              : type == HD_WIRE_DONE ? done_receive(r, s, l)
                                     : false;
    return ok ? HD_E_OK : run_error(r, s, HD_E_PROTOCOL);
}

/* Takes the next chunk off the job; false if there is none. */
static bool chunk_take(struct run *r, struct lease *l)
{
    uint64_t runs = r->job->runs ? r->job->runs : UINT64_MAX;
    if (r->next >= runs)
        return false;
    l->first = r->next;
    l->end = r->next + r->chunk;
    while (!hd_draw_boundary(r->job->strategy, l->end))
        l->end++;
    if (l->end > runs)
        l->end = runs;
    r->next = l->end;
    if (r->chunk < CHUNK_MAX)
        r->chunk *= 2;
    return true;
}

static enum hd_err chunk_send(struct run *r, struct hd_slot *s,
                              const struct lease *l)
{
    const struct hd_job *j = r->job;
    struct hd_request q = {
        .type = HD_WIRE_CHUNK,
        .scenario = j->scenario->name,
        .variant = j->variant->name,
        .strategy = j->strategy->name,
        .steps_max = j->steps_max,
        .starve_max_ns = j->starve_max_ns,
        .seed = j->seed,
        .first = l->first,
        .count = l->end - l->first,
        .keep_going = j->keep_going,
    };
    if (s->pid == 0) {
        enum hd_err e =
            hd_slot_start(s, j->flavor, r->pool->table_fd, r->pool->hang_seconds);
        if (e)
            return run_error(r, s, e);
    }
    enum hd_err e = hd_slot_send(s, &q);
    return e ? run_error(r, s, e) : HD_E_OK;
}

/* Gives every idle slot work; *busy is how many have some. */
static enum hd_err feed(struct run *r, unsigned *busy)
{
    *busy = 0;
    for (unsigned i = 0; i < r->pool->slots; i++) {
        struct hd_slot *s = &r->pool->slot[i];
        struct lease *l = &r->lease[i];
        if (!s->busy && !r->closing) {
            bool work = l->rest ? l->first <= r->out->stop_at
                                : r->next <= r->out->stop_at && chunk_take(r, l);
            l->rest = false;
            enum hd_err e = work ? chunk_send(r, s, l) : HD_E_OK;
            if (e)
                return e;
        }
        *busy += s->busy;
    }
    return HD_E_OK;
}

static enum hd_err listen(struct run *r)
{
    struct pollfd fd[r->pool->slots];
    for (unsigned i = 0; i < r->pool->slots; i++) {
        const struct hd_slot *s = &r->pool->slot[i];
        fd[i] = (struct pollfd){.fd = s->busy ? s->fd : -1, .events = POLLIN};
    }
    if (poll(fd, r->pool->slots, POLL_MS) < 0 && errno != EINTR)
        hd_die("poll: %s", strerror(errno));
    for (unsigned i = 0; i < r->pool->slots; i++) {
        if (fd[i].fd < 0 || !(fd[i].revents & (POLLIN | POLLHUP | POLLERR)))
            continue;
        enum hd_err e = slot_serve(r, &r->pool->slot[i], &r->lease[i]);
        if (e)
            return e;
    }
    return HD_E_OK;
}

static int found_order(const void *a, const void *b)
{
    const struct hd_found *x = a, *y = b;
    if (x->index != y->index)
        return x->index < y->index ? -1 : 1;
    return x->which < y->which ? -1 : x->which > y->which;
}

/* Forgets what lies beyond the stopping finding and adds up the rest. */
static void totals(struct run *r)
{
    struct hd_gathered *g = r->out;
    size_t kept = 0;
    g->executions = 0;
    for (size_t i = 0; i < g->founds; i++)
        if (g->found[i].index <= g->stop_at)
            g->found[kept++] = g->found[i];
        else
            hd_account_free(&g->found[i].account);
    g->founds = kept;
    qsort(g->found, kept, sizeof *g->found, found_order);
    for (size_t i = 0; i < r->pieces; i++) {
        const struct hd_done *d = &r->piece[i].done;
        if (d->first > g->stop_at)
            continue;
        g->executions += d->next - d->first;
        for (int k = 0; k < HD_OUTCOME_COUNT; k++)
            g->outcome[k] += d->outcome[k];
        for (size_t t = 0; t < d->tallies; t++)
            for (size_t k = 0; k < kept; k++)
                if (g->found[k].signature_hash == d->tally[t].signature_hash)
                    g->found[k].count += d->tally[t].count;
    }
    for (size_t k = 0; k < kept; k++)
        if (!g->found[k].count) /* its process died before it could count */
            g->found[k].count = 1;
    if (g->hung && g->hang.index > g->stop_at) {
        hd_account_free(&g->hang);
        g->hung = false;
    }
    g->seconds = hd_now_seconds() - r->start;
    g->distinct = hd_interleavings_count(r->pool->table, g->stop_at, &g->saturated);
}

static void progress_show(struct run *r, hd_progress_fn *progress)
{
    struct hd_progress p = {.job = r->job,
                            .executions = r->out->executions,
                            .distinct = hd_interleavings_now(r->pool->table),
                            .findings = r->out->founds,
                            .seconds = hd_now_seconds() - r->start};
    progress(&p);
}

static enum hd_err run_loop(struct run *r, hd_progress_fn *progress)
{
    unsigned busy;
    double shown = r->start, asked = 0; /* when the user wanted it to end */
    for (;;) {
        double now = hd_now_seconds();
        if (r->job->seconds > 0 && now - r->start >= r->job->seconds)
            r->closing = true;
        if (hd_interrupted && !r->out->interrupted) {
            r->closing = r->out->interrupted = true;
            asked = now;
        }
        /* A worker that sleeps in a system call would keep the user for ever. */
        if (r->out->interrupted && now - asked > GRACE_SECONDS) {
            slots_stop(r->pool);
            return HD_E_OK;
        }
        enum hd_err e = feed(r, &busy);
        if (!e && !busy)
            return e;
        if (!e)
            e = listen(r);
        if (e && hd_interrupted) {
            /* Stopped in the middle of a message, or told to end as we were. */
            r->out->interrupted = true;
            slots_stop(r->pool);
            return HD_E_OK;
        }
        if (e)
            return e;
        if (progress && now - shown >= 0.1) {
            shown = now;
            progress_show(r, progress);
        }
    }
}

enum hd_err hd_dispatch(struct hd_slots *pool, const struct hd_job *job,
                        hd_progress_fn *progress, struct hd_gathered *out)
{
    *out = (struct hd_gathered){.stop_at = UINT64_MAX};
    struct run r = {.pool = pool,
                    .job = job,
                    .out = out,
                    .lease = calloc(pool->slots, sizeof *r.lease),
                    .chunk = CHUNK_MIN,
                    .start = hd_now_seconds()};
    if (!r.lease)
        hd_die("out of memory");
    if (!pool->flavor || strcmp(pool->flavor, job->flavor)) {
        slots_stop(pool);
        pool->flavor = job->flavor;
    }
    hd_interleavings_clear(pool->table);
    enum hd_err e = run_loop(&r, progress);
    if (e)
        slots_stop(pool);
    totals(&r);
    for (size_t i = 0; i < r.pieces; i++)
        free(r.piece[i].done.tally);
    free(r.piece);
    free(r.lease);
    return e;
}

void hd_gathered_free(struct hd_gathered *g)
{
    for (size_t i = 0; i < g->founds; i++)
        hd_account_free(&g->found[i].account);
    free(g->found);
    if (g->hung)
        hd_account_free(&g->hang);
}
