/*
 * arena.c - memory that is all freed at once.
 *
 * A chain of blocks, each at least twice as large as the one before.  A request
 * that does not fit moves on to the next block that is large enough; what it
 * skips lies idle until the reset.  As the last block is larger than all others
 * together, the chain stops growing once it has seen the largest execution, at
 * no more than a few times what that one used.
 *
 * Memory is zeroed when it is handed out and not at the reset, so that a reset
 * touches nothing but the arena itself.
 */
#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

enum { ALIGN = 16, FIRST_BLOCK = 64 * 1024 };

struct hd_arena_block {
    struct hd_arena_block *next;
    size_t size; /* bytes of data[] */
    _Alignas(ALIGN) unsigned char data[];
};

/* Appends a block of at least size bytes to the chain whose end is last. */
static struct hd_arena_block *block_new(struct hd_arena *a,
                                        struct hd_arena_block *last, size_t size)
{
    size_t bytes = last ? last->size : FIRST_BLOCK / 2;
    if (__builtin_mul_overflow(bytes, 2, &bytes) || bytes < size)
        bytes = size;
    size_t whole;
    struct hd_arena_block *b = NULL;
    if (!__builtin_add_overflow(bytes, sizeof *b, &whole))
        b = malloc(whole);
    if (!b)
        hd_die("out of memory (%zu bytes)", size);
    b->next = NULL;
    b->size = bytes;
    if (last)
        last->next = b;
    else
        a->first = b;
    return b;
}

/* Makes `now` a fresh block with room for size bytes. */
static void block_advance_slow(struct hd_arena *a, size_t size)
{
    struct hd_arena_block *last = a->now;
    struct hd_arena_block *b = last ? last->next : a->first;
    while (b && b->size < size) {
        last = b;
        b = b->next;
    }
    a->now = b ? b : block_new(a, last, size);
    a->used = 0;
}

void *hd_arena_alloc(struct hd_arena *a, size_t size)
{
    if (size > SIZE_MAX - ALIGN)
        hd_die("out of memory (%zu bytes)", size);
    /* An empty object still gets an address of its own. */
    size_t room = size ? (size + ALIGN - 1) / ALIGN * ALIGN : ALIGN;
    if (!a->now || a->now->size - a->used < room)
        block_advance_slow(a, room);
    void *p = a->now->data + a->used;
    a->used += room;
    memset(p, 0, size);
    return p;
}

char *hd_arena_strdup(struct hd_arena *a, const char *s)
{
    size_t size = strlen(s) + 1;
    return memcpy(hd_arena_alloc(a, size), s, size);
}

char *hd_arena_vprintf(struct hd_arena *a, const char *format, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, format, ap);
    HD_CHECK(n >= 0);
    char *s = hd_arena_alloc(a, (size_t)n + 1);
    vsnprintf(s, (size_t)n + 1, format, again);
    va_end(again);
    return s;
}

char *hd_arena_printf(struct hd_arena *a, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    char *s = hd_arena_vprintf(a, format, ap);
    va_end(ap);
    return s;
}

void hd_arena_reset(struct hd_arena *a)
{
    a->now = a->first;
    a->used = 0;
}

void hd_arena_free(struct hd_arena *a)
{
    struct hd_arena_block *b = a->first;
    while (b) {
        struct hd_arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (struct hd_arena){0};
}

void *hd_arena_grow(struct hd_arena *a, void *array, size_t elem, size_t count,
                    size_t *capacity, size_t need)
{
    HD_CHECK(count <= *capacity);
    if (need <= *capacity)
        return array;
    size_t wanted = *capacity < 4 ? 8 : *capacity * 2;
    if (wanted < need)
        wanted = need;
    size_t bytes;
    if (__builtin_mul_overflow(wanted, elem, &bytes))
        hd_die("out of memory (%zu elements of %zu bytes)", wanted, elem);
    void *bigger = hd_arena_alloc(a, bytes);
    if (count > 0)
        memcpy(bigger, array, count * elem);
    *capacity = wanted;
    return bigger;
}
