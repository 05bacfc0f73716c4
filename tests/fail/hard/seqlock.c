/*
 * A broken seqlock: a reader takes four samples of a pair that a writer changes.
 * It has given up on waiting for a quiet moment: of a torn sample it believes
 * that the words are one update apart at most, and that this averages out.  So
 * exactly one update has to come between the two words of each of the samples.
 *
 *     reader                       writer
 *     seq, first word
 *                                  one update
 *     second word
 *     ...three times more
 *
 * The twin takes the writer's lock for its last sample.
 */
#include "hard.h"

enum { UPDATES = 12 };

struct pair {
    atomic_int seq, first, second;
    hd_mutex writing;
};

static void writer(void *arg)
{
    struct pair *p = arg;
    for (int i = 1; i <= UPDATES; i++) {
        hd_mutex_lock(&p->writing);
        atomic_fetch_add(&p->seq, 1);
        atomic_store(&p->first, i);
        atomic_store(&p->second, i);
        atomic_fetch_add(&p->seq, 1);
        hd_mutex_unlock(&p->writing);
        hard_work(1);
    }
}

/*
 * One sample: whether it was torn, and by one update.  A macro, so that each has
 * code of its own.
 */
#define SAMPLE(p)                                                                  \
    __extension__({                                                                \
        int seq = atomic_load(&(p)->seq);                                          \
        int first = atomic_load(&(p)->first);                                      \
        int apart = atomic_load(&(p)->second) - first;                             \
        (apart == 1) & (atomic_load(&(p)->seq) != seq);                            \
    })

static void run(bool locked)
{
    struct pair *p = hd_alloc(sizeof *p);
    atomic_store(&p->first, 0);
    atomic_store(&p->second, 0);
    hd_task *w = hd_go(writer, p);
    int torn = SAMPLE(p);
    torn += SAMPLE(p);
    torn += SAMPLE(p);
    if (locked)
        hd_mutex_lock(&p->writing);
    torn += SAMPLE(p);
    if (locked)
        hd_mutex_unlock(&p->writing);
    hd_assert(torn < 4);
    hd_join(w);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(false);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(true);
}

HD_SCENARIO(seqlock) = {
    .name = "hard-seqlock",
    .title = "a seqlock's reader believes that torn samples average out",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
