/*
 * lanes_view.c - which rows are shown, and which runs of them are folded.
 *
 * A step that is alone between two others is shown and not folded: "1 step" would
 * take the same line.
 */
#include <stdlib.h>

#include "../base/error.h"
#include "lanes.h"

/* Around a key row these many lines stay, where lines have to go. */
enum { CONTEXT = 3, ENDS = 12 /* lines kept at both ends */ };

static uint32_t view_make(const struct hd_lanes *l, const bool *shown,
                          struct hd_view *out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->rows;) {
        uint32_t end = i;
        while (end < l->rows && !shown[end])
            end++;
        if (end == i)
            end++;
        out[n++] = (struct hd_view){i, end - i};
        i = end;
    }
    return n;
}

static uint32_t show_level(const struct hd_lanes *l, enum hd_row_level level,
                           bool *shown, struct hd_view *out)
{
    for (uint32_t i = 0; i < l->rows; i++)
        shown[i] = l->row[i].level <= level;
    return view_make(l, shown, out);
}

/* Leaves of what is shown only what is near a key row or near an end. */
static void show_less(const struct hd_lanes *l, uint32_t most, bool *shown)
{
    uint32_t *near = calloc(l->rows + 1, sizeof *near);
    if (!near)
        hd_die("out of memory");
    for (int pass = 0; pass < 2; pass++) {
        uint32_t far = CONTEXT + 1;
        for (uint32_t k = 0; k < l->rows; k++) {
            uint32_t i = pass ? l->rows - 1 - k : k;
            if (l->row[i].level == HD_LEVEL_KEY)
                far = 0;
            else if (shown[i] && far <= CONTEXT)
                far++;
            near[i] |= far <= CONTEXT;
        }
    }
    uint32_t ends = most / 4 < ENDS ? most / 4 : ENDS, seen = 0, all = 0;
    for (uint32_t i = 0; i < l->rows; i++)
        all += shown[i];
    for (uint32_t i = 0; i < l->rows; i++) {
        if (!shown[i])
            continue;
        bool end = seen < ends || seen + ends >= all;
        seen++;
        shown[i] = near[i] || end;
    }
    free(near);
}

/* Too many key rows even so: those of the two ends. */
static void show_ends(const struct hd_lanes *l, uint32_t most, bool *shown)
{
    uint32_t seen = 0, all = 0;
    for (uint32_t i = 0; i < l->rows; i++)
        all += shown[i];
    for (uint32_t i = 0; i < l->rows; i++)
        if (shown[i]) {
            shown[i] = seen < most / 2 || seen + most / 2 >= all;
            seen++;
        }
}

struct hd_view *hd_lanes_view(const struct hd_lanes *l, uint32_t most, uint32_t *n)
{
    struct hd_view *out = calloc(l->rows + 1, sizeof *out);
    bool *shown = calloc(l->rows + 1, sizeof *shown);
    if (!out || !shown)
        hd_die("out of memory");
    *n = show_level(l, HD_LEVEL_SYNC, shown, out);
    if (*n > most) {
        *n = show_level(l, HD_LEVEL_MOVES, shown, out);
        if (*n < 2 * ENDS) /* it is the other operations that go round */
            *n = show_level(l, HD_LEVEL_SYNC, shown, out);
    }
    if (*n > most) {
        show_less(l, most, shown);
        *n = view_make(l, shown, out);
    }
    if (*n > most) {
        show_ends(l, most, shown);
        *n = view_make(l, shown, out);
    }
    free(shown);
    return out;
}
