/*
 * At a pop, at an exit and at a cancel; then the destructors of keys.  Some are
 * pushed by the functions that older programs were compiled to, in frames in
 * between.
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

/* In no header any more. */
extern void _pthread_cleanup_push(struct _pthread_cleanup_buffer *b,
                                  void (*fn)(void *), void *arg);
extern void _pthread_cleanup_pop(struct _pthread_cleanup_buffer *b, int run);

static void leave(int exits)
{
    static char names[] = "de";
    struct _pthread_cleanup_buffer first, second;
    _pthread_cleanup_push(&first, note, &names[0]);
    _pthread_cleanup_push(&second, note, &names[1]);
    _pthread_cleanup_pop(&second, 1);
    pthread_cleanup_push_defer_np(note, &names[1]);
    if (exits)
        pthread_exit(NULL);
    pthread_cancel(pthread_self());
    pthread_testcancel();
    pthread_cleanup_pop_restore_np(0);
    _pthread_cleanup_pop(&first, 0);
}

static void *work(void *arg)
{
    static char names[] = "abck";
    pthread_setspecific(key, &names[3]);
    pthread_cleanup_push(note, &names[0]);
    pthread_cleanup_push(note, &names[1]);
    pthread_cleanup_push(note, &names[2]);
    pthread_cleanup_pop(1);
    leave(*(int *)arg);
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
    hd_assert(strcmp(text, "ceedbak") == 0);
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
