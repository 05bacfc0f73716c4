/*
 * The length of a message is fetched twice, once to check it and once to use it,
 * each time under the lock: what is used need not be what was checked.  The twin
 * checks what it uses.
 */
#include <heddle/heddle.h>

enum { ROOM = 4, TOO_LONG = 9 };

struct message {
    hd_mutex mu;
    int length; /* guarded by mu */
};

static int length_of(struct message *m)
{
    hd_mutex_lock(&m->mu);
    int length = m->length;
    hd_mutex_unlock(&m->mu);
    return length;
}

static void read_buggy(void *arg)
{
    struct message *m = arg;
    if (length_of(m) > ROOM)
        return;
    hd_assert(length_of(m) <= ROOM); /* What the copy would overrun. */
}

static void read_fixed(void *arg)
{
    struct message *m = arg;
    int length = length_of(m);
    if (length > ROOM)
        return;
    hd_assert(length <= ROOM);
}

static void grow(void *arg)
{
    struct message *m = arg;
    hd_mutex_lock(&m->mu);
    m->length = TOO_LONG;
    hd_mutex_unlock(&m->mu);
}

static void share(hd_fn *reader)
{
    struct message *m = hd_alloc(sizeof(*m));
    hd_task *a = hd_go(reader, m);
    hd_task *b = hd_go(grow, m);
    hd_join(a);
    hd_join(b);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    share(read_buggy);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    share(read_fixed);
}

HD_SCENARIO(double_fetch) = {
    .name = "fail-assertion-double-fetch",
    .title = "a length is checked, and fetched again to be used",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
