/*
 * heddle/map.h - a map from strings to pointers that, like Go's, is not safe
 * for concurrent use, and notices it.
 *
 * An operation has a scheduling point before it starts and one in the middle,
 * where its internal state is inconsistent.  A write that meets another write
 * or a read in that state is what Go's runtime dies of ("concurrent map
 * writes"): the execution ends with a finding of class `concurrent-map-write`.
 * Race detectors are told of the accesses as if the map were plain memory, with
 * the caller's code location.
 *
 *     hd_map *visited = hd_map_make();
 *     if (!hd_map_get(visited, url, NULL))
 *         hd_map_set(visited, url, url);
 *
 * Keys are copied; values are not.  Maps belong to the execution: no free.
 */
#ifndef HEDDLE_MAP_H
#define HEDDLE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_map hd_map;

hd_map *hd_map_make(void);

/* Whether key is there; stores its value in *value (unless NULL) if it is. */
bool hd_map_get(hd_map *m, const char *key, void **value);

void hd_map_set(hd_map *m, const char *key, void *value);

/* Removes key; does nothing when it is not there. */
void hd_map_delete(hd_map *m, const char *key);

/* The number of keys.  Counts as a read. */
size_t hd_map_len(hd_map *m);

#ifdef __cplusplus
}
#endif
#endif
