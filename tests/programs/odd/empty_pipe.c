/* Reads from a pipe that nobody writes to, and that only this process holds. */
#include <pthread.h>
#include <unistd.h>

static int ends[2];

static void *wait_for_byte(void *arg)
{
    char byte;
    if (read(ends[0], &byte, 1) != 1)
        return NULL;
    return arg;
}

int main(void)
{
    if (pipe(ends) != 0)
        return 1;
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_byte, NULL);
    pthread_join(thread, NULL);
    return 0;
}
