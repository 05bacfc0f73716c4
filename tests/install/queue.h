/* queue.h - a queue of numbers between threads. */
#ifndef QUEUE_H
#define QUEUE_H

#include <pthread.h>

enum { QUEUE_SIZE = 4 };

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled, drained;
    unsigned first, count;
    int items[QUEUE_SIZE];
};

#ifdef __cplusplus
extern "C" {
#endif

void queue_init(struct queue *q);
void queue_put(struct queue *q, int item);
int queue_take(struct queue *q);
void queue_destroy(struct queue *q);

#ifdef __cplusplus
}
#endif
#endif
