/*
 * Many tasks read the same word at the same time, more than any detector keeps
 * apart cheaply, and then main, which has joined them all, writes it; and again
 * with readers that are told by a wait group.  Reads do not conflict, and the
 * write comes after each of them.
 */
#include <heddle/heddle.h>

enum { READERS = 9 };

struct shared {
    hd_wg wg;
    long number;
};

static void read_number(void *arg)
{
    struct shared *s = arg;
    hd_assert(s->number == 1);
}

static void read_and_tell(void *arg)
{
    struct shared *s = arg;
    hd_assert(s->number == 2);
    hd_wg_done(&s->wg);
}

static void clean(const struct hd_input *in)
{
    struct shared *s = hd_alloc(sizeof(*s));
    hd_task *task[READERS];
    (void)in;
    s->number = 1;
    for (int i = 0; i < READERS; i++)
        task[i] = hd_go(read_number, s);
    for (int i = 0; i < READERS; i++)
        hd_join(task[i]);
    s->number = 2;
    hd_wg_add(&s->wg, READERS);
    for (int i = 0; i < READERS; i++)
        hd_go(read_and_tell, s);
    hd_wg_wait(&s->wg);
    s->number = 3;
}

HD_SCENARIO(shared_reads) = {
    .name = "pass-shared-reads",
    .title = "many reads at the same time, then a write after all of them",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
