/*
 * heddle/syncmap.h - Go's sync.Map: a map from strings to pointers that is safe
 * for concurrent use.  Each call is atomic and one scheduling point.  A store
 * is ordered before the loads that see it.
 *
 *     hd_syncmap *m = hd_syncmap_make();
 *     if (!hd_syncmap_load_or_store(m, url, url, NULL))
 *         fetch(url);             // nobody had stored it before
 *
 * Maps belong to the execution: no free.
 */
#ifndef HEDDLE_SYNCMAP_H
#define HEDDLE_SYNCMAP_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct hd_syncmap hd_syncmap;

hd_syncmap *hd_syncmap_make(void);
bool hd_syncmap_load(hd_syncmap *m, const char *key, void **value);
void hd_syncmap_store(hd_syncmap *m, const char *key, void *value);
/* Stores unless the key is there.  Returns true if it was (*actual: its value). */
bool hd_syncmap_load_or_store(hd_syncmap *m, const char *key, void *value,
                              void **actual);
void hd_syncmap_delete(hd_syncmap *m, const char *key);

#ifdef __cplusplus
}
#endif
#endif
