/*
 * Reads two numbers from standard input, before there are threads and in a thread.
 * Exits with 3 if there is no input at all.
 */
#include <pthread.h>
#include <stdio.h>

static int second;

static void *read_more(void *arg)
{
    if (scanf("%d", &second) != 1)
        second = -1;
    return arg;
}

int main(void)
{
    int first;
    if (scanf("%d", &first) != 1) {
        fprintf(stderr, "needs_stdin: no number\n");
        return 3;
    }
    pthread_t thread;
    pthread_create(&thread, NULL, read_more, NULL);
    pthread_join(thread, NULL);
    printf("%d and %d\n", first, second);
    return second == -1 ? 4 : 0;
}
