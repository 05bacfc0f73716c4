/*
 * Fields that share an eight-byte word: two ints, four shorts, an int beside an
 * atomic int.  Each has a task of its own.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

struct fields {
    _Alignas(8) int left, right;
    _Alignas(8) short quarter[4];
    _Alignas(8) int plain;
    atomic_int atomic;
};

static void add_int(void *arg)
{
    ++*(int *)arg;
}

static void add_short(void *arg)
{
    ++*(short *)arg;
}

static void add_atomic(void *arg)
{
    atomic_fetch_add_explicit((atomic_int *)arg, 1, memory_order_relaxed);
}

static void clean(const struct hd_input *in)
{
    struct fields *f = hd_alloc(sizeof(*f));
    (void)in;
    hd_task *task[] = {
        hd_go(add_int, &f->left),         hd_go(add_int, &f->right),
        hd_go(add_short, &f->quarter[0]), hd_go(add_short, &f->quarter[1]),
        hd_go(add_short, &f->quarter[2]), hd_go(add_short, &f->quarter[3]),
        hd_go(add_int, &f->plain),        hd_go(add_atomic, &f->atomic),
    };
    for (size_t i = 0; i < sizeof task / sizeof task[0]; i++)
        hd_join(task[i]);
    hd_assert(f->left == 1 && f->right == 1 && f->quarter[3] == 1);
    hd_assert(f->plain == 1 && atomic_load(&f->atomic) == 1);
}

HD_SCENARIO(neighbour_fields) = {
    .name = "pass-neighbour-fields",
    .title = "tasks write different fields of one word",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
