/*
 * Each task gets a pointer to the loop variable, which main moves on meanwhile:
 * the tasks' reads race with its increments in every schedule.  In the twin each
 * task gets an element of an array that is written before it starts.
 */
#include <heddle/heddle.h>

enum { TASKS = 2 };

static void use(void *arg)
{
    int number = *(const int *)arg;
    hd_assert(number >= 0 && number <= TASKS);
}

static void buggy(const struct hd_input *in)
{
    hd_task *task[TASKS];
    int i;
    (void)in;
    for (i = 0; i < TASKS; i++)
        task[i] = hd_go(use, &i);
    for (int t = 0; t < TASKS; t++)
        hd_join(task[t]);
}

static void fixed(const struct hd_input *in)
{
    hd_task *task[TASKS];
    int number[TASKS];
    (void)in;
    for (int i = 0; i < TASKS; i++) {
        number[i] = i;
        task[i] = hd_go(use, &number[i]);
    }
    for (int t = 0; t < TASKS; t++)
        hd_join(task[t]);
}

HD_SCENARIO(loop_variable) = {
    .name = "fail-data-race-loop-variable",
    .title = "tasks get the address of the variable of the loop that starts them",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
