/*
 * Tasks make strings and arrays of their own at the same time with what the C
 * library has for it: calloc, realloc that grows and shrinks, strdup, strcpy,
 * strcat, strlen, strcmp, snprintf.  They share only a string that is not written
 * any more.  main gets the result of each and frees it.
 */
#include <heddle/heddle.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TASKS = 3, ROOM = 64 };

struct job {
    const char *greeting;
    int number;
    char *text;
};

static int sum_of(int n)
{
    int *list = calloc(2, sizeof(*list)), sum = 0;
    for (int i = 0; i < n; i++) {
        list = realloc(list, (size_t)(i + 1) * sizeof(*list));
        hd_assert(list != NULL);
        list[i] = i;
    }
    list = realloc(list, 3 * sizeof(*list));
    hd_assert(list != NULL);
    for (int i = 0; i < 3; i++)
        sum += list[i];
    free(list);
    return sum;
}

static void work(void *arg)
{
    struct job *job = arg;
    char digits[12], *copy = strdup(job->greeting);
    job->text = malloc(ROOM);
    hd_assert(copy != NULL && job->text != NULL);
    snprintf(digits, sizeof digits, "%d", job->number + sum_of(40));
    strcpy(job->text, copy);
    strcat(job->text, digits);
    hd_assert(strlen(job->text) == strlen(copy) + strlen(digits));
    hd_assert(strcmp(job->text, copy) > 0);
    free(copy);
}

static void clean(const struct hd_input *in)
{
    char greeting[16];
    struct job job[TASKS];
    hd_task *task[TASKS];
    (void)in;
    strcpy(greeting, "hello ");
    for (int i = 0; i < TASKS; i++) {
        job[i] = (struct job){.greeting = greeting, .number = i};
        task[i] = hd_go(work, &job[i]);
    }
    for (int i = 0; i < TASKS; i++) {
        hd_join(task[i]);
        hd_assert(job[i].text[6] == '3' + i && job[i].text[7] == '\0');
        free(job[i].text);
    }
}

HD_SCENARIO(private_strings) = {
    .name = "pass-private-strings",
    .title = "tasks make strings and arrays of their own",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
