/*
 * Two tasks write to one map, different keys even: each may find the other in
 * the middle of its operation.  A race detector sees it in every schedule, so
 * the class of the folder is the one of the flavors without.  The twin locks.
 */
#include <heddle/heddle.h>

struct shared {
    hd_map *map;
    hd_mutex mu;
    bool lock;
};

struct writer {
    struct shared *shared;
    const char *key;
};

static void write_key(void *arg)
{
    struct writer *w = arg;
    if (w->shared->lock)
        hd_mutex_lock(&w->shared->mu);
    hd_map_set(w->shared->map, w->key, NULL);
    if (w->shared->lock)
        hd_mutex_unlock(&w->shared->mu);
}

static hd_task *start(struct shared *s, const char *key)
{
    struct writer *w = hd_alloc(sizeof(*w));
    w->shared = s;
    w->key = key;
    return hd_go(write_key, w);
}

static void write_two(bool lock)
{
    struct shared *s = hd_alloc(sizeof(*s));
    s->map = hd_map_make();
    s->lock = lock;
    hd_task *a = start(s, "a");
    hd_task *b = start(s, "b");
    hd_join(a);
    hd_join(b);
    hd_assert(hd_map_len(s->map) == 2);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    write_two(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    write_two(true);
}

HD_SCENARIO(map_write_write) = {
    .name = "fail-concurrent-map-write-write-write",
    .title = "two tasks write to one map",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE, HD_CONCURRENT_MAP_WRITE}},
            {.name = "fixed", .run = fixed},
        },
};
