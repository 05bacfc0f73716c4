/* Waits for a signal that never comes: the kernel, not heddle, lets it wait. */
#include <pthread.h>
#include <unistd.h>

static void *wait_for_signal(void *arg)
{
    pause();
    return arg;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_signal, NULL);
    pthread_join(thread, NULL);
    return 0;
}
