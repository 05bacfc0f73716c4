/* Writes 4 MiB to standard output and standard error, more than a pipe holds. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define LINES 1024

static void *print(void *arg)
{
    char line[2048];
    memset(line, arg == stdout ? 'o' : 'e', sizeof line - 2);
    line[sizeof line - 2] = '\n';
    line[sizeof line - 1] = '\0';
    for (int i = 0; i < LINES; i++)
        fputs(line, arg);
    return NULL;
}

int main(void)
{
    pthread_t threads[2];
    pthread_create(&threads[0], NULL, print, stdout);
    pthread_create(&threads[1], NULL, print, stderr);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    return 0;
}
