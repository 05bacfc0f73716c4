/*
 * arena.h - memory that is all freed at once.
 *
 * An arena hands out zeroed memory from blocks that it keeps across resets, so
 * that a reset costs as much as what was used since the last one.  One owner;
 * no locking.
 */
#ifndef HD_BASE_ARENA_H
#define HD_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct hd_arena_block;

struct hd_arena {
    struct hd_arena_block *first; /* all blocks, in order of use */
    struct hd_arena_block *now;   /* the one allocated from */
    size_t used;                  /* bytes used of `now` */
};

/* Zeroed, 16-byte aligned; never NULL (out of memory ends the process). */
void *hd_arena_alloc(struct hd_arena *a, size_t size);

/* Copies of strings, and printf into the arena. */
char *hd_arena_strdup(struct hd_arena *a, const char *s);
char *hd_arena_printf(struct hd_arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *hd_arena_vprintf(struct hd_arena *a, const char *format, va_list ap);

/* Forgets everything; keeps the blocks. */
void hd_arena_reset(struct hd_arena *a);

/* Gives the blocks back to the system. */
void hd_arena_free(struct hd_arena *a);

/*
 * Grows an array that lives in an arena to hold at least need elements, with
 * the old content copied.  Returns the (new) array and updates *capacity.
 */
void *hd_arena_grow(struct hd_arena *a, void *array, size_t elem, size_t count,
                    size_t *capacity, size_t need);

#endif
