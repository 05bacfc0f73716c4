/* task.h - what the engine's files share about tasks. */
#ifndef HD_ENGINE_TASK_H
#define HD_ENGINE_TASK_H

#include <stdio.h>

#include "object.h"

/* The object that joiners of a task wait for. */
struct task_end {
    struct hd_object object;
    struct hd_task *task;
};

#endif
