/*
 * A thread counts the lines that main reads from standard input.  When main says
 * that there are no more, some may be left; the fixed one counts them as well.
 *
 * expect: assertion
 * input: one two three
 */
#include <assert.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sem_t filled;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int waiting, ended, counted, drains;

static void *count(void *arg)
{
    for (int done = 0; !done;) {
        sem_wait(&filled);
        pthread_mutex_lock(&lock);
        done = ended && (!drains || waiting == 0);
        if (!done && waiting > 0) {
            waiting--;
            counted++;
        }
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t;
    char word[32];
    int words = 0;
    drains = argc > 1 && !strcmp(argv[1], "fixed");
    sem_init(&filled, 0, 0);
    pthread_create(&t, NULL, count, NULL);
    while (scanf("%31s", word) == 1) {
        words++;
        pthread_mutex_lock(&lock);
        waiting++;
        pthread_mutex_unlock(&lock);
        sem_post(&filled);
    }
    pthread_mutex_lock(&lock);
    ended = 1;
    pthread_mutex_unlock(&lock);
    sem_post(&filled);
    pthread_join(t, NULL);
    printf("%d of %d\n", counted, words);
    assert(words == 3 && counted == words);
    sem_destroy(&filled);
    return 0;
}
