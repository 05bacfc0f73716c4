/*
 * watch.h - collects the story of an execution (story.h) while it runs.
 *
 * Only with hd_options.watch.  Every access then takes the engine's slow path,
 * which changes no decision: what the strategy is asked depends on positions
 * alone.  Nothing here allocates from the heap of the code under test or from
 * the execution's arena, so that addresses do not move either.
 */
#ifndef HD_ENGINE_WATCH_H
#define HD_ENGINE_WATCH_H

#include "engine.h"
#include "story.h"

struct hd_object;
struct hd_timer;

/* What was collected; valid until the next hd_run(). */
struct hd_watched {
    struct hd_story_step *step;
    struct hd_story_event *event;
    struct hd_story_place *place;
    struct hd_story_object *object;
    struct hd_stack *stack;
    struct hd_story_task *task;
    uint32_t steps, events, places, objects, stacks, tasks;
};
const struct hd_watched *hd__watched(void);

/* Called by the engine, whether hd__exec.watched or not. */
void hd__watch_begin(void);
void hd__watch_end(void); /* before the tasks' stacks are given back */

/* Called by the engine if hd__exec.watched. */
void hd__watch_settle(void);                  /* before a decision */
void hd__watch_step(const struct hd_task *t); /* a record was put */
void hd__watch_block(const struct hd_task *t, const struct hd_object *o);
void hd__watch_wake(const struct hd_task *t);
void hd__watch_deviation(const struct hd_task *t, uint32_t options);
void hd__watch_timer(const struct hd_timer *t);
void hd__watch_object(const struct hd_object *o);
/* The newest object's handle in user memory. */
void hd__watch_handle(const void *handle);
void hd__watch_spawn(const struct hd_task *t);
void hd__watch_log(const struct hd_task *t, const char *text);
/* The current task calls that function of libc, which nobody controls. */
void hd__watch_call(const char *name);
void hd__watch_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "sends 42": a value in user memory that is no access of its own. */
void hd__watch_value(const char *what, const void *p, size_t size);

/* More about the current task's step, for reports; no addresses. */
#define HD_WATCH(...)                                                              \
    do {                                                                           \
        if (__builtin_expect(hd__exec.watched, 0))                                 \
            hd__watch_note(__VA_ARGS__);                                           \
    } while (0)
#define HD_WATCH_VALUE(what, p, size)                                              \
    do {                                                                           \
        if (__builtin_expect(hd__exec.watched, 0))                                 \
            hd__watch_value((what), (p), (size));                                  \
    } while (0)

#endif
