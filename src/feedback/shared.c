/*
 * shared.c - the segment of shared.h.
 *
 * System V's shared memory, as AFL++ itself takes it: a number in the environment
 * is all that the child needs, and no descriptor is open in it that the code under
 * test could see.  The segment is marked for removal at once, so that nothing is
 * left behind however the processes end; Linux lets a child attach to it all the
 * same.
 */
#include "shared.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/shm.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hd__input_hash(const uint8_t *input, size_t size)
{
    return XXH3_64bits(input, size) | 1;
}

static struct hd_shared *attach(int id)
{
    void *at = shmat(id, NULL, 0);
    return at == (void *)-1 ? NULL : at;
}

struct hd_shared *hd__shared_create(void)
{
    char number[20];
    int id = shmget(IPC_PRIVATE, sizeof(struct hd_shared), IPC_CREAT | 0600);
    if (id < 0)
        return NULL;
    struct hd_shared *s = attach(id);
    shmctl(id, IPC_RMID, NULL);
    if (s == NULL)
        return NULL;
    s->magic = HD_SHARED_MAGIC;
    snprintf(number, sizeof number, "%d", id);
    setenv(HD_SHARED_ENV, number, 1);
    return s;
}

void hd__shared_drop(struct hd_shared *s)
{
    if (s != NULL)
        shmdt(s);
}

/* A number left in the environment may by now be somebody else's segment. */
struct hd_shared *hd__shared_of_environment(void)
{
    const char *number = getenv(HD_SHARED_ENV);
    struct shmid_ds about;
    int id = number == NULL ? -1 : atoi(number);
    if (id < 0 || shmctl(id, IPC_STAT, &about) != 0 ||
        about.shm_segsz != sizeof(struct hd_shared))
        return NULL;
    struct hd_shared *s = attach(id);
    if (s != NULL && s->magic != HD_SHARED_MAGIC) {
        hd__shared_drop(s);
        return NULL;
    }
    return s;
}

void hd__shared_put(struct hd_shared *s, uint64_t input,
                    const struct hd_spots *spots, const struct hd_plan *made)
{
    size_t step = spots->count / HD_SHARED_SPOTS + 1;
    s->input = 0; /* in case that this process is killed on the way */
    s->spots = 0;
    s->late = (uint32_t)((spots->late + step - 1) / step);
    s->tasks = spots->tasks;
    for (size_t i = 0; i < spots->count; i += step)
        s->spot[s->spots++] = spots->spot[i];
    bool fits = made->count <= HD_SHARED_DEVIATIONS;
    s->made = fits ? (uint32_t)made->count : HD_SHARED_MORE;
    for (size_t i = 0; fits && i < made->count; i++)
        s->dev[i] = made->dev[i];
    s->input = input;
}
