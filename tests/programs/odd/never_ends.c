/* Two threads hand a ball to each other for ever, as a server would. */
#include <pthread.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static unsigned ball;

__attribute__((noreturn)) static void *play(void *arg)
{
    unsigned mine = arg != NULL;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (ball % 2 != mine)
            pthread_cond_wait(&turned, &lock);
        ball++;
        pthread_cond_signal(&turned);
    }
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, play, NULL);
    pthread_create(&threads[1], NULL, play, &ball);
    pthread_join(threads[0], NULL);
    return 0;
}
