/* A bug before the first thread: the same in every execution. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct config {
    int workers;
};

/* There is no such file, and nobody looks at the result. */
static struct config *load(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return NULL;
    fclose(file);
    return calloc(1, sizeof(struct config));
}

static void *work(void *arg)
{
    return arg;
}

int main(void)
{
    struct config *config = load("/nonexistent/config");
    int workers = config->workers;
    pthread_t thread;
    for (int i = 0; i < workers; i++) {
        pthread_create(&thread, NULL, work, NULL);
        pthread_join(thread, NULL);
    }
    free(config);
    return 0;
}
