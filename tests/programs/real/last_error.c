/*
 * Who joins a worker looks at the last error, which is a thread-local: its own. The
 * fixed one hands the worker's over.
 *
 * expect: assertion
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

static _Thread_local int last_error = EINVAL;
static int handed_over;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *fail(void *arg)
{
    assert(last_error == EINVAL); /* whatever the others did */
    last_error = *(int *)arg;
    pthread_mutex_lock(&lock);
    handed_over += last_error;
    pthread_mutex_unlock(&lock);
    assert(last_error == *(int *)arg);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t t[2];
    int error[2] = {EIO, EPERM};
    last_error = 0;
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, fail, &error[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    int seen = argc > 1 && !strcmp(argv[1], "fixed") ? handed_over : last_error;
    assert(seen == EIO + EPERM);
    return 0;
}
