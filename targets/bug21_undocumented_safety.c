/*
 * Bug 21: a cache that does not say whether tasks may share it.
 *
 * Symptom: the cache works and its own test passes; in the program that shares
 * it between tasks, now and then the process dies of "concurrent map writes".
 * Rule 11: every type documents whether it is safe for concurrent use.
 * Look for: a type that wraps a map, without a lock and without a word; and
 * callers that take it for something like a sync map.
 * Shows with: writers >= 1 and another reader or writer (readers only, or one
 * task alone, are benign); the race always, the map corruption when one task
 * is stopped inside a map operation.
 * Fix: make it safe with a lock inside, and say so.  Or say that it is not:
 * the comment alone changes nothing (`comment-only`), it takes a caller who
 * reads it and brings the lock (`fixed-caller`).
 */
#include <heddle/heddle.h>

enum { READERS, WRITERS };

struct config {
    int64_t version;
};

struct config_cache {
    hd_map *entries; /* of struct config * */
    hd_rwlock rw;    /* fixed: guards entries */
};

static struct config *cache_get_buggy(struct config_cache *c, const char *key)
{
    void *config = NULL;
    hd_map_get(c->entries, key, &config); /* BUG: safe to share? Who knows. */
    return config;
}

static void cache_set_buggy(struct config_cache *c, const char *key,
                            struct config *config)
{
    hd_map_set(c->entries, key, config);
}

/*
 * The same cache with the page's comment: it is NOT safe for concurrent use by
 * several tasks.  Wrap it with a mutex if it is shared.
 */
static struct config *cache_get_comment(struct config_cache *c, const char *key)
{
    return cache_get_buggy(c, key);
}

static void cache_set_comment(struct config_cache *c, const char *key,
                              struct config *config)
{
    cache_set_buggy(c, key, config);
}

/* Safe for concurrent use by several tasks. */
static struct config *cache_get_fixed(struct config_cache *c, const char *key)
{
    hd_rwlock_rlock(&c->rw);
    struct config *config = cache_get_buggy(c, key);
    hd_rwlock_runlock(&c->rw);
    return config;
}

static void cache_set_fixed(struct config_cache *c, const char *key,
                            struct config *config)
{
    hd_rwlock_lock(&c->rw);
    cache_set_buggy(c, key, config);
    hd_rwlock_unlock(&c->rw);
}

struct cache_api {
    struct config *(*get)(struct config_cache *c, const char *key);
    void (*set)(struct config_cache *c, const char *key, struct config *config);
};

static const struct cache_api api_buggy = {cache_get_buggy, cache_set_buggy};
static const struct cache_api api_comment = {cache_get_comment, cache_set_comment};
static const struct cache_api api_fixed = {cache_get_fixed, cache_set_fixed};

/* The program that shares a cache. */
struct server {
    const struct cache_api *api;
    struct config_cache cache;
    bool locks;  /* the caller has read the comment... */
    hd_mutex mu; /* ...and guards the cache with this */
    hd_wg wg;
};

static void server_lock(struct server *s)
{
    if (s->locks)
        hd_mutex_lock(&s->mu);
}

static void server_unlock(struct server *s)
{
    if (s->locks)
        hd_mutex_unlock(&s->mu);
}

static struct config *config_new(int64_t version)
{
    struct config *config = hd_alloc(sizeof(*config));
    config->version = version;
    return config;
}

static void wg_done(void *wg)
{
    hd_wg_done(wg);
}

/* Serves a request: the configuration is always there. */
static void serve(void *arg)
{
    struct server *s = arg;
    hd_defer(wg_done, &s->wg);
    server_lock(s);
    struct config *config = s->api->get(&s->cache, "limits");
    server_unlock(s);
    hd_assert(config != NULL && config->version >= 1);
}

/* Loads a new version. */
static void reload(void *arg)
{
    struct server *s = arg;
    hd_defer(wg_done, &s->wg);
    server_lock(s);
    s->api->set(&s->cache, "limits", config_new(2));
    server_unlock(s);
}

/* The test that the cache came with: one task, and it passes. */
static void cache_test(const struct cache_api *api, struct config_cache *c)
{
    struct config *config = config_new(1);
    hd_assert(api->get(c, "limits") == NULL);
    api->set(c, "limits", config);
    hd_assert(api->get(c, "limits") == config);
}

static void share(const struct cache_api *api, bool locks,
                  const struct hd_input *in)
{
    struct server *s = hd_alloc(sizeof(*s));
    s->api = api;
    s->cache.entries = hd_map_make();
    s->locks = locks;
    cache_test(api, &s->cache);

    int64_t tasks = in->param[READERS] + in->param[WRITERS];
    for (int64_t i = 0; i < tasks; i++) {
        hd_wg_add(&s->wg, 1);
        hd_go(i < in->param[READERS] ? serve : reload, s);
    }
    hd_wg_wait(&s->wg);
    struct config *config = api->get(&s->cache, "limits");
    hd_assert(config->version == (in->param[WRITERS] > 0 ? 2 : 1));
}

static void buggy(const struct hd_input *in)
{
    share(&api_buggy, false, in);
}

static void comment_only(const struct hd_input *in)
{
    share(&api_comment, false, in);
}

static void fixed(const struct hd_input *in)
{
    share(&api_fixed, false, in);
}

static void fixed_caller(const struct hd_input *in)
{
    share(&api_comment, true, in);
}

HD_SCENARIO(undocumented_safety) = {
    .name = "21-undocumented-safety",
    .number = 21,
    .title = "tasks share a cache that never said that they may",
    .fix = "guard the map inside the cache, and document that it is safe",
    .rules = {11},
    .params =
        {
            [READERS] = {"readers", 0, 3, HD_LINEAR, 1, "tasks that read"},
            [WRITERS] = {"writers", 0, 3, HD_LINEAR, 1, "tasks that write"},
        },
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE, HD_CONCURRENT_MAP_WRITE},
             .help = "no lock, and no word about it"},
            {.name = "comment-only",
             .run = comment_only,
             .expect = {HD_DATA_RACE, HD_CONCURRENT_MAP_WRITE},
             .help = "documented as not safe; nobody reads it"},
            {.name = "fixed",
             .run = fixed,
             .help = "a lock inside the cache, and documented as safe"},
            {.name = "fixed-caller",
             .run = fixed_caller,
             .help = "documented as not safe; the caller brings a mutex"},
        },
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
