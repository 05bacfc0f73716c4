/*
 * Three workers store into "their" element of an array of bytes, found from their
 * number.  With two elements numbers 0 and 2 meet: their writes race in every
 * schedule.  With three elements, in the twin, each has its own, and the bytes
 * next to it are no conflict.
 */
#include <heddle/heddle.h>

enum { WORKERS = 3 };

struct histogram {
    long buckets;
    unsigned char bucket[WORKERS];
};

struct worker {
    struct histogram *h;
    int number;
};

static void fill(void *arg)
{
    struct worker *w = arg;
    w->h->bucket[w->number % w->h->buckets] = 1;
}

static void run(int buckets)
{
    struct histogram *h = hd_alloc(sizeof(*h));
    hd_task *task[WORKERS];
    h->buckets = buckets;
    for (int i = 0; i < WORKERS; i++) {
        struct worker *w = hd_alloc(sizeof(*w));
        w->h = h;
        w->number = i;
        task[i] = hd_go(fill, w);
    }
    for (int i = 0; i < WORKERS; i++)
        hd_join(task[i]);
    for (int i = 0; i < buckets; i++)
        hd_assert(h->bucket[i] == 1);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(WORKERS - 1);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(WORKERS);
}

HD_SCENARIO(same_element) = {
    .name = "fail-data-race-same-element",
    .title = "two workers take the same element of an array of bytes",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
