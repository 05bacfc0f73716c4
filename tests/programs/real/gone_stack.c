/*
 * A detached thread gets a pointer to a local of a function that returns.  The
 * fixed one gets a block of its own.
 *
 * expect: data-race memory-error assertion
 * flavors: race asan tsan
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

static sem_t done;

static void *use(void *arg)
{
    assert(*(int *)arg == 42);
    sem_post(&done);
    return NULL;
}

static void *use_and_free(void *arg)
{
    assert(*(int *)arg == 42);
    free(arg);
    sem_post(&done);
    return NULL;
}

static void start_with_local(void)
{
    pthread_t t;
    int answer = 42;
    pthread_create(&t, NULL, use, &answer);
    pthread_detach(t);
}

/* Deep enough that scribble() writes over all of the other's frame. */
static void start_on_stack(void)
{
    volatile char room[256];
    room[0] = 0;
    start_with_local();
    room[255] = room[0];
}

static void start_on_heap(void)
{
    pthread_t t;
    int *answer = malloc(sizeof *answer);
    if (answer == NULL)
        abort();
    *answer = 42;
    pthread_create(&t, NULL, use_and_free, answer);
    pthread_detach(t);
}

/* gcc leaves out accesses to a local of which nobody gets the address. */
static int *volatile known;

static int scribble(void)
{
    int other[512];
    known = other;
    for (int i = 0; i < 512; i++)
        other[i] = i;
    return other[7];
}

int main(int argc, char **argv)
{
    sem_init(&done, 0, 0);
    if (argc > 1 && !strcmp(argv[1], "fixed"))
        start_on_heap();
    else
        start_on_stack();
    assert(scribble() == 7);
    sem_wait(&done);
    return 0;
}
