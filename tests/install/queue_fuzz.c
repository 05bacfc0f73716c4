/* queue_fuzz.c - the bytes of an input go through the queue to two threads. */
#include <assert.h>
#include <heddle/fuzz.h>

#include "queue.h"

static struct queue queue;

/* Each takes items until it gets a negative one. */
static void *take(void *sum)
{
    for (int item; (item = queue_take(&queue)) >= 0;)
        *(int *)sum += item;
    return NULL;
}

static void test(const uint8_t *data, size_t size)
{
    pthread_t threads[2];
    int sums[2] = {0, 0}, expected = 0;
    queue_init(&queue);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, take, &sums[i]);
    for (size_t i = 0; i < size && i < 8; i++) {
        queue_put(&queue, data[i]);
        expected += data[i];
    }
    for (int i = 0; i < 2; i++)
        queue_put(&queue, -1);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    queue_destroy(&queue);
    assert(sums[0] + sums[1] == expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return hd_fuzz_data(test, data, size);
}
