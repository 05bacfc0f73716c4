/*
 * event.h - what the rooms tell the oracles, and the shape of an oracle.
 *
 * Sync primitives and the engine emit events; an oracle is one file with one
 * struct hd_oracle, subscribes to the events it needs, keeps its state in
 * static variables that begin() resets, and calls hd__found().  An oracle that
 * ends the execution calls hd__stop() after that.  Oracles know no strategy
 * and no other oracle.
 */
#ifndef HD_ENGINE_EVENT_H
#define HD_ENGINE_EVENT_H

#include <stdint.h>

#include <heddle/class.h>

/* X(ENUM): see struct hd_event for the meaning of a and b. */
#define HD_EVENTS(X)                                                               \
    X(BLOCK)       /* task blocks on object */                                     \
    X(STUCK)       /* nobody can run, no timer helps; task NULL */                 \
    X(BUDGET)      /* the step budget ran out; task NULL */                        \
    X(RETURN)      /* the scenario's function returned; task main */               \
    X(END)         /* the execution is over, on the main stack */                  \
    X(PANIC)       /* nobody recovered; text: the value; a: in a deferred call */  \
    X(ASSERT)      /* text: the expression, place: file:line, or NULL */           \
    X(WG_ADD)      /* a: delta, b: counter before; object */                       \
    X(WG_WAIT)     /* a wait starts; b: counter */                                 \
    X(MAP_CLASH)   /* a map is used inside a write; text: how; other: who */       \
    X(WORK_RETURN) /* a: items not done, b: items submitted */                     \
    X(CHAN_MISUSE) /* text: what panics */                                         \
    X(LOCK_MISUSE) /* text */                                                      \
    X(LIVELOCK)    /* no change of state within a fair window */                   \
    X(SPAWN)       /* task started other; a: tasks at work now */                  \
    X(TASKS_MAX)   /* a: how many may be at work */                                \
    X(CTX_DONE)    /* ctx is done; task: who cancelled it; NULL: its deadline */   \
    X(REGION_END)  /* ctx is done; a: ns from then to now; b: the bound */         \
    X(STOP)        /* others should stop: object, and ctx tells them */            \
    X(ITEM)        /* an item begins; object: as in STOP */                        \
    X(VERDICT)     /* of a test's own check; a: whether it passed */               \
    X(RACE)        /* race; task: of the later access, NULL: TSan says */

enum hd_event_kind {
#define X(id) HD_EVENT_##id,
    HD_EVENTS(X)
#undef X
};

struct hd_task;
struct hd_object;
struct hd_ctx;
struct hd_race;

struct hd_event {
    enum hd_event_kind kind;
    struct hd_task *task;
    struct hd_object *object;
    struct hd_task *other;
    struct hd_ctx *ctx; /* sync/context.h */
    int64_t a, b;
    const char *text;
    const char *place;          /* where an assertion stands in the source */
    const struct hd_race *race; /* race/race.h */
};

struct hd_oracle {
    enum hd_class cls;
    uint32_t events; /* HD_EVENT_BIT()s */
    void (*begin)(void);
    void (*on_event)(const struct hd_event *e);
};

#define HD_EVENT_BIT(k) (1u << HD_EVENT_##k)

/* Ends with NULL. */
extern const struct hd_oracle *const hd_oracles[];

/* Tells the oracles; cheap when none wants it. */
void hd__emit(const struct hd_event *e);

#endif
