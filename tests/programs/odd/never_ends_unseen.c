/* A loop without a scheduling point: nobody else can run, and nothing is called. */
#include <pthread.h>

static void *loop(void *arg)
{
    for (;;)
        __asm__ volatile("");
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, loop, NULL);
    pthread_join(thread, NULL);
    return 0;
}
