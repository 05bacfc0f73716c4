/*
 * Tasks publish plain memory through a sync map.  A store is ordered before the
 * loads that see it; who finds a key deleted is ordered after the delete.
 */
#include <heddle/heddle.h>

enum { TASKS = 2 };

struct shared {
    hd_syncmap *map;
    int made;
    int last; /* written before the delete, read after it was seen */
};

static void publish(void *arg)
{
    struct shared *s = arg;
    int *mine = hd_alloc(sizeof(*mine));
    void *theirs = NULL;
    *mine = 7;
    if (hd_syncmap_load_or_store(s->map, "url", mine, &theirs))
        hd_assert(theirs != mine);
    else
        s->made++; /* only who stored it comes here */
    hd_assert(*(int *)theirs == 7);
}

static void finish(void *arg)
{
    struct shared *s = arg;
    s->last = 9;
    hd_syncmap_delete(s->map, "lease");
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    hd_task *task[TASKS];
    (void)in;
    s->map = hd_syncmap_make();
    hd_syncmap_store(s->map, "lease", s);
    hd_go(finish, s);
    for (int i = 0; i < TASKS; i++)
        task[i] = hd_go(publish, s);
    while (hd_syncmap_load(s->map, "lease", NULL))
        hd_yield();
    hd_assert(s->last == 9);
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
    hd_assert(s->made == 1);
}

HD_SCENARIO(order_syncmap) = {
    .name = "pass-order-syncmap",
    .title = "a store is ordered before the loads that see it",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
