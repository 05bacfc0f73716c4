/*
 * Threads that never meet, with variables small and large: where the one's lay, the
 * next one's must not be taken for the same memory.
 */
#include <pthread.h>
#include <string.h>

static void *fill(void *arg)
{
    char small[2000], large[100000];
    memset(small, 1, sizeof small);
    memset(large, 2, sizeof large);
    return small[1] + large[1] == 3 ? arg : NULL;
}

int main(void)
{
    pthread_t threads[3];
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, fill, NULL);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
