/* rules.c - the rules and symptoms as data; see the header. */
#include "rules.h"

#include <stdbool.h>
#include <stdio.h>

static const char *const rules[HD_RULE_COUNT + 1] = {
    [1] = "Know how every task ends before you start it, on each path out of it.",
    [2] = "Count a task into the WaitGroup in its parent; let a deferred Done "
          "count it out.",
    [3] = "Hand a task its own copy of whatever the loop that starts it goes on "
          "changing.",
    [4] = "Pass the caller's context all the way down, and defer the cancel you "
          "are given.",
    [5] = "Recover inside the task itself: no other task can catch its panic.",
    [6] = "Let an error group collect errors, and know what it waits for and "
          "cancels.",
    [7] = "Move data through channels, guard state with a lock, and never copy the "
          "lock.",
    [8] = "A sleep orders nothing: wait for the event instead.",
    [9] = "Run the tests under a race detector on every change.",
    [10] = "Bound how much runs at once, in a way that cannot wait for itself.",
    [11] = "Say who may call what at the same time, and hold the code to it.",
    [12] =
        "Decide leaks by what is alive and can never end, not by waiting a while.",
};

const char *hd_rule_text(int number)
{
    return number >= 1 && number <= HD_RULE_COUNT ? rules[number] : NULL;
}

#define BIT HD_CLASS_BIT
const struct hd_symptom hd_symptoms[] = {
    {"a wait that never ends: the count stays above zero",
     {2},
     "Done not deferred",
     BIT(HD_DEADLOCK)},
    {"a wait that ends too soon: the count was zero early",
     {2},
     "Add inside the task",
     BIT(HD_PREMATURE_RETURN) | BIT(HD_WAITGROUP_MISUSE)},
    {"every task works on the same item",
     {3},
     "a captured loop variable",
     BIT(HD_DATA_RACE) | BIT(HD_ASSERTION)},
    {"the result is sometimes not there yet",
     {8},
     "a sleep in place of an event",
     BIT(HD_DATA_RACE) | BIT(HD_ASSERTION)},
    {"one bad input ends the whole process",
     {5},
     "no recover in the task",
     BIT(HD_PANIC)},
    {"memory or tasks grow over hours",
     {1, 12},
     "a task or timer that never ends",
     BIT(HD_TASK_LEAK) | BIT(HD_TIMER_LEAK) | BIT(HD_DEADLOCK) |
         BIT(HD_FLAKY_VERDICT)},
    {"a map dies of concurrent writes",
     {7, 11},
     "shared state without a lock",
     BIT(HD_CONCURRENT_MAP_WRITE)},
    {"a counter loses updates although it has a lock",
     {7},
     "a copied mutex",
     BIT(HD_LOCK_MISUSE)},
    {"a cancel does not stop the work",
     {4},
     "a context that was not passed on",
     BIT(HD_IGNORED_CANCEL) | BIT(HD_LATE_WORK)},
    {"a burst of load takes all memory",
     {10},
     "no bound on running tasks",
     BIT(HD_UNBOUNDED_TASKS)},
};
#undef BIT
const size_t hd_symptom_count = sizeof hd_symptoms / sizeof hd_symptoms[0];

void hd_symptom_rules(const struct hd_symptom *s, char *text, size_t size)
{
    size_t used = 0;
    for (int i = 0; i < 3 && s->rule[i] && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%d", i ? ", " : "",
                                 s->rule[i]);
}

static bool has_rule(const struct hd_symptom *s, const int *rules, size_t n)
{
    for (size_t i = 0; i < n && rules[i]; i++)
        for (int k = 0; k < 3; k++)
            if (s->rule[k] == rules[i])
                return true;
    return false;
}

const struct hd_symptom *hd_symptom_of(enum hd_class cls, const int *rules,
                                       size_t n)
{
    for (size_t i = 0; i < hd_symptom_count; i++)
        if ((hd_symptoms[i].classes & HD_CLASS_BIT(cls)) &&
            has_rule(&hd_symptoms[i], rules, n))
            return &hd_symptoms[i];
    return NULL;
}
