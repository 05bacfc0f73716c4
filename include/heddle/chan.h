/*
 * heddle/chan.h - channels with the semantics of Go's, and select.
 *
 * A channel carries values of one size, copied in and out.  Waiting senders
 * and waiting receivers are served first come, first served; what explores
 * other orders is the order in which the scheduler lets them arrive.
 *
 *   operation      nil channel     open channel               closed channel
 *   send           blocks forever  blocks while full          panics
 *   receive        blocks forever  blocks while empty         drains, then false
 *   close          panics          wakes all                  panics
 *   length, cap    0               as it is                   as it is
 *
 * (A NULL hd_chan * is Go's nil channel.)
 *
 * Happens-before, as in the Go memory model: a send before the completion of
 * its receive; the k-th receive before the completion of send k + cap; close
 * before a receive that returns because of it.
 *
 *     hd_chan *ch = hd_chan_make(sizeof(int), 0);
 *     hd_go(producer, ch);
 *     int v;
 *     while (hd_chan_recv(ch, &v))
 *         use(v);
 *
 * Channels belong to the execution: there is no free.  All operations may be
 * called by any task at any time, and each is a scheduling point.
 */
#ifndef HEDDLE_CHAN_H
#define HEDDLE_CHAN_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_chan hd_chan;

/*
 * A channel of values of elem_size bytes (0 is Go's struct{}) that buffers up
 * to capacity of them; 0 makes an unbuffered channel, where a send completes
 * only together with a receive.
 */
hd_chan *hd_chan_make(size_t elem_size, size_t capacity);

/* Sends a copy of *elem (NULL only if elem_size is 0). */
void hd_chan_send(hd_chan *ch, const void *elem);

/*
 * Receives into *elem (NULL drops the value).  Returns true for a value that
 * was sent; false, with *elem zeroed, once the channel is closed and drained.
 * `while (hd_chan_recv(ch, &v))` is Go's `for v := range ch`.
 */
bool hd_chan_recv(hd_chan *ch, void *elem);

/* Closes the channel.  Closing twice, or NULL, panics. */
void hd_chan_close(hd_chan *ch);

/* Number of buffered values, and the capacity.  Not scheduling points. */
size_t hd_chan_len(const hd_chan *ch);
size_t hd_chan_cap(const hd_chan *ch);

/* One alternative of a select. */
struct hd_case {
    hd_chan *ch;      /* NULL: never ready */
    const void *send; /* the value to send, if this is a send */
    void *recv;       /* where to receive to (NULL drops), if it is a receive */
    bool is_send;
    bool ok; /* out: what hd_chan_recv() would have returned */
};

#define HD_SEND(channel, value) {.ch = (channel), .send = (value), .is_send = true}
#define HD_RECV(channel, place) {.ch = (channel), .recv = (place)}

/*
 * Blocks until one of the n cases can proceed, performs it, and returns its
 * index.  At most 64 cases.  When several are ready, which one is taken is a
 * decision; the default is the first in the list.  n = 0 blocks forever.
 *
 *     struct hd_case c[] = {HD_RECV(ch, &v), HD_RECV(hd_ctx_done(ctx), NULL)};
 *     switch (hd_select(c, 2)) { ... }
 */
int hd_select(struct hd_case *cases, size_t n);

/* The same with a `default:` clause: returns -1 at once when none is ready. */
int hd_select_default(struct hd_case *cases, size_t n);

#ifdef __cplusplus
}
#endif
#endif
