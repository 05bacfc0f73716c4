/*
 * Eleven tasks write and read neighbouring bytes, more than one word holds, and one
 * more writes two bytes behind them at an odd place.  Each byte is a memory
 * location of its own (C17 3.14).
 */
#include <heddle/heddle.h>

enum { TASKS = 11 };

struct __attribute__((packed)) pair {
    uint16_t value;
};

static void write_byte(void *arg)
{
    unsigned char *byte = arg;
    *byte = 7;
    (*byte)++;
    hd_assert(*byte == 8);
}

static void write_pair(void *arg)
{
    struct pair *p = arg;
    p->value = 0x0909;
}

static void clean(const struct hd_input *in)
{
    unsigned char *bytes = hd_alloc(TASKS + 2);
    hd_task *task[TASKS + 1];
    (void)in;
    for (int i = 0; i < TASKS; i++)
        task[i] = hd_go(write_byte, &bytes[i]);
    task[TASKS] = hd_go(write_pair, &bytes[TASKS]);
    for (int i = 0; i < TASKS + 1; i++)
        hd_join(task[i]);
    for (int i = 0; i < TASKS + 2; i++)
        hd_assert(bytes[i] == (i < TASKS ? 8 : 9));
}

HD_SCENARIO(neighbour_bytes) = {
    .name = "pass-neighbour-bytes",
    .title = "many tasks write neighbouring bytes",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
