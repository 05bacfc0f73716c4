/*
 * lanes.h - a story as rows: one column per task, one row per thing that happened.
 *
 *     struct hd_lanes l;
 *     hd_lanes_make(&l, &about);
 *     for (uint32_t i = 0; i < l.rows; i++) ... l.row[i] ...
 *     hd_lanes_free(&l);
 *
 * Every shipped step has its row, with a level that says how much it matters.
 * Those who draw leave out what is above a level: hd_lanes_view() folds runs of
 * such rows.  All text is UTF-8 without control characters and holds no address.
 */
#ifndef HD_REPORT_LANES_H
#define HD_REPORT_LANES_H

#include <stdbool.h>
#include <stdint.h>

#include <heddle/scenario.h>

#include "../base/arena.h"
#include "../repro/account.h"
#include "../repro/pair.h"
#include "../repro/story.h"
#include "symbolize.h"

/* What is explained; everything outlives the lanes. */
struct hd_lanes_about {
    const struct hd_scenario *scenario;
    const char *variant, *flavor;
    const struct hd_account *account;
    const struct hd_finding *finding; /* the one that it is about, or NULL */
    const struct hd_story *story;
    const struct hd_pair *pair; /* NULL: not searched for */
    struct hd_symbolizer *symbolizer;
    const char *replay; /* the command */
};

enum hd_row_kind {
    HD_ROW_STEP,      /* a task did something */
    HD_ROW_TIMER,     /* a timer of the task fired; nobody did it */
    HD_ROW_RESUME,    /* what came of an operation that had blocked */
    HD_ROW_DEVIATION, /* the schedule had a say */
    HD_ROW_LOG,       /* the task said so */
    HD_ROW_CALL,      /* it calls what heddle does not control */
    HD_ROW_GAP,       /* `count` steps that were not shipped */
    HD_ROW_FINDING,   /* the last row */
};

/* How much a row matters; the view leaves out from the end. */
enum hd_row_level {
    HD_LEVEL_KEY,    /* the pair, deviations, what blocks for ever, the finding */
    HD_LEVEL_MOVES,  /* what moves other tasks, or memory that they share */
    HD_LEVEL_SYNC,   /* other operations */
    HD_LEVEL_MEMORY, /* accesses to memory that nobody competes for */
};

struct hd_row {
    enum hd_row_kind kind;
    enum hd_row_level level;
    uint32_t task;      /* whose lane */
    uint32_t step;      /* in the trace; of rows that are no step: the next one */
    uint32_t count;     /* GAP */
    uint32_t stack;     /* in the story, or HD_STORY_NONE */
    uint32_t deviation; /* DEVIATION: its number, from 1 */
    uint32_t
        other; /* a spawned task, or the one that a DEVIATION lets run; or NONE */
    uint32_t woken_first, woken; /* tasks that it wakes: in woken[] */
    uint64_t pc;                 /* 0: none */
    int64_t now_ns;
    const char *what;  /* "chan-send channel #2" */
    const char *value; /* "= 41", "sends 42", "case 1"; or NULL, as all below */
    const char *block; /* "blocks: 0 of 0 buffered; nobody receives" */
    const char *wakes; /* "main, main.2" */
    bool for_ever;     /* and was never woken */
    bool named;        /* the finding itself is about this access */
    char pair;         /* 'a', 'b' of the critical pair, or 0 */
};

/* Where a return address is in the source. */
struct hd_where {
    const char *function;
    const char *file; /* NULL: unknown */
    uint32_t line;
};

struct hd_lane {
    const char *name;     /* "main.1" */
    const char *function; /* that it runs, or NULL */
    bool matters;         /* has a part in the finding, a deviation, the pair */
    uint32_t first, last; /* its rows */
};

struct hd_lanes {
    struct hd_lanes_about about;
    struct hd_arena memory;
    uint64_t *pc;           /* return addresses of story and finding, ascending */
    struct hd_where *where; /* of each of them */
    uint32_t wheres;
    struct hd_lane *lane; /* one per task, by index */
    uint32_t lanes;
    struct hd_row *row;
    uint32_t rows;
    uint32_t *woken; /* tasks, all rows' */
    size_t woken_count, woken_room;
    const char *headline;   /* "deadlock: ...", or that nothing was found */
    const char *sentence;   /* of the critical pair; NULL: none was searched for */
    const char *pair_at[2]; /* "file.c:12" of its operations */
    size_t rows_room;
};

void hd_lanes_make(struct hd_lanes *l, const struct hd_lanes_about *about);
void hd_lanes_free(struct hd_lanes *l);

/* Where a return address is; NULL for 0 and what story and finding do not have. */
const struct hd_where *hd_lanes_where(const struct hd_lanes *l, uint64_t pc);

/* Operation 'a' or 'b' of the critical pair, or NULL. */
const struct hd_pair_op *hd_lanes_pair(const struct hd_lanes *l, char letter);

/* A part of the rows: row[first] alone (count 1), or `count` folded ones. */
struct hd_view {
    uint32_t first, count;
};

/*
 * The rows of level SYNC and what matters more, with runs of the others folded; if
 * these are more than `most` lines, those of level MOVES; if these still are, what
 * is near key rows and at both ends.  malloc'd.
 */
struct hd_view *hd_lanes_view(const struct hd_lanes *l, uint32_t most, uint32_t *n);

/* Text made fit to print: controls and what is no UTF-8 become question marks. */
const char *hd_lanes_clean(struct hd_lanes *l, const char *text);

#endif
