/*
 * Tasks fill, copy and move parts of one buffer that touch but do not overlap, and
 * one "copies" nothing at all in the middle of another's part: an access of no
 * bytes is none.
 */
#include <heddle/heddle.h>
#include <string.h>

enum { PART = 37, PARTS = 4 };

struct part {
    char *at;
    size_t size;
};

static void fill(void *arg)
{
    struct part *p = arg;
    memset(p->at, 'f', p->size);
}

static void copy(void *arg)
{
    struct part *p = arg;
    char from[PART];
    memset(from, 'c', sizeof from);
    memcpy(p->at, from, p->size);
}

static void move(void *arg)
{
    struct part *p = arg;
    p->at[0] = 'm';
    memmove(p->at + 1, p->at, p->size - 1);
}

static hd_task *start(hd_fn *fn, char *at, size_t size)
{
    struct part *p = hd_alloc(sizeof(*p));
    p->at = at;
    p->size = size;
    return hd_go(fn, p);
}

static void clean(const struct hd_input *in)
{
    char *buffer = hd_alloc(PARTS * PART);
    (void)in;
    hd_task *task[] = {
        start(fill, buffer, PART),
        start(copy, buffer + PART, PART),
        start(move, buffer + 2 * PART, PART),
        start(fill, buffer + 3 * PART, PART),
        start(copy, buffer + PART / 2, 0),
        start(fill, buffer + 2 * PART + 5, 0),
    };
    for (size_t i = 0; i < sizeof task / sizeof task[0]; i++)
        hd_join(task[i]);
    hd_assert(buffer[0] == 'f' && buffer[PART - 1] == 'f');
    hd_assert(buffer[PART] == 'c' && buffer[2 * PART - 1] == 'c');
    hd_assert(buffer[2 * PART] == 'm' && buffer[3 * PART] == 'f');
}

HD_SCENARIO(neighbour_ranges) = {
    .name = "pass-neighbour-ranges",
    .title = "tasks fill and copy neighbouring parts of a buffer",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
