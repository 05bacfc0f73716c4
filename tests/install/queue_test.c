/* queue_test.c - two threads take what the main thread puts: queue_test [ITEMS]. */
#include <stdio.h>
#include <stdlib.h>

#include "queue.h"

static struct queue queue;
static int share; /* items for each of the two */

static void *take(void *sum)
{
    for (int i = 0; i < share; i++)
        *(int *)sum += queue_take(&queue);
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[2];
    int sums[2] = {0, 0};
    share = argc > 1 ? atoi(argv[1]) / 2 : 2;
    queue_init(&queue);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, take, &sums[i]);
    for (int i = 1; i <= 2 * share; i++)
        queue_put(&queue, i);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    queue_destroy(&queue);
    printf("sum %d\n", sums[0] + sums[1]);
    return sums[0] + sums[1] == share * (2 * share + 1) ? 0 : 1;
}
