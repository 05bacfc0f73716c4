/*
 * Names that break whatever does not escape them: keys and messages with markup,
 * quotes, other scripts, wide and combining characters, controls and bytes that are
 * no UTF-8.  The bug is a reader that comes before the writer.
 */
#include <heddle/heddle.h>

static const char key[] = "</script><img src=x onerror=alert(1)> \"q\" 'a' & "
                          "\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87"
                          " \xe9\x9b\xaa e\xcc\x81 <!-- @DATA@";

struct table {
    hd_map *map;
    hd_mutex mu;
    hd_wg written;
};

static void write_it(void *arg)
{
    struct table *t = arg;
    hd_mutex_lock(&t->mu);
    hd_map_set(t->map, key, t);
    hd_mutex_unlock(&t->mu);
    hd_log("wrote \x1b[31m%s \xff\xfe \xe2\x80\xae", key);
    hd_wg_done(&t->written);
}

static void run(bool wait)
{
    struct table *t = hd_alloc(sizeof(*t));
    t->map = hd_map_make();
    hd_wg_add(&t->written, 1);
    hd_task *writer = hd_go(write_it, t);
    if (wait)
        hd_wg_wait(&t->written);
    hd_mutex_lock(&t->mu);
    bool there = hd_map_get(t->map, key, NULL);
    hd_mutex_unlock(&t->mu);
    hd_assert(there && "</script><b>\xd0\xba\xd0\xbb\xd1\x8e\xd1\x87</b>");
    hd_join(writer);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(odd_names) = {
    .name = "fail-assertion-odd-names",
    .title = "what a reader misses has a name that needs escaping",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_ASSERTION},
             .help = "the reader does not wait"},
            {.name = "fixed", .run = fixed, .help = "it waits for the writer"},
        },
};
