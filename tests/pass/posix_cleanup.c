/*
 * At a pop, at an exit and at a cancel; then the destructors of keys.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <string.h>

static char text[8];
static int used;
static pthread_key_t key;

static void note(void *arg)
{
    text[used++] = *(char *)arg;
}

static void *work(void *arg)
{
    static char names[] = "abck";
    pthread_setspecific(key, &names[3]);
    pthread_cleanup_push(note, &names[0]);
    pthread_cleanup_push(note, &names[1]);
    pthread_cleanup_push(note, &names[2]);
    pthread_cleanup_pop(1);
    if (*(int *)arg)
        pthread_exit(NULL);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

static void run(int exits, void *expected)
{
    pthread_t t;
    void *result;
    used = 0;
    memset(text, 0, sizeof(text));
    pthread_create(&t, NULL, work, &exits);
    pthread_join(t, &result);
    hd_assert(result == expected);
    hd_assert(strcmp(text, "cbak") == 0);
}

static void clean(const struct hd_input *in)
{
    (void)in;
    pthread_key_create(&key, note);
    run(1, NULL);
    run(0, PTHREAD_CANCELED);
    pthread_key_delete(key);
}

HD_SCENARIO(posix_cleanup) = {
    .name = "pass-posix-cleanup",
    .title = "cleanup handlers run in reverse order",
    .variants =
        {
            {.name = "clean", .run = clean},
        },
};
