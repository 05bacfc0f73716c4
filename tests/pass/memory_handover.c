/*
 * Buffers are filled with memset and memcpy by one task and read by the next,
 * handed over by channel: bulk accesses are ordered like any other.  The last
 * owner frees.
 */
#include <heddle/heddle.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 300 };

struct stage {
    hd_chan *in, *out;
};

static void copy_stage(void *arg)
{
    struct stage *s = arg;
    char *from, *to = malloc(SIZE);
    hd_assert(to != NULL);
    hd_chan_recv(s->in, &from);
    memcpy(to, from, SIZE);
    memset(from, 0, SIZE);
    free(from);
    hd_chan_send(s->out, &to);
}

static hd_chan *stage_after(hd_chan *in)
{
    struct stage *s = hd_alloc(sizeof(*s));
    s->in = in;
    s->out = hd_chan_make(sizeof(char *), 0);
    hd_go(copy_stage, s);
    return s->out;
}

static void clean(const struct hd_input *in)
{
    hd_chan *first = hd_chan_make(sizeof(char *), 0);
    hd_chan *last = stage_after(stage_after(first));
    char *buffer = malloc(SIZE), *result;
    (void)in;
    hd_assert(buffer != NULL);
    memset(buffer, 'x', SIZE);
    buffer[SIZE - 1] = '\0';
    hd_chan_send(first, &buffer);
    hd_chan_recv(last, &result);
    hd_assert(strlen(result) == SIZE - 1 && result[SIZE - 2] == 'x');
    free(result);
}

HD_SCENARIO(memory_handover) = {
    .name = "pass-memory-handover",
    .title = "buffers are filled, handed over, copied and freed",
    .variants = {{.name = "clean", .run = clean}},
    .policies = HD_CLASS_BIT(HD_TASK_LEAK),
};
