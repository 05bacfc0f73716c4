/*
 * A task publishes a new configuration by a plain store of its address.  Main's
 * read of the pointer races with the store in every schedule, and where it sees
 * the new one so does its read of `limit` with the initialisation.  In the twin
 * the pointer is atomic, released and acquired.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct config {
    int limit;
};

struct server {
    struct config *plain;
    struct config *_Atomic shared;
};

static struct config *config_new(int limit)
{
    struct config *c = hd_alloc(sizeof(*c));
    c->limit = limit;
    return c;
}

static void reload_plain(void *arg)
{
    struct server *s = arg;
    s->plain = config_new(2);
}

static void reload_release(void *arg)
{
    struct server *s = arg;
    atomic_store_explicit(&s->shared, config_new(2), memory_order_release);
}

static void buggy(const struct hd_input *in)
{
    struct server *s = hd_alloc(sizeof(*s));
    (void)in;
    s->plain = config_new(1);
    hd_go(reload_plain, s);
    hd_assert(s->plain->limit > 0);
}

static void fixed(const struct hd_input *in)
{
    struct server *s = hd_alloc(sizeof(*s));
    (void)in;
    atomic_store_explicit(&s->shared, config_new(1), memory_order_relaxed);
    hd_go(reload_release, s);
    struct config *c = atomic_load_explicit(&s->shared, memory_order_acquire);
    hd_assert(c->limit > 0);
}

HD_SCENARIO(plain_publication) = {
    .name = "fail-data-race-plain-publication",
    .title = "a pointer is published by a plain store",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
