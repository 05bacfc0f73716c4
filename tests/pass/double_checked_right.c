/*
 * Double-checked locking as it is right: the first look acquires, the store
 * releases, and the look under the lock may be relaxed.  Three tasks; whoever comes
 * first makes the object, once, on the heap; main frees it in the end.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { TASKS = 3 };

struct config {
    int limit;
};

struct lazy {
    hd_mutex mu;
    struct config *_Atomic config;
    int made; /* guarded by mu */
};

static struct config *make(struct lazy *l)
{
    struct config *c = malloc(sizeof(*c));
    hd_assert(c != NULL);
    c->limit = 42;
    l->made++;
    return c;
}

static void use(void *arg)
{
    struct lazy *l = arg;
    struct config *c = atomic_load_explicit(&l->config, memory_order_acquire);
    if (c == NULL) {
        hd_mutex_lock(&l->mu);
        c = atomic_load_explicit(&l->config, memory_order_relaxed);
        if (c == NULL) {
            c = make(l);
            atomic_store_explicit(&l->config, c, memory_order_release);
        }
        hd_mutex_unlock(&l->mu);
    }
    hd_assert(c->limit == 42);
}

static void clean(const struct hd_input *in)
{
    struct lazy *l = hd_alloc(sizeof(*l));
    hd_task *task[TASKS];
    (void)in;
    for (int i = 0; i < TASKS; i++)
        task[i] = hd_go(use, l);
    for (int i = 0; i < TASKS; i++)
        hd_join(task[i]);
    hd_assert(l->made == 1);
    free(atomic_load_explicit(&l->config, memory_order_relaxed));
}

HD_SCENARIO(double_checked_right) = {
    .name = "pass-double-checked-right",
    .title = "double-checked locking with release and acquire",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
