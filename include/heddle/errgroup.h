/*
 * heddle/errgroup.h - golang.org/x/sync/errgroup: tasks of one job, and the
 * first error of any.
 *
 * An error is a C string, or NULL for success; strings are compared by nobody,
 * so give errors that callers tell apart an identity (a static array).
 *
 * With a context, the group's context is cancelled when a task returns the
 * first error, or when hd_group_wait() returns; a task that returns NULL stops
 * nobody.  With a limit, hd_group_go() blocks until a slot is free - also in a
 * task that itself holds one, which is how nested groups deadlock.
 *
 *     hd_ctx *ctx;
 *     hd_group *g = hd_group_with_context(parent, &ctx);
 *     for (int i = 0; i < n; i++)
 *         hd_group_go(g, fetch, &job[i]);      // static const char *fetch(void *)
 *     const char *err = hd_group_wait(g);
 *
 * Groups belong to the execution: no free.  go and wait are scheduling points
 * (several: a go also spawns); all calls may be made by any task.
 */
#ifndef HEDDLE_ERRGROUP_H
#define HEDDLE_ERRGROUP_H

#include <stdbool.h>

#include <heddle/context.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_group hd_group;
typedef const char *hd_group_fn(void *arg);

/* A group without a context (errgroup's zero value). */
hd_group *hd_group_make(void);

/* A group whose context, a child of parent, is stored in *ctx. */
hd_group *hd_group_with_context(hd_ctx *parent, hd_ctx **ctx);

/* At most n tasks of the group at a time; before the first go.  n < 0: no limit. */
void hd_group_set_limit(hd_group *g, int n);

/* Starts a task; blocks while the limit is reached. */
void hd_group_go(hd_group *g, hd_group_fn *fn, void *arg);

/* The same unless the limit is reached; returns whether it started. */
bool hd_group_go_try(hd_group *g, hd_group_fn *fn, void *arg);

/* Waits for all tasks, cancels the context, returns the first error or NULL. */
const char *hd_group_wait(hd_group *g);

#ifdef __cplusplus
}
#endif
#endif
