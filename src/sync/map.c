/*
 * map.c - a hash map that notices concurrent use.
 *
 * The middle of each operation is a scheduling point; `writer` and `readers` say
 * who is inside.
 */
#include <heddle/map.h>

#include "../engine/object.h"
#include "../engine/watch.h"
#include "../race/detector.h"
#include "table.h"

struct entry {
    struct hd_entry link; /* must come first */
    void *value;
};

enum { READERS_MAX = 16 };

struct hd_map {
    struct hd_object object;
    struct hd_table table;
    struct hd_task *writer;              /* inside a write */
    struct hd_task *reader[READERS_MAX]; /* inside a read, in order of coming */
    uint32_t readers;                    /* may be more than are remembered */
    uint64_t header; /* stands for the map's memory towards race detectors */
};

static const struct hd_object_kind kind = {"map", NULL, NULL};

hd_map *hd_map_make(void)
{
    hd__self("hd_map_make");
    struct hd_map *m = hd_arena_alloc(&hd__exec.arena, sizeof *m);
    hd__object_init(&m->object, &kind, __builtin_return_address(0));
    hd__table_init(&m->table);
    return m;
}

/* ---- being inside ---- */

static void clash(struct hd_map *m, struct hd_task *other, const char *how)
{
    hd__emit(&(struct hd_event){.kind = HD_EVENT_MAP_CLASH,
                                .task = hd__cur,
                                .object = &m->object,
                                .other = other,
                                .text = how});
    hd__stop(HD_OUTCOME_STOPPED);
}

#define INSIDE(m)                                                                  \
    hd__point(HD_OP_MAP_INSIDE, (m)->object.id, __builtin_return_address(0),       \
              __builtin_frame_address(0))

static void enter_read(struct hd_map *m, const void *pc)
{
    hd__user_access(&m->header, sizeof m->header, false, pc);
    if (m->writer != NULL)
        clash(m, m->writer, "read during a write");
    if (m->readers < READERS_MAX)
        m->reader[m->readers] = hd__cur;
    m->readers++;
}

static void leave_read(struct hd_map *m)
{
    uint32_t i = 0, known = m->readers < READERS_MAX ? m->readers : READERS_MAX;
    while (i < known && m->reader[i] != hd__cur)
        i++;
    for (; i + 1 < known; i++)
        m->reader[i] = m->reader[i + 1];
    m->readers--;
}

static void enter_write(struct hd_map *m, const void *pc)
{
    hd__user_access(&m->header, sizeof m->header, true, pc);
    if (m->writer != NULL)
        clash(m, m->writer, "two writes");
    if (m->readers > 0)
        clash(m, m->reader[0], "write during a read");
    m->writer = hd__cur;
}

static void leave_write(struct hd_map *m)
{
    m->writer = NULL;
}

/* ---- the operations ---- */

bool hd_map_get(hd_map *m, const char *key, void **value)
{
    hd__self("hd_map_get");
    HD_POINT(MAP_READ, m->object.id);
    HD_WATCH("key %s", key);
    enter_read(m, __builtin_return_address(0));
    INSIDE(m);
    const struct entry *e = hd__table_find(&m->table, key);
    HD_WATCH("%s", e == NULL ? "not found" : "found");
    if (e != NULL && value != NULL)
        *value = e->value;
    leave_read(m);
    return e != NULL;
}

void hd_map_set(hd_map *m, const char *key, void *value)
{
    hd__self("hd_map_set");
    HD_POINT(MAP_WRITE, m->object.id);
    HD_WATCH("sets key %s", key);
    enter_write(m, __builtin_return_address(0));
    INSIDE(m);
    struct entry *e = hd__table_make(&m->table, key, sizeof *e);
    e->value = value;
    leave_write(m);
}

void hd_map_delete(hd_map *m, const char *key)
{
    hd__self("hd_map_delete");
    HD_POINT(MAP_WRITE, m->object.id);
    HD_WATCH("deletes key %s", key);
    enter_write(m, __builtin_return_address(0));
    INSIDE(m);
    hd__table_remove(&m->table, key);
    leave_write(m);
}

size_t hd_map_len(hd_map *m)
{
    hd__self("hd_map_len");
    HD_POINT(MAP_READ, m->object.id);
    enter_read(m, __builtin_return_address(0));
    INSIDE(m);
    size_t n = m->table.count;
    leave_read(m);
    return n;
}
