/*
 * The bug is in a plugin, which is loaded after the first thread was made: see
 * plugin.c.
 *
 * expect: data-race
 * flavors: race asan tsan
 * plugin: plugin.c
 */
#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void *(*work)(void *);
static pthread_barrier_t barrier;

static void *run(void *arg)
{
    pthread_barrier_wait(&barrier);
    return work(arg);
}

int main(int argc, char **argv)
{
    pthread_t t[2];
    int locks = argc > 1 && !strcmp(argv[1], "fixed");
    if (argc < 3)
        return 2;
    pthread_barrier_init(&barrier, NULL, 3);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, run, &locks);
    void *plugin = dlopen(argv[2], RTLD_NOW);
    if (plugin == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 2;
    }
    *(void **)&work = dlsym(plugin, "plugin_work");
    assert(work != NULL);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    dlclose(plugin);
    pthread_barrier_destroy(&barrier);
    return 0;
}
