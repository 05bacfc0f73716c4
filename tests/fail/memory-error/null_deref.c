/*
 * A task publishes an object through an atomic pointer, and main follows it
 * without looking: NULL, as long as the task has not run.  That faults in
 * every flavor.  The twin takes the pointer from a channel, which waits.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct object {
    int value;
};

struct shared {
    _Atomic(struct object *) object;
    hd_chan *ch;
};

static struct object *object_new(int value)
{
    struct object *o = hd_alloc(sizeof(*o));
    o->value = value;
    return o;
}

static void publish_by_pointer(void *arg)
{
    struct shared *s = arg;
    atomic_store(&s->object, object_new(1));
}

static void publish_by_channel(void *arg)
{
    struct shared *s = arg;
    struct object *o = object_new(1);
    hd_chan_send(s->ch, &o);
}

static void buggy(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    hd_go(publish_by_pointer, s);
    hd_assert(atomic_load(&s->object)->value == 1);
}

static void fixed(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    struct object *o;
    (void)in;
    s->ch = hd_chan_make(sizeof(struct object *), 0);
    hd_go(publish_by_channel, s);
    hd_chan_recv(s->ch, &o);
    hd_assert(o->value == 1);
}

HD_SCENARIO(null_deref) = {
    .name = "fail-memory-error-null-deref",
    .title = "a pointer is followed before it was published",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
