/*
 * Only the exit status says that updates were lost: a value is read and written
 * under the lock, but not in one go.  The fixed one does it in one go.
 *
 * expect: assertion
 */
#include <pthread.h>
#include <string.h>

enum { ROUNDS = 2 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int n, in_one_go;

static int get(void)
{
    pthread_mutex_lock(&lock);
    int now = n;
    pthread_mutex_unlock(&lock);
    return now;
}

static void *add(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        int now = in_one_go ? 0 : get();
        pthread_mutex_lock(&lock);
        n = (in_one_go ? n : now) + 1;
        pthread_mutex_unlock(&lock);
    }
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t;
    in_one_go = argc > 1 && !strcmp(argv[1], "fixed");
    pthread_create(&t, NULL, add, NULL);
    add(NULL);
    pthread_join(t, NULL);
    return n == 2 * ROUNDS ? 0 : 1;
}
