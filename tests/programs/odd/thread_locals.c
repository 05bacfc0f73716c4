/* Each thread has its own counter and its own errno, whoever runs in between. */
#include <assert.h>
#include <errno.h>
#include <pthread.h>

#define THREADS 3
#define ROUNDS 5

static _Thread_local int counter = 7;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *count(void *arg)
{
    int start = counter;
    errno = *(int *)arg;
    for (int i = 0; i < ROUNDS; i++) {
        counter++;
        pthread_mutex_lock(&lock);
        pthread_mutex_unlock(&lock);
    }
    assert(start == 7);
    assert(counter == 7 + ROUNDS);
    assert(errno == *(int *)arg);
    return &counter;
}

int main(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS];
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i + 1;
        pthread_create(&threads[i], NULL, count, &numbers[i]);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert(counter == 7);
    return 0;
}
