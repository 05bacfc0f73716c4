/*
 * pool.c - a worker pool: tasks that receive jobs from one channel.
 *
 * The channel is the queue, so its order, its edges and its panics are those of
 * channels.  A worker's operations stand where the pool was made.  Each job runs
 * in a defer frame of its own.
 */
#include <heddle/pool.h>

#include <heddle/panic.h>

#include "chan.h"

struct job {
    hd_fn *fn;
    void *arg;
};

struct hd_pool {
    struct hd_chan *queue;
    size_t workers;
    struct hd_task **worker;
};

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_chan *q = (const struct hd_chan *)o;
    if (t->op.kind == HD_OP_POOL_TAKE)
        return "a worker without a job, and the pool is not closed";
    return hd_arena_printf(&hd__exec.arena,
                           "%zu of %zu jobs queued, no worker idle", q->count,
                           q->capacity);
}

static const struct hd_object_kind kind = {"pool", why, NULL};

/* ---- workers ---- */

/* Takes the next job; false once the pool is closed and the queue empty. */
static bool take(struct hd_chan *q, struct job *job)
{
    hd__point(HD_OP_POOL_TAKE, q->object.id, (void *)hd__cur->spawn_pc,
              __builtin_frame_address(0));
    if (hd__chan_can(q, false))
        return hd__chan_do_recv(q, job);
    struct hd_party p = {.ch = q, .recv = job};
    struct hd_wait w = {.party = &p, .n = 1};
    hd__chan_wait(&w);
    return hd__chan_after_wait(&p);
}

static void work(void *arg)
{
    struct hd_pool *p = arg;
    struct job job;
    while (take(p->queue, &job))
        hd_call(job.fn, job.arg);
}

hd_pool *hd_pool_make(size_t workers, size_t queue)
{
    hd__self("hd_pool_make");
    HD_CHECK(workers > 0);
    const void *pc = __builtin_return_address(0);
    struct hd_pool *p = hd_arena_alloc(&hd__exec.arena, sizeof *p);
    p->queue = hd__chan_new_as(&kind, sizeof(struct job), queue, pc);
    p->worker = hd_arena_alloc(&hd__exec.arena, workers * sizeof(struct hd_task *));
    p->workers = workers;
    for (size_t i = 0; i < workers; i++)
        p->worker[i] = hd__go(work, p, pc, __builtin_frame_address(0));
    return p;
}

/* ---- the others ---- */

void hd_pool_submit(hd_pool *p, hd_fn *fn, void *arg)
{
    hd__self("hd_pool_submit");
    HD_CHECK(fn != NULL);
    struct hd_chan *q = p->queue;
    struct job job = {fn, arg};
    HD_POINT(POOL_SUBMIT, q->object.id);
    if (hd__chan_can(q, true)) {
        hd__chan_do_send(q, &job);
        return;
    }
    struct hd_party party = {.ch = q, .is_send = true, .send = &job};
    struct hd_wait w = {.party = &party, .n = 1};
    hd__chan_wait(&w);
    hd__chan_after_wait(&party);
}

void hd_pool_close(hd_pool *p)
{
    hd__self("hd_pool_close");
    struct hd_chan *q = p->queue;
    HD_POINT(POOL_CLOSE, q->object.id);
    if (q->closed) {
        hd__emit(&(struct hd_event){.kind = HD_EVENT_CHAN_MISUSE,
                                    .task = hd__cur,
                                    .object = &q->object,
                                    .text = "close of closed pool"});
        hd_panic("close of closed pool");
    }
    hd__chan_do_close(q);
    for (size_t i = 0; i < p->workers; i++)
        hd__join(p->worker[i], __builtin_return_address(0),
                 __builtin_frame_address(0));
}
