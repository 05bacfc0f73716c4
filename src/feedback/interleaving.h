/*
 * interleaving.h - what was new in an execution's interleaving, for engines
 * that look for news: counters computed from the trace, after the execution.
 *
 *     hd_run(...);
 *     hd__interleaving_count();
 *
 * docs/feedback.md says what is counted and why.  Only fuzz binaries call it;
 * the hunt does not pay for it.
 */
#ifndef HD_FEEDBACK_INTERLEAVING_H
#define HD_FEEDBACK_INTERLEAVING_H

/* Counts the features of the last execution's trace and publishes them. */
void hd__interleaving_count(void);

#endif
