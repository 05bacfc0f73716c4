/*
 * read() writes to its buffer: two threads that share one race, also on a file.
 * Each of the twin's has its own.
 */
#include <heddle/heddle.h>

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

static char buffer[2][4];
static int file, step;

static void *load(void *arg)
{
    char *mine = buffer[step * *(int *)arg];
    hd_assert(read(file, mine, 2) == 2);
    return NULL;
}

static void run(int apart)
{
    pthread_t t[2];
    int which[2] = {0, 1};
    step = apart;
    file = memfd_create("data", 0);
    hd_assert(write(file, "data", 4) == 4 && lseek(file, 0, SEEK_SET) == 0);
    for (int i = 0; i < 2; i++)
        pthread_create(&t[i], NULL, load, &which[i]);
    for (int i = 0; i < 2; i++)
        pthread_join(t[i], NULL);
    close(file);
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

HD_SCENARIO(data_race_posix_read_buffer) = {
    .name = "fail-data-race-posix-read-buffer",
    .title = "two threads read files into one buffer",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
