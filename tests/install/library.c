/* library.c - a program that is no test: it calls heddle's library itself, which
 * pkg-config or heddle::heddle names. */
#include <heddle/fuzz.h>
#include <heddle/heddle.h>
#include <stdio.h>

static unsigned tasks;

static void child(void *unused)
{
    (void)unused;
    tasks++;
}

static void test(const uint8_t *data, size_t size)
{
    (void)data;
    for (size_t i = 0; i < size; i++)
        hd_join(hd_go(child, NULL));
}

int main(void)
{
    static const uint8_t input[3] = {1, 2, 3};
    hd_fuzz_data(test, input, sizeof input);
    printf("%u tasks\n", tasks);
    return tasks == 3 ? 0 : 1;
}
