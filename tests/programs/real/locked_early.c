/*
 * main takes locks of every kind before its first thread, as a gate, and has
 * something under a key; its threads wait.  The bug: one is not given up.
 *
 * expect: deadlock
 */
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER, recursive, checked;
static pthread_rwlock_t table = PTHREAD_RWLOCK_INITIALIZER,
                        config = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_key_t key;
static int n;

static void init(pthread_mutex_t *m, int type)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutex_init(m, &attr);
    pthread_mutexattr_destroy(&attr);
}

static void *pass(void *arg)
{
    assert(pthread_getspecific(key) == NULL);
    assert(pthread_mutex_unlock(&checked) == EPERM);
    pthread_rwlock_rdlock(&table);
    pthread_rwlock_wrlock(&config);
    pthread_mutex_lock(&recursive);
    pthread_spin_lock(&spin);
    n++;
    pthread_spin_unlock(&spin);
    pthread_mutex_unlock(&recursive);
    pthread_rwlock_unlock(&config);
    pthread_rwlock_unlock(&table);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t t[2];
    int fixed = argc > 1 && !strcmp(argv[1], "fixed");
    init(&recursive, PTHREAD_MUTEX_RECURSIVE);
    init(&checked, PTHREAD_MUTEX_ERRORCHECK);
    pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
    pthread_key_create(&key, NULL);
    pthread_setspecific(key, &n);
    pthread_mutex_lock(&gate);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&checked);
    pthread_rwlock_wrlock(&table);
    pthread_rwlock_rdlock(&config);
    pthread_rwlock_rdlock(&config);
    pthread_spin_lock(&spin);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, pass, NULL);
    assert(pthread_getspecific(key) == &n);
    assert(pthread_mutex_lock(&checked) == EDEADLK);
    assert(pthread_mutex_unlock(&checked) == 0);
    assert(pthread_rwlock_unlock(&table) == 0);
    assert(pthread_rwlock_unlock(&config) == 0);
    assert(pthread_mutex_unlock(&recursive) == 0);
    assert(pthread_mutex_unlock(&gate) == 0);
    if (fixed)
        pthread_rwlock_unlock(&config);
    pthread_mutex_unlock(&recursive);
    pthread_spin_unlock(&spin);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    pthread_spin_lock(&spin);
    assert(n == 2);
    pthread_spin_unlock(&spin);
    return 0;
}
