/*
 * cells.h - text in columns of a terminal: how wide it is, and broken into lines.
 */
#ifndef HD_REPORT_CELLS_H
#define HD_REPORT_CELLS_H

enum {
    HD_CELL_LINES = 12,
    HD_CELL_BYTES = 256, /* of one line */
};

struct hd_cell {
    char line[HD_CELL_LINES][HD_CELL_BYTES];
    unsigned lines;
};

/* Columns that a text takes: wide characters two, combining ones none. */
unsigned hd_text_width(const char *text);

/*
 * Appends text to the cell, on a new line, broken between words into lines of at
 * most width columns.  What does not fit into the cell is dropped.
 */
void hd_cell_add(struct hd_cell *c, const char *text, unsigned width);

#endif
