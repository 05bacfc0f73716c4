/*
 * Memory that was freed may be given to anybody: what its next owner does is not a
 * race with what the last one did, although nothing orders the two, for they are
 * two objects.  Tasks allocate, write, read and free blocks of one size at the same
 * time, and main reuses what they freed after it has joined them.
 */
#include <heddle/heddle.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 3, ROUNDS = 3, SIZE = 24 };

static void use_block(char fill)
{
    char *block = malloc(SIZE);
    hd_assert(block != NULL);
    memset(block, fill, SIZE);
    block[0]++;
    hd_assert(block[SIZE - 1] == fill && block[0] == fill + 1);
    free(block);
}

static void use_blocks(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        use_block((char)*(int *)arg);
        hd_yield();
    }
}

static void clean(const struct hd_input *in)
{
    int number[TASKS];
    hd_task *task[TASKS];
    (void)in;
    for (int i = 0; i < TASKS; i++) {
        number[i] = i + 1;
        task[i] = hd_go(use_blocks, &number[i]);
    }
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
    use_block('x');
}

HD_SCENARIO(memory_reuse) = {
    .name = "pass-memory-reuse",
    .title = "freed blocks are reused by tasks that nothing orders",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
