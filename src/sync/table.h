/*
 * table.h - the hash table of the two maps: from strings to entries that start
 * with a struct hd_entry.  Chained hashing with FNV-1a, growing at load 1; chains
 * keep the order of insertion, so nothing depends on addresses.
 */
#ifndef HD_SYNC_TABLE_H
#define HD_SYNC_TABLE_H

#include <stddef.h>

struct hd_entry {
    char *key;
    struct hd_entry *next;
};

/* Lives in the execution's arena. */
struct hd_table {
    struct hd_entry **bucket;
    size_t buckets, count;
};

void hd__table_init(struct hd_table *t);

/* The entry of that key, or NULL. */
void *hd__table_find(const struct hd_table *t, const char *key);

/* The same, but makes it, of `size` zeroed bytes, if it is not there. */
void *hd__table_make(struct hd_table *t, const char *key, size_t size);

/* Takes it out, if it is there. */
void hd__table_remove(struct hd_table *t, const char *key);

#endif
