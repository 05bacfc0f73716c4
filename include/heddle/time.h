/*
 * heddle/time.h - virtual time: sleep, timers, tickers.
 *
 * Time is virtual and deterministic.  It starts at 0 in each execution and
 * moves when nobody can run, to the next timer that somebody waits for.  Since
 * code under test may be slower than a timeout, a timer may also fire while
 * tasks can run, by decision ("early" with respect to the work, never before
 * its deadline: the clock jumps there).  Reading the clock advances it by one
 * microsecond, so that a loop that polls the clock ends.
 *
 *     hd_sleep(100 * HD_MS);
 *
 *     hd_timer *t = hd_timer_new(HD_SECOND);
 *     struct hd_case c[] = {HD_RECV(work, &v), HD_RECV(hd_timer_chan(t), NULL)};
 *     int which = hd_select(c, 2);
 *     hd_timer_stop(t);
 *
 * Timers belong to the execution; there is no free.  One that is alive when
 * the scenario returns is a `timer-leak` where the scenario asks for that
 * oracle.  Every call is a scheduling point unless said otherwise and may be
 * made by any task at any time.
 */
#ifndef HEDDLE_TIME_H
#define HEDDLE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <heddle/chan.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Nanoseconds of virtual time. */
typedef int64_t hd_duration;

#define HD_US ((hd_duration)1000)
#define HD_MS (1000 * HD_US)
#define HD_SECOND (1000 * HD_MS)

/* Blocks for at least d; d <= 0 only yields. */
void hd_sleep(hd_duration d);

/* The virtual time since the start of the execution; advances it by 1 us. */
hd_duration hd_now(void);

typedef struct hd_timer hd_timer;

/* One-shot timer: sends its expiry time (an hd_duration) on its channel, once. */
hd_timer *hd_timer_new(hd_duration d);

/* Ticker: sends every period (> 0); drops ticks that nobody fetches in time. */
hd_timer *hd_ticker_new(hd_duration period);

/* The timer's channel, of hd_duration, with a buffer of 1.  No scheduling point. */
hd_chan *hd_timer_chan(hd_timer *t);

/* Stops it; returns whether it was still going to fire.  Does not drain. */
bool hd_timer_stop(hd_timer *t);

/* Restarts it to fire after d (a ticker: every d); returns as hd_timer_stop(). */
bool hd_timer_reset(hd_timer *t, hd_duration d);

/* hd_timer_chan(hd_timer_new(d)): Go's time.After. */
hd_chan *hd_after(hd_duration d);

#ifdef __cplusplus
}
#endif
#endif
