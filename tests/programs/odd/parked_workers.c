/* main returns while its workers wait for more, which is how most pools end. */
#include <pthread.h>

#define WORKERS 3

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static int items, finished;

__attribute__((noreturn)) static void *work(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (items == 0)
            pthread_cond_wait(&more, &lock);
        items--;
        finished++;
        pthread_cond_signal(&done);
    }
}

int main(void)
{
    pthread_t thread;
    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&thread, NULL, work, NULL);
        pthread_detach(thread);
    }
    pthread_mutex_lock(&lock);
    items = 4;
    pthread_cond_broadcast(&more);
    while (finished < 4)
        pthread_cond_wait(&done, &lock);
    pthread_mutex_unlock(&lock);
    return 0;
}
