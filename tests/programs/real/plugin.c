/* What plugin_host.c loads: counts, with a lock or without. */
#include <pthread.h>

void *plugin_work(void *arg);

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int calls;

void *plugin_work(void *arg)
{
    int locks = *(int *)arg;
    if (locks)
        pthread_mutex_lock(&lock);
    calls++;
    if (locks)
        pthread_mutex_unlock(&lock);
    return NULL;
}
