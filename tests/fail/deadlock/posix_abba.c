/*
 * Transfers lock their two accounts in the order of the arguments, so two that
 * go opposite ways can each hold one and wait for the other. The twin orders
 * them by address.
 */
#include <heddle/heddle.h>

#include <pthread.h>

struct account {
    pthread_mutex_t lock;
    int money;
};

static struct account account[2];
static int ordered;

static void transfer(struct account *from, struct account *to)
{
    struct account *first = ordered && to < from ? to : from;
    struct account *second = first == from ? to : from;
    pthread_mutex_lock(&first->lock);
    pthread_mutex_lock(&second->lock);
    from->money--;
    to->money++;
    pthread_mutex_unlock(&second->lock);
    pthread_mutex_unlock(&first->lock);
}

static void *back(void *arg)
{
    transfer(&account[1], &account[0]);
    return arg;
}

static void run(int in_order)
{
    pthread_t t;
    ordered = in_order;
    for (int i = 0; i < 2; i++) {
        pthread_mutex_init(&account[i].lock, NULL);
        account[i].money = 10;
    }
    pthread_create(&t, NULL, back, NULL);
    transfer(&account[0], &account[1]);
    pthread_join(t, NULL);
    hd_assert(account[0].money == 10 && account[1].money == 10);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(0);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(1);
}

HD_SCENARIO(deadlock_posix_abba) = {
    .name = "fail-deadlock-posix-abba",
    .title = "two threads take two mutexes in opposite order",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DEADLOCK}},
            {.name = "fixed", .run = fixed},
        },
};
