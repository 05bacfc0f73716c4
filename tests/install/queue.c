/*
 * queue.c - see queue.h.  With QUEUE_BUGGY who waits for an item looks once where
 * it should look until there is one: another thread may have taken it by then.
 */
#include "queue.h"

#include <assert.h>

#ifdef QUEUE_BUGGY
#define WAIT_WHILE if
#else
#define WAIT_WHILE while
#endif

void queue_init(struct queue *q)
{
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->filled, NULL);
    pthread_cond_init(&q->drained, NULL);
    q->first = q->count = 0;
}

void queue_put(struct queue *q, int item)
{
    pthread_mutex_lock(&q->lock);
    while (q->count == QUEUE_SIZE)
        pthread_cond_wait(&q->drained, &q->lock);
    q->items[(q->first + q->count++) % QUEUE_SIZE] = item;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

int queue_take(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    WAIT_WHILE(q->count == 0)
    pthread_cond_wait(&q->filled, &q->lock);
    assert(q->count > 0);
    int item = q->items[q->first];
    q->first = (q->first + 1) % QUEUE_SIZE;
    q->count--;
    pthread_cond_signal(&q->drained);
    pthread_mutex_unlock(&q->lock);
    return item;
}

void queue_destroy(struct queue *q)
{
    pthread_cond_destroy(&q->drained);
    pthread_cond_destroy(&q->filled);
    pthread_mutex_destroy(&q->lock);
}
