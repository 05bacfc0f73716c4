/*
 * A reader that finds its entry missing locks for writing without giving up its
 * read lock: it waits for itself. The twin unlocks first.
 */
#include <heddle/heddle.h>

#include <pthread.h>

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static int entry;

static int get(int unlock_first)
{
    pthread_rwlock_rdlock(&rw);
    int e = entry;
    if (e == 0) {
        if (unlock_first)
            pthread_rwlock_unlock(&rw);
        pthread_rwlock_wrlock(&rw);
        e = ++entry;
    }
    pthread_rwlock_unlock(&rw);
    return e;
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    entry = 0;
    get(0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    entry = 0;
    hd_assert(get(1) == 1);
}

HD_SCENARIO(deadlock_posix_rwlock_upgrade) = {
    .name = "fail-deadlock-posix-rwlock-upgrade",
    .title = "two readers both want to write",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
