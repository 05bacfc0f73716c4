/*
 * syncmap.c - Go's sync.Map: a map whose calls are atomic.
 *
 * A deleted key keeps its entry, without a value, because a load that does not
 * find it is ordered after the delete.
 *
 * Each store and delete has a clock of its own, which the loads that see it
 * acquire: a load is not ordered after what was overwritten before.
 */
#include <heddle/syncmap.h>

#include "../engine/object.h"
#include "../engine/watch.h"
#include "../instrument/sanitizer.h"
#include "../race/detector.h"
#include "table.h"

struct entry {
    struct hd_entry link; /* must come first */
    void *value;
    bool present;
    struct hd_vclock *clock; /* of the latest store or delete */
};

struct hd_syncmap {
    struct hd_object object;
    struct hd_table table;
};

static const struct hd_object_kind kind = {"syncmap", NULL, NULL};

hd_syncmap *hd_syncmap_make(void)
{
    hd__self("hd_syncmap_make");
    struct hd_syncmap *m = hd_arena_alloc(&hd__exec.arena, sizeof *m);
    hd__object_init(&m->object, &kind, __builtin_return_address(0));
    hd__table_init(&m->table);
    return m;
}

/* ---- what the operations do ---- */

static void put(struct entry *e, void *value, bool present)
{
    e->value = value;
    e->present = present;
    e->clock = hd_arena_alloc(&hd__exec.arena, sizeof *e->clock);
    hd__release(e->clock);
}

/* Looks at an entry (NULL: never stored); the caller gets the value, if any. */
static bool look(const struct entry *e, void **value, const void *pc)
{
    if (e == NULL)
        return false;
    hd__acquire(e->clock);
    if (!e->present)
        return false;
    if (value != NULL) {
        hd__copy_user(value, &e->value, sizeof *value);
        hd__user_access(value, sizeof *value, true, pc);
    }
    return true;
}

bool hd_syncmap_load(hd_syncmap *m, const char *key, void **value)
{
    hd__self("hd_syncmap_load");
    HD_POINT(SYNCMAP_LOAD, m->object.id);
    HD_WATCH("key %s", key);
    return look(hd__table_find(&m->table, key), value, __builtin_return_address(0));
}

void hd_syncmap_store(hd_syncmap *m, const char *key, void *value)
{
    hd__self("hd_syncmap_store");
    HD_POINT(SYNCMAP_STORE, m->object.id);
    HD_WATCH("sets key %s", key);
    put(hd__table_make(&m->table, key, sizeof(struct entry)), value, true);
}

bool hd_syncmap_load_or_store(hd_syncmap *m, const char *key, void *value,
                              void **actual)
{
    hd__self("hd_syncmap_load_or_store");
    HD_POINT(SYNCMAP_LOAD_OR_STORE, m->object.id);
    HD_WATCH("key %s", key);
    if (look(hd__table_find(&m->table, key), actual, __builtin_return_address(0)))
        return true;
    hd__changed();
    struct entry *e = hd__table_make(&m->table, key, sizeof(struct entry));
    put(e, value, true);
    look(e, actual, __builtin_return_address(0));
    return false;
}

void hd_syncmap_delete(hd_syncmap *m, const char *key)
{
    hd__self("hd_syncmap_delete");
    HD_POINT(SYNCMAP_DELETE, m->object.id);
    HD_WATCH("deletes key %s", key);
    struct entry *e = hd__table_find(&m->table, key);
    if (e != NULL)
        put(e, NULL, false);
}
