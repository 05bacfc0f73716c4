/* class_help.c - advice per finding class; see the header. */
#include "class_help.h"

static const char *const help[HD_CLASS_COUNT] = {
    [HD_DATA_RACE] =
        "Guard both accesses with the same lock, make both atomic, or order them "
        "with a join, a channel or a WaitGroup. A lock around one of them is not "
        "enough.",
    [HD_DEADLOCK] =
        "Take locks in one order everywhere, and make sure that on each path "
        "somebody is left who can wake every waiter: the message names the cycle "
        "or "
        "the wake-up that was lost.",
    [HD_TASK_LEAK] =
        "Give the blocked task a way out: a buffer, a close, or a context that it "
        "watches beside the operation that it is blocked in.",
    [HD_TIMER_LEAK] =
        "Stop every timer and ticker and call every cancel on each way out of the "
        "function that made it; a deferred call is the safest.",
    [HD_MEMORY_LEAK] = "Free the block on the path that the schedule shows, often "
                       "that of a message "
                       "that nobody received.",
    [HD_MEMORY_ERROR] =
        "Let the memory outlive every task that uses it: wait for the tasks before "
        "it is freed or goes out of scope, and check bounds under the same lock as "
        "the access.",
    [HD_PANIC] = "Recover in the task itself, in a deferred call: no other task "
                 "can catch its "
                 "panic. Better, return the error.",
    [HD_ASSERTION] =
        "Something that the code takes for granted does not hold in this schedule. "
        "Look at the deviations: between the check and the use another task ran.",
    [HD_WAITGROUP_MISUSE] =
        "Call Add in the parent before the task starts, Done in the task's first "
        "deferred call, and use the group again only after Wait has returned.",
    [HD_LOCK_MISUSE] =
        "Unlock only what this path has locked, pass locks by address, and never "
        "copy a structure that holds one.",
    [HD_CHANNEL_MISUSE] =
        "Close a channel once, in the only task that sends on it, after the last "
        "send.",
    [HD_LOCK_ACROSS_BLOCK] =
        "Release the lock before the operation that blocks, or make that operation "
        "one that cannot: whoever would end the wait may need the lock.",
    [HD_CONCURRENT_MAP_WRITE] =
        "Guard every use of the map with one lock, reads included, or use the map "
        "that has its own.",
    [HD_PREMATURE_RETURN] =
        "Wait for the work before returning: count it in before it starts, and let "
        "the wait begin only then.",
    [HD_LATE_WORK] = "Check for the stop before each piece of work, and let Stop "
                     "return only when "
                     "nothing can start any more.",
    [HD_IGNORED_CANCEL] =
        "Pass the caller's context all the way down and watch it in every wait and "
        "every loop.",
    [HD_UNBOUNDED_TASKS] = "Bound how many tasks run at once, with a pool or a "
                           "semaphore that is taken "
                           "before the task starts.",
    [HD_FLAKY_VERDICT] =
        "Decide by what has happened and not by how long it took: wait for the "
        "event, and compare without regard to order where order is free.",
    [HD_LIVELOCK] =
        "Let somebody make progress: back off in different amounts, or wait for a "
        "change instead of asking again.",
    [HD_NONDETERMINISM] =
        "Something besides the schedule decides what this code does: state that "
        "outlives an execution, real time, an address, a random number. Initialise "
        "it, or make it a parameter.",
};

const char *hd_class_help(enum hd_class c)
{
    return c > HD_NO_CLASS && c < HD_CLASS_COUNT && help[c] ? help[c] : "";
}
