/*
 * Bug 13: a mutex that is held across a channel send.
 *
 * Symptom: once the channel is full, every caller of update() queues up behind
 * the one that waits for room.  If the consumer ever wants the same lock,
 * nothing moves any more.
 * Rule 7: channels for flow, mutexes for state; a lock covers the state only.
 * Look for: a send (a receive, a wait, a sleep) between lock and unlock.
 * Shows with: producers >= 2 and lacking >= 2, so that one blocks in its send
 * while another wants the lock; from lacking = 4 on in the plain run.  A buffer
 * that has room for all but one (lacking <= 1) is benign, and so is a single
 * producer.  The deadlock needs the consumer to take the lock (locks = 1, or
 * the variant) and lacking >= 2; there one producer is enough.
 * Fixes: release the lock, then send (`fixed-release`, the page's); or a send
 * that never blocks, if it is fine to drop (`fixed-drop`).
 *
 * The page's first fix gives something up: the lock also kept the updates in
 * order.  Between the unlock and the send another caller may overtake, and a
 * consumer that takes the last update for the newest is wrong
 * (`fixed-order-lost`):
 *
 *     one caller          another           the consumer
 *     version = 1
 *     unlock
 *                         version = 2
 *                         unlock
 *                         send 2            newest is 2
 *     send 1                                newest is 1: wrong
 *
 * `fixed` is complete: it queues the update under the lock, which fixes the
 * order, and one caller at a time sends what is queued, without the lock.  The
 * price is a queue that grows with the burst.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { PRODUCERS, LACKING, LOCKS };

enum { PRODUCERS_MAX = 4, UPDATES = 2 }; /* UPDATES: by each producer */

struct update {
    int64_t version; /* counts the updates, from 1 */
};

struct cache {
    hd_mutex mu; /* guards all but ch */
    hd_chan *ch; /* of struct update */
    int64_t version;
    /* fixed: what is not sent yet, and whether somebody is at it */
    struct update queue[PRODUCERS_MAX * UPDATES];
    int first, last;
    bool sending;
};

typedef void update_fn(struct cache *c);

/* One execution: the cache, and who calls it. */
struct run {
    struct cache cache;
    update_fn *update;
    atomic_int producers; /* that are not done yet; the last one closes */
    bool consumer_locks;
};

static void mutex_unlock(void *mu)
{
    hd_mutex_unlock(mu);
}

static void update_buggy_body(void *arg)
{
    struct cache *c = arg;
    hd_mutex_lock(&c->mu);
    hd_defer(mutex_unlock, &c->mu);
    struct update u = {++c->version};
    hd_chan_send(c->ch, &u); /* BUG: blocks while holding the lock. */
}

static void update_buggy(struct cache *c)
{
    hd_call(update_buggy_body, c);
}

/* The page's fix: the lock covers the state, and nothing else. */
static void update_release(struct cache *c)
{
    hd_mutex_lock(&c->mu);
    struct update u = {++c->version};
    hd_mutex_unlock(&c->mu);
    hd_chan_send(c->ch, &u);
}

/* The page's other fix: never blocks, so it may keep the lock, and the order. */
static void update_drop(struct cache *c)
{
    hd_mutex_lock(&c->mu);
    struct update u = {++c->version};
    struct hd_case send[] = {HD_SEND(c->ch, &u)};
    if (hd_select_default(send, 1) < 0)
        hd_log("update %d dropped", (int)u.version);
    hd_mutex_unlock(&c->mu);
}

/* Sends what is queued, one update at a time; called and left with the lock. */
static void send_queued(struct cache *c)
{
    c->sending = true;
    while (c->first < c->last) {
        struct update u = c->queue[c->first++];
        hd_mutex_unlock(&c->mu);
        hd_chan_send(c->ch, &u);
        hd_mutex_lock(&c->mu);
    }
    c->sending = false;
}

static void update_fixed(struct cache *c)
{
    hd_mutex_lock(&c->mu);
    c->queue[c->last++] = (struct update){++c->version};
    if (!c->sending)
        send_queued(c);
    hd_mutex_unlock(&c->mu);
}

static void producer(void *arg)
{
    struct run *r = arg;
    for (int i = 0; i < UPDATES; i++)
        r->update(&r->cache);
    if (atomic_fetch_sub(&r->producers, 1) == 1)
        hd_chan_close(r->cache.ch);
}

/* What a consumer looks at next to the update: the state, under its lock. */
static void compare_with_state(struct cache *c, struct update u)
{
    hd_mutex_lock(&c->mu);
    hd_assert(u.version <= c->version);
    hd_mutex_unlock(&c->mu);
}

/* Returns how many updates came.  In order, the last one is the newest. */
static int64_t consume(struct run *r, bool in_order)
{
    struct update u;
    int64_t n = 0, newest = 0;
    while (hd_chan_recv(r->cache.ch, &u)) {
        if (r->consumer_locks)
            compare_with_state(&r->cache, u);
        if (in_order)
            hd_assert(u.version > newest);
        newest = u.version;
        n++;
    }
    return n;
}

/* Starts the producers; the caller of this is the consumer. */
static struct run *start(update_fn *update, const struct hd_input *in)
{
    int64_t producers = in->param[PRODUCERS];
    int64_t buffer = producers * UPDATES - in->param[LACKING];
    struct run *r = hd_alloc(sizeof(*r));
    r->cache.ch =
        hd_chan_make(sizeof(struct update), buffer > 0 ? (size_t)buffer : 0);
    r->update = update;
    atomic_init(&r->producers, (int)producers);
    r->consumer_locks = in->param[LOCKS] != 0;
    for (int64_t i = 0; i < producers; i++)
        hd_go(producer, r);
    return r;
}

static void buggy(const struct hd_input *in)
{
    consume(start(update_buggy, in), true);
}

static void buggy_consumer_locks(const struct hd_input *in)
{
    struct run *r = start(update_buggy, in);
    r->consumer_locks = true;
    consume(r, true);
}

static void fixed(const struct hd_input *in)
{
    hd_assert(consume(start(update_fixed, in), true) ==
              in->param[PRODUCERS] * UPDATES);
}

static void fixed_release(const struct hd_input *in)
{
    hd_assert(consume(start(update_release, in), false) ==
              in->param[PRODUCERS] * UPDATES);
}

static void fixed_order_lost(const struct hd_input *in)
{
    consume(start(update_release, in), true);
}

static void fixed_drop(const struct hd_input *in)
{
    int64_t n = consume(start(update_drop, in), true);
    hd_assert(n == in->param[PRODUCERS] * UPDATES || in->param[LACKING] > 0);
}

HD_SCENARIO(lock_across_send) = {
    .name = "13-lock-across-send",
    .number = 13,
    .title = "a mutex is held while its owner blocks in a send",
    .fix = "release the lock first, and queue under it if the order matters",
    .rules = {7},
    .params =
        {
            [PRODUCERS] = {"producers", 1, PRODUCERS_MAX, HD_LINEAR, 1,
                           "callers of update()"},
            [LACKING] = {"lacking", 0, PRODUCERS_MAX *UPDATES, HD_LINEAR, 1,
                         "by how much the buffer is too small for all updates"},
            [LOCKS] = {"locks", 0, 1, HD_LINEAR, 1,
                       "whether the consumer takes the lock, too"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_LOCK_ACROSS_BLOCK, HD_DEADLOCK},
             .help = "sends under the lock"},
            {.name = "buggy-consumer-locks",
             .run = buggy_consumer_locks,
             .expect = {HD_DEADLOCK, HD_LOCK_ACROSS_BLOCK},
             .help = "the same, and the consumer takes the lock, too"},
            {.name = "fixed-order-lost",
             .run = fixed_order_lost,
             .expect = {HD_ASSERTION},
             .help = "the page's fix with a consumer that needs the order"},
            {.name = "fixed",
             .run = fixed,
             .help = "queues under the lock, sends without it, in order"},
            {.name = "fixed-release",
             .run = fixed_release,
             .help = "the page's fix: unlocks first; the order is lost"},
            {.name = "fixed-drop",
             .run = fixed_drop,
             .help = "the page's other fix: drops what finds no room"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK) | HD_CLASS_BIT(HD_LOCK_ACROSS_BLOCK),
};
