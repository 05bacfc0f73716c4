/*
 * Bit-fields that a plain member or a width of zero separates are memory locations
 * of their own (C17 3.14); those that are adjacent share a lock.
 */
#include <heddle/heddle.h>

struct state {
    unsigned open : 1;
    unsigned : 0;
    unsigned level : 7;
    char separator;
    unsigned kind : 3;
    unsigned shade : 5;
    hd_mutex mu; /* guards kind and shade */
};

static void set_open(void *arg)
{
    struct state *s = arg;
    s->open = 1;
}

static void set_level(void *arg)
{
    struct state *s = arg;
    s->level = 99;
}

static void set_separator(void *arg)
{
    struct state *s = arg;
    s->separator = '|';
}

static void set_kind(void *arg)
{
    struct state *s = arg;
    hd_mutex_lock(&s->mu);
    s->kind = 5;
    hd_mutex_unlock(&s->mu);
}

static void set_shade(void *arg)
{
    struct state *s = arg;
    hd_mutex_lock(&s->mu);
    s->shade = 17;
    hd_mutex_unlock(&s->mu);
}

static void clean(const struct hd_input *in)
{
    static hd_fn *const set[] = {set_open, set_level, set_separator, set_kind,
                                 set_shade};
    enum { TASKS = sizeof set / sizeof set[0] };
    struct state *s = hd_alloc(sizeof(*s));
    hd_task *task[TASKS];
    (void)in;
    for (int i = 0; i < TASKS; i++)
        task[i] = hd_go(set[i], s);
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
    hd_assert(s->open == 1 && s->level == 99 && s->separator == '|');
    hd_assert(s->kind == 5 && s->shade == 17);
}

HD_SCENARIO(bit_field_units) = {
    .name = "pass-bit-field-units",
    .title = "bit-fields of different storage units need no common lock",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
