/*
 * Looks like concurrent use of a map and is none: three tasks use one map, one
 * at a time under a mutex, and main looks at it when all are done.
 */
#include <heddle/heddle.h>

enum { TASKS = 3 };

static const char *const names[TASKS] = {"ada", "bob", "eve"};

struct shared {
    hd_wg wg;
    hd_mutex mu;
    hd_map *map;
};

struct job {
    struct shared *shared;
    const char *name;
};

static void worker(void *arg)
{
    struct job *job = arg;
    struct shared *s = job->shared;
    hd_mutex_lock(&s->mu);
    hd_map_set(s->map, job->name, job);
    hd_map_set(s->map, "last", job);
    if (hd_map_len(s->map) == TASKS + 1)
        hd_map_delete(s->map, "last");
    hd_mutex_unlock(&s->mu);
    hd_wg_done(&s->wg);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    (void)in;
    s->map = hd_map_make();
    hd_wg_add(&s->wg, TASKS);
    for (int i = 0; i < TASKS; i++) {
        struct job *job = hd_alloc(sizeof(*job));
        job->shared = s;
        job->name = names[i];
        hd_go(worker, job);
    }
    hd_wg_wait(&s->wg);
    hd_assert(hd_map_len(s->map) == TASKS && !hd_map_get(s->map, "last", NULL));
    for (int i = 0; i < TASKS; i++) {
        void *job;
        hd_assert(hd_map_get(s->map, names[i], &job));
        hd_assert(((struct job *)job)->name == names[i]);
    }
}

HD_SCENARIO(map_under_mutex) = {
    .name = "pass-map-under-mutex",
    .title = "a map is used by one task at a time",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
