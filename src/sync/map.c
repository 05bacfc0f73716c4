/*
 * map.c - a hash map that notices concurrent use.
 *
 * Chained hashing with FNV-1a, growing at load 1; chains keep insertion order,
 * so nothing depends on addresses.  The middle of each operation is a
 * scheduling point; `writer` and `readers` say who is inside.
 */
#include <heddle/map.h>

#include <string.h>

#include "../engine/object.h"
#include "../instrument/sanitizer.h"

struct entry {
    char *key;
    void *value;
    struct entry *next;
};

struct hd_map {
    struct hd_object object;
    struct entry **bucket;
    size_t buckets, count;
    struct hd_task *writer; /* inside a write */
    struct hd_task *reader; /* inside a read (the latest) */
    uint32_t readers;
    uint64_t header; /* stands for the map's memory towards race detectors */
};

static const struct hd_object_kind kind = {"map", NULL, NULL};

hd_map *hd_map_make(void)
{
    hd__self("hd_map_make");
    enum { BUCKETS = 8 };
    struct hd_map *m = hd_arena_alloc(&hd__exec.arena, sizeof *m);
    hd__object_init(&m->object, &kind, __builtin_return_address(0));
    m->bucket = hd_arena_alloc(&hd__exec.arena, BUCKETS * sizeof(struct entry *));
    m->buckets = BUCKETS;
    return m;
}

/* ---- the table ---- */

static struct entry **slot_of(struct hd_map *m, const char *key)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const char *p = key; *p != '\0'; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001b3u;
    struct entry **e = &m->bucket[h % m->buckets];
    while (*e != NULL && strcmp((*e)->key, key) != 0)
        e = &(*e)->next;
    return e;
}

static void grow(struct hd_map *m)
{
    struct entry **old = m->bucket;
    size_t n = m->buckets;
    m->buckets = n * 2;
    m->bucket =
        hd_arena_alloc(&hd__exec.arena, m->buckets * sizeof(struct entry *));
    for (size_t i = 0; i < n; i++)
        for (struct entry *e = old[i], *next; e != NULL; e = next) {
            next = e->next;
            e->next = NULL;
            *slot_of(m, e->key) = e;
        }
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
    hd__tsan_access(&m->header, false, pc);
    if (m->writer != NULL)
        clash(m, m->writer, "read during a write");
    m->readers++;
    m->reader = hd__cur;
}

static void leave_read(struct hd_map *m)
{
    if (--m->readers == 0)
        m->reader = NULL;
}

static void enter_write(struct hd_map *m, const void *pc)
{
    hd__tsan_access(&m->header, true, pc);
    if (m->writer != NULL)
        clash(m, m->writer, "two writes");
    if (m->readers > 0)
        clash(m, m->reader, "write during a read");
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
    enter_read(m, __builtin_return_address(0));
    INSIDE(m);
    struct entry *e = *slot_of(m, key);
    if (e != NULL && value != NULL)
        *value = e->value;
    leave_read(m);
    return e != NULL;
}

void hd_map_set(hd_map *m, const char *key, void *value)
{
    hd__self("hd_map_set");
    HD_POINT(MAP_WRITE, m->object.id);
    enter_write(m, __builtin_return_address(0));
    INSIDE(m);
    struct entry **e = slot_of(m, key);
    if (*e == NULL) {
        struct entry *made = hd_arena_alloc(&hd__exec.arena, sizeof *made);
        made->key = hd_arena_strdup(&hd__exec.arena, key);
        *e = made;
        m->count++;
    }
    (*e)->value = value;
    if (m->count > m->buckets)
        grow(m);
    leave_write(m);
}

void hd_map_delete(hd_map *m, const char *key)
{
    hd__self("hd_map_delete");
    HD_POINT(MAP_WRITE, m->object.id);
    enter_write(m, __builtin_return_address(0));
    INSIDE(m);
    struct entry **e = slot_of(m, key);
    if (*e != NULL) {
        *e = (*e)->next;
        m->count--;
    }
    leave_write(m);
}

size_t hd_map_len(hd_map *m)
{
    hd__self("hd_map_len");
    HD_POINT(MAP_READ, m->object.id);
    enter_read(m, __builtin_return_address(0));
    INSIDE(m);
    size_t n = m->count;
    leave_read(m);
    return n;
}
