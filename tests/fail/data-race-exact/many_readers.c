/*
 * Many tasks read a number between the two accesses that race, and all of them
 * are ordered with the older one:
 *     buggy        main writes, its readers read, and a task that was started
 *                  before the write reads when a relaxed counter says that all
 *                  have;
 *     buggy-read   a task reads and says so with a relaxed flag, readers read and
 *                  are joined, and main writes.
 * A race of that task with main in every schedule.  In the twins the counter and
 * the flag release and acquire.
 *
 * ThreadSanitizer keeps four accesses to each word, and the readers' push out the
 * one that matters.  Which of the four a new one replaces depends on how much its
 * task has done, hence the readers' other reads.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>

enum { READERS = 24 };

struct shared {
    long number; /* alone in its word */
    long other[3];
    atomic_int done;
};

struct reader {
    struct shared *shared;
    int others;
};

static void read_some(void *arg)
{
    struct reader *r = arg;
    struct shared *s = r->shared;
    for (int i = 0; i < r->others; i++)
        hd_assert(s->other[i] == 0);
    hd_assert(s->number == 42);
    atomic_fetch_add_explicit(&s->done, 1, memory_order_release);
}

static void read_last(void *arg)
{
    struct shared *s = arg;
    while (atomic_load_explicit(&s->done, memory_order_relaxed) != READERS)
        hd_yield();
    hd_assert(s->number == 42);
}

static void read_last_acquire(void *arg)
{
    struct shared *s = arg;
    while (atomic_load_explicit(&s->done, memory_order_acquire) != READERS)
        hd_yield();
    hd_assert(s->number == 42);
}

static void read_first(void *arg)
{
    struct shared *s = arg;
    hd_assert(s->number == 42);
    atomic_store_explicit(&s->done, -READERS, memory_order_release);
}

static void start_readers(struct shared *s, hd_task **task)
{
    struct reader *r = hd_alloc(READERS * sizeof(*r));
    for (int i = 0; i < READERS; i++) {
        r[i].shared = s;
        r[i].others = i % 4;
        task[i] = hd_go(read_some, &r[i]);
    }
}

static void write_first(hd_fn *last)
{
    struct shared *s = hd_alloc(sizeof(*s));
    hd_task *task[READERS];
    hd_go(last, s);
    s->number = 42;
    start_readers(s, task);
}

static struct shared *start_first_reader(void)
{
    struct shared *s = hd_alloc(sizeof(*s));
    s->number = 42;
    hd_go(read_first, s);
    return s;
}

static void write_last(struct shared *s)
{
    hd_task *task[READERS];
    start_readers(s, task);
    for (int i = 0; i < READERS; i++)
        hd_join(task[i]);
    s->number = 43;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    write_first(read_last);
}

static void buggy_read(const struct hd_input *in)
{
    (void)in;
    struct shared *s = start_first_reader();
    while (atomic_load_explicit(&s->done, memory_order_relaxed) == 0)
        hd_yield();
    write_last(s);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    write_first(read_last_acquire);
}

static void fixed_read(const struct hd_input *in)
{
    (void)in;
    struct shared *s = start_first_reader();
    while (atomic_load_explicit(&s->done, memory_order_acquire) == 0)
        hd_yield();
    write_last(s);
}

HD_SCENARIO(exact_many_readers) = {
    .name = "fail-data-race-exact-many-readers",
    .title = "an access is followed by many others before it races",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-read", .run = buggy_read, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
            {.name = "fixed-read", .run = fixed_read},
        },
};
