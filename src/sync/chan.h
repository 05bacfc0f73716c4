/*
 * chan.h - the inside of channels, for select.c, time.c and context.c.
 *
 * A channel has two queues of waiting parties.  A party is one case of one
 * blocked select (a plain send or receive is a select of one case); the task's
 * parties share a `struct hd_wait`, and whoever serves one of them takes all
 * of them out of their queues.
 *
 * Happens-before goes through slot clocks, as in Go's memory model: slot i of
 * the buffer carries the clock of the send that filled it and of the receive
 * that emptied it.  On an unbuffered channel the two tasks meet directly.
 */
#ifndef HD_SYNC_CHAN_H
#define HD_SYNC_CHAN_H

#include <heddle/chan.h>

#include "../engine/object.h"

struct hd_wait;

struct hd_party {
    struct hd_wait *wait;
    struct hd_chan *ch;
    struct hd_party *next, *prev; /* in the channel's queue */
    bool queued, is_send;
    const void *send;
    void *recv;
    bool ok;
};

/* A task blocked in a select. */
struct hd_wait {
    struct hd_task *task;
    struct hd_party *party;
    size_t n;
    int served; /* index of the party that was served; -1: none yet */
};

struct hd_parties {
    struct hd_party *first, *last;
};

struct hd_chan {
    struct hd_object object;
    size_t elem_size, capacity;
    size_t head, count; /* ring buffer: next to receive, number filled */
    char *buffer;
    struct hd_vclock *slot; /* capacity of them, at least one */
    struct hd_parties senders, receivers;
    bool closed;
    struct hd_vclock *source; /* of a timer's channel: what starting it released */
};

struct hd_chan *hd__chan_new(size_t elem_size, size_t capacity, const void *pc);

/* One that is the inside of something else, and reports as that. */
struct hd_chan *hd__chan_new_as(const struct hd_object_kind *kind, size_t elem_size,
                                size_t capacity, const void *pc);

/* Whether the operation could proceed now. */
bool hd__chan_can(const struct hd_chan *ch, bool is_send);

/* Performs it (it can); a send on a closed channel panics. */
void hd__chan_do_send(struct hd_chan *ch, const void *elem);
bool hd__chan_do_recv(struct hd_chan *ch, void *elem);

/* Closes without a scheduling point; wakes everybody. */
void hd__chan_do_close(struct hd_chan *ch);

/* Blocks the current task in a wait until a party of it is served. */
void hd__chan_wait(struct hd_wait *w);

/* What remains to be done by a served party's own task: false if the channel
 * was closed meanwhile; a sender panics then. */
bool hd__chan_after_wait(struct hd_party *p);

/* The current task has received: the edges and accesses that are its own. */
void hd__chan_received(struct hd_chan *ch, void *elem, const void *pc);

#endif
