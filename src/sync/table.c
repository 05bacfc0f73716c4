/*
 * table.c - a hash table in the execution's arena.
 */
#include "table.h"

#include <string.h>

#include "../engine/engine.h"

static struct hd_entry **buckets_of(size_t n)
{
    return hd_arena_alloc(&hd__exec.arena, n * sizeof(struct hd_entry *));
}

void hd__table_init(struct hd_table *t)
{
    enum { BUCKETS = 8 };
    *t = (struct hd_table){.bucket = buckets_of(BUCKETS), .buckets = BUCKETS};
}

/* Where the link to the entry is, or would be. */
static struct hd_entry **slot_of(const struct hd_table *t, const char *key)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *p = key; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001b3u;
    struct hd_entry **e = &t->bucket[h % t->buckets];
    while (*e != NULL && strcmp((*e)->key, key) != 0)
        e = &(*e)->next;
    return e;
}

static void grow(struct hd_table *t)
{
    struct hd_entry **old = t->bucket;
    size_t n = t->buckets;
    t->buckets = n * 2;
    t->bucket = buckets_of(t->buckets);
    for (size_t i = 0; i < n; i++)
        for (struct hd_entry *e = old[i], *next; e != NULL; e = next) {
            next = e->next;
            e->next = NULL;
            *slot_of(t, e->key) = e;
        }
}

void *hd__table_find(const struct hd_table *t, const char *key)
{
    return *slot_of(t, key);
}

void *hd__table_make(struct hd_table *t, const char *key, size_t size)
{
    struct hd_entry **slot = slot_of(t, key), *e = *slot;
    if (e != NULL)
        return e;
    e = hd_arena_alloc(&hd__exec.arena, size);
    e->key = hd_arena_strdup(&hd__exec.arena, key);
    *slot = e;
    if (++t->count > t->buckets)
        grow(t);
    return e;
}

void hd__table_remove(struct hd_table *t, const char *key)
{
    struct hd_entry **slot = slot_of(t, key);
    if (*slot == NULL)
        return;
    *slot = (*slot)->next;
    t->count--;
}
