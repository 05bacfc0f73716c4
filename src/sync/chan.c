/*
 * chan.c - channels: buffer, queues, blocking send and receive, close.
 */
#include "chan.h"

#include <heddle/panic.h>

#include <string.h>

#include "../engine/watch.h"
#include "../instrument/sanitizer.h"
#include "../race/detector.h"

/* ---- what a blocked task says ---- */

static const char *why(const struct hd_object *o, const struct hd_task *t)
{
    const struct hd_chan *ch = (const struct hd_chan *)o;
    const char *state =
        hd_arena_printf(&hd__exec.arena, "%zu of %zu buffered, %s", ch->count,
                        ch->capacity, ch->closed ? "closed" : "not closed");
    if (t->op.kind == HD_OP_SELECT)
        return state;
    return hd_arena_printf(&hd__exec.arena, "%s; nobody %s", state,
                           t->op.kind == HD_OP_CHAN_SEND ? "receives"
                                                         : "sends or closes");
}

static const struct hd_object_kind kind = {"channel", why, NULL};

static const char *nil_why(const struct hd_object *o, const struct hd_task *t)
{
    (void)o, (void)t;
    return "a nil channel is never ready";
}

static const struct hd_object_kind nil_kind = {"nil channel", nil_why, NULL};

/* ---- making ---- */

struct hd_chan *hd__chan_new(size_t elem_size, size_t capacity, const void *pc)
{
    return hd__chan_new_as(&kind, elem_size, capacity, pc);
}

struct hd_chan *hd__chan_new_as(const struct hd_object_kind *as, size_t elem_size,
                                size_t capacity, const void *pc)
{
    struct hd_arena *arena = &hd__exec.arena;
    struct hd_chan *ch = hd_arena_alloc(arena, sizeof *ch);
    hd__object_init(&ch->object, as, pc);
    ch->elem_size = elem_size;
    ch->capacity = capacity;
    size_t slots = capacity == 0 ? 1 : capacity;
    ch->slot = hd_arena_alloc(arena, slots * sizeof *ch->slot);
    if (elem_size > 0 && capacity > 0)
        ch->buffer = hd_arena_alloc(arena, elem_size * capacity);
    return ch;
}

hd_chan *hd_chan_make(size_t elem_size, size_t capacity)
{
    hd__self("hd_chan_make");
    return hd__chan_new(elem_size, capacity, __builtin_return_address(0));
}

size_t hd_chan_len(const hd_chan *ch)
{
    return ch == NULL ? 0 : ch->count;
}

size_t hd_chan_cap(const hd_chan *ch)
{
    return ch == NULL ? 0 : ch->capacity;
}

/* ---- queues of parties ---- */

static void enqueue(struct hd_parties *q, struct hd_party *p)
{
    p->queued = true;
    p->next = NULL;
    p->prev = q->last;
    if (q->last != NULL)
        q->last->next = p;
    else
        q->first = p;
    q->last = p;
}

static void dequeue(struct hd_party *p)
{
    if (!p->queued)
        return;
    struct hd_parties *q = p->is_send ? &p->ch->senders : &p->ch->receivers;
    if (p->prev != NULL)
        p->prev->next = p->next;
    else
        q->first = p->next;
    if (p->next != NULL)
        p->next->prev = p->prev;
    else
        q->last = p->prev;
    p->queued = false;
}

/* p was served: its task goes on, and no longer waits anywhere. */
static void serve(struct hd_party *p, bool ok)
{
    struct hd_wait *w = p->wait;
    p->ok = ok;
    w->served = (int)(p - w->party);
    for (size_t i = 0; i < w->n; i++)
        dequeue(&w->party[i]);
    hd__wake(w->task);
}

void hd__chan_wait(struct hd_wait *w)
{
    struct hd_chan *on = NULL;
    w->task = hd__cur;
    w->served = -1;
    for (size_t i = 0; i < w->n; i++) {
        struct hd_party *p = &w->party[i];
        p->wait = w;
        if (p->ch == NULL)
            continue;
        on = on == NULL ? p->ch : on;
        enqueue(p->is_send ? &p->ch->senders : &p->ch->receivers, p);
    }
    if (on != NULL) {
        hd__block(&on->object);
        return;
    }
    struct hd_object *nil = hd_arena_alloc(&hd__exec.arena, sizeof *nil);
    hd__object_init(nil, &nil_kind, (void *)hd__cur->op.pc);
    hd__block(nil);
    hd_bug("a wait for nothing was woken");
}

/* ---- what happens when values move ---- */

static void copy(void *to, const void *from, size_t size)
{
    if (to != NULL && size > 0)
        hd__copy_user(to, from, size);
}

/* A task passes through a slot: it learns what the slot knows and adds to it. */
static void meet(struct hd_task *t, struct hd_vclock *slot)
{
    hd__acquire_for(t, slot);
    hd__release_for(t, slot);
}

/* Two tasks exchange a value hand to hand: each learns what the other knows. */
static void rendezvous(struct hd_task *other)
{
    struct hd_vclock *c = hd_arena_alloc(&hd__exec.arena, sizeof *c);
    hd__release(c);
    meet(other, c);
    hd__acquire(c);
}

bool hd__chan_can(const struct hd_chan *ch, bool is_send)
{
    if (ch == NULL)
        return false;
    if (ch->closed)
        return true;
    if (is_send)
        return ch->receivers.first != NULL || ch->count < ch->capacity;
    return ch->senders.first != NULL || ch->count > 0;
}

/* Fills the next free slot of the buffer. */
static void buffer_put(struct hd_chan *ch, const void *elem)
{
    size_t i = (ch->head + ch->count) % ch->capacity;
    if (ch->elem_size > 0)
        hd__copy_user(ch->buffer + i * ch->elem_size, elem, ch->elem_size);
    ch->count++;
}

static size_t buffer_take(struct hd_chan *ch, void *elem)
{
    size_t i = ch->head;
    if (ch->elem_size > 0)
        copy(elem, ch->buffer + i * ch->elem_size, ch->elem_size);
    if (ch->elem_size > 0) /* or LSan takes what it points to for reachable */
        memset(ch->buffer + i * ch->elem_size, 0, ch->elem_size);
    ch->head = (ch->head + 1) % ch->capacity;
    ch->count--;
    return i;
}

static void misuse(struct hd_chan *ch, const char *text)
{
    hd__emit(&(struct hd_event){
        .kind = HD_EVENT_CHAN_MISUSE,
        .task = hd__cur,
        .object = ch == NULL ? NULL : &ch->object,
        .text = text,
    });
    hd_panic("%s", text);
}

/*
 * A waiting receiver gets the value directly.  A buffered channel is empty
 * then; the value counts as having gone through the buffer's next slot.
 */
static void send_to_waiting(struct hd_chan *ch, struct hd_party *p,
                            const void *elem)
{
    if (ch->capacity == 0) {
        rendezvous(p->wait->task);
    } else {
        meet(hd__cur, &ch->slot[ch->head]);
        meet(p->wait->task, &ch->slot[ch->head]);
        ch->head = (ch->head + 1) % ch->capacity;
    }
    copy(p->recv, elem, ch->elem_size);
    serve(p, true);
}

void hd__chan_do_send(struct hd_chan *ch, const void *elem)
{
    if (ch->closed)
        misuse(ch, "send on closed channel");
    if (ch->receivers.first != NULL) {
        send_to_waiting(ch, ch->receivers.first, elem);
        return;
    }
    meet(hd__cur, &ch->slot[(ch->head + ch->count) % ch->capacity]);
    buffer_put(ch, elem);
}

/* The first waiting sender's value takes the slot that became free. */
static void refill(struct hd_chan *ch)
{
    struct hd_party *p = ch->senders.first;
    if (p == NULL)
        return;
    meet(p->wait->task, &ch->slot[(ch->head + ch->count) % ch->capacity]);
    buffer_put(ch, p->send);
    serve(p, true);
}

bool hd__chan_do_recv(struct hd_chan *ch, void *elem)
{
    struct hd_party *p = ch->senders.first;
    if (ch->count > 0) {
        size_t i = buffer_take(ch, elem);
        meet(hd__cur, &ch->slot[i]);
        refill(ch);
        return true;
    }
    if (p != NULL) {
        rendezvous(p->wait->task);
        copy(elem, p->send, ch->elem_size);
        serve(p, true);
        return true;
    }
    HD_CHECK(ch->closed);
    if (elem != NULL)
        hd__zero_user(elem, ch->elem_size);
    hd__acquire(&ch->object.clock);
    return false;
}

void hd__chan_do_close(struct hd_chan *ch)
{
    ch->closed = true;
    hd__release(&ch->object.clock);
    while (ch->receivers.first != NULL) {
        struct hd_party *p = ch->receivers.first;
        if (p->recv != NULL)
            hd__zero_user(p->recv, ch->elem_size);
        serve(p, false);
    }
    while (ch->senders.first != NULL)
        serve(ch->senders.first, false); /* they panic when they go on */
}

/* ---- the operations ---- */

bool hd__chan_after_wait(struct hd_party *p)
{
    if (p->ok)
        return true;
    hd__acquire(&p->ch->object.clock);
    if (p->is_send)
        misuse(p->ch, "send on closed channel");
    return false;
}

void hd__chan_received(struct hd_chan *ch, void *elem, const void *pc)
{
    if (ch->source != NULL)
        hd__acquire(ch->source);
    if (elem != NULL)
        HD_WATCH_VALUE("receives", elem, ch->elem_size);
    hd__user_access(elem, ch->elem_size, true, pc);
}

static bool wait_one(struct hd_party *p)
{
    struct hd_wait w = {.party = p, .n = 1};
    hd__chan_wait(&w);
    return hd__chan_after_wait(p);
}

void hd_chan_send(hd_chan *ch, const void *elem)
{
    hd__self("hd_chan_send");
    HD_POINT(CHAN_SEND, ch == NULL ? 0 : ch->object.id);
    if (ch != NULL) {
        HD_WATCH_VALUE("sends", elem, ch->elem_size);
        hd__user_access(elem, ch->elem_size, false, __builtin_return_address(0));
    }
    if (hd__chan_can(ch, true)) {
        hd__chan_do_send(ch, elem);
        return;
    }
    struct hd_party p = {.ch = ch, .is_send = true, .send = elem};
    wait_one(&p);
}

bool hd_chan_recv(hd_chan *ch, void *elem)
{
    hd__self("hd_chan_recv");
    HD_POINT(CHAN_RECV, ch == NULL ? 0 : ch->object.id);
    bool ok;
    if (hd__chan_can(ch, false)) {
        ok = hd__chan_do_recv(ch, elem);
    } else {
        struct hd_party p = {.ch = ch, .recv = elem};
        ok = wait_one(&p);
    }
    hd__chan_received(ch, elem, __builtin_return_address(0));
    return ok;
}

void hd_chan_close(hd_chan *ch)
{
    hd__self("hd_chan_close");
    HD_POINT(CHAN_CLOSE, ch == NULL ? 0 : ch->object.id);
    if (ch == NULL)
        misuse(ch, "close of nil channel");
    if (ch->closed)
        misuse(ch, "close of closed channel");
    hd__chan_do_close(ch);
}
