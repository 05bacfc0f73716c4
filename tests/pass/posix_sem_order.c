/*
 * What is done before a post is ordered before what follows the wait.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <semaphore.h>

enum { TURNS = 3 };

static sem_t mine, yours;
static int ball;

static void *play(void *arg)
{
    for (int i = 0; i < TURNS; i++) {
        sem_wait(&yours);
        hd_assert(ball == 2 * i + 1);
        ball++;
        sem_post(&mine);
    }
    return arg;
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_t t;
    ball = 0;
    sem_init(&mine, 0, 1);
    sem_init(&yours, 0, 0);
    pthread_create(&t, NULL, play, NULL);
    for (int i = 0; i < TURNS; i++) {
        sem_wait(&mine);
        hd_assert(ball == 2 * i);
        ball++;
        sem_post(&yours);
    }
    pthread_join(t, NULL);
    sem_destroy(&mine);
    sem_destroy(&yours);
}

HD_SCENARIO(posix_sem_order) = {
    .name = "pass-posix-sem-order",
    .title = "two semaphores make two threads take turns",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
