/* wire.c - frames and payloads of the protocol in wire.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* syscall */
#endif
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/prng.h"

/* A frame longer than this is nonsense (a million deviations fit). */
enum { WIRE_LENGTH_MAX = 1 << 28 };

uint64_t hd_wire_hash(const char *signature)
{
    uint64_t h = 0xcbf29ce484222325u;
    for (const unsigned char *p = (const unsigned char *)signature; *p; p++)
        h = (h ^ *p) * 0x100000001b3u;
    return hd_mix64(h);
}

/* By hand: `send` and `read` are names that a program may use for something of its
 * own, and then they mean that here as well. */
static ssize_t send_bytes(int fd, const void *data, size_t size)
{
    return syscall(SYS_sendto, fd, data, size, MSG_NOSIGNAL, NULL, 0);
}

static bool write_all(int fd, const void *data, size_t size)
{
    const char *p = data;
    while (size) {
        ssize_t n = send_bytes(fd, p, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

/*
 * Waits as long as it takes for a frame to begin, but if the socket has a time
 * limit (the front end's has) not for the rest of one: whoever stopped in the
 * middle of it may never go on.
 */
static bool read_all(int fd, void *data, size_t size, bool begun)
{
    char *p = data;
    while (size) {
        ssize_t n = syscall(SYS_read, fd, p, size);
        if (n < 0 && (errno == EINTR || (errno == EAGAIN && !begun)))
            continue;
        begun = true;
        if (n <= 0)
            return false;
        p += n;
        size -= (size_t)n;
    }
    return true;
}

bool hd_wire_send(int fd, enum hd_wire_type type, const struct hd_bytes *payload)
{
    uint32_t head[2] = {(uint32_t)type, payload ? (uint32_t)payload->size : 0};
    return write_all(fd, head, sizeof head) &&
           (!head[1] || write_all(fd, payload->data, payload->size));
}

enum hd_err hd_wire_receive(int fd, enum hd_wire_type *type,
                            struct hd_bytes *payload)
{
    uint32_t head[2];
    payload->size = 0;
    if (!read_all(fd, head, sizeof head, false))
        return HD_E_WORKER;
    if (head[0] < HD_WIRE_HELLO || head[0] > HD_WIRE_ERROR ||
        head[1] > WIRE_LENGTH_MAX)
        return HD_E_PROTOCOL;
    *type = (enum hd_wire_type)head[0];
    if (head[1] > payload->capacity) {
        free(payload->data);
        payload->data = malloc(head[1]);
        if (!payload->data)
            hd_die("out of memory");
        payload->capacity = head[1];
    }
    if (head[1] && !read_all(fd, payload->data, head[1], true))
        return HD_E_WORKER;
    payload->size = head[1];
    return HD_E_OK;
}

void hd_request_write(const struct hd_request *q, struct hd_bytes *out)
{
    hd_bytes_str(out, q->scenario);
    hd_bytes_str(out, q->variant);
    hd_bytes_str(out, q->strategy);
    hd_bytes_u32(out, q->steps_max);
    hd_bytes_u64(out, (uint64_t)q->starve_max_ns);
    hd_bytes_u64(out, q->seed);
    hd_bytes_u64(out, q->first);
    hd_bytes_u64(out, q->count);
    hd_bytes_u8(out, q->keep_going);
    hd_bytes_u8(out, q->story);
    hd_bytes_u32(out, q->preemptions);
    hd_bytes_u32(out, q->early_timers);
    hd_bytes_u32(out, q->deviations);
    hd_bytes_u8(out, q->want_pass);
    hd_bytes_u32(out, q->want_class);
    hd_bytes_str(out, q->want_signature);
    for (int i = 0; i < HD_PARAMS_MAX; i++)
        hd_bytes_u64(out, (uint64_t)q->in.param[i]);
    hd_bytes_u32(out, q->orders);
    for (uint32_t i = 0; i < q->orders; i++)
        hd_bytes_u32(out, q->order[i]);
    hd_account_plan_write(&q->plan, q->anchor, out);
}

static bool read_order(struct hd_request *q, struct hd_reader *in)
{
    uint32_t n = hd_read_u32(in);
    if (in->bad || n > (in->size - in->at) / 4)
        return false;
    if (n == 0)
        return true;
    q->order = calloc(n, sizeof *q->order);
    if (!q->order)
        hd_die("out of memory");
    for (; q->orders < n; q->orders++)
        q->order[q->orders] = hd_read_u32(in);
    return true;
}

bool hd_request_read(struct hd_request *q, enum hd_wire_type type,
                     struct hd_reader *in)
{
    *q = (struct hd_request){.type = type};
    q->scenario = hd_read_str(in);
    q->variant = hd_read_str(in);
    q->strategy = hd_read_str(in);
    q->steps_max = hd_read_u32(in);
    q->starve_max_ns = (int64_t)hd_read_u64(in);
    q->seed = hd_read_u64(in);
    q->first = hd_read_u64(in);
    q->count = hd_read_u64(in);
    q->keep_going = hd_read_u8(in);
    q->story = hd_read_u8(in);
    q->preemptions = hd_read_u32(in);
    q->early_timers = hd_read_u32(in);
    q->deviations = hd_read_u32(in);
    q->want_pass = hd_read_u8(in);
    q->want_class = hd_read_u32(in);
    q->want_signature = hd_read_str(in);
    for (int i = 0; i < HD_PARAMS_MAX; i++)
        q->in.param[i] = (int64_t)hd_read_u64(in);
    return read_order(q, in) && hd_account_plan_read(&q->plan, &q->anchor, in) &&
           q->scenario && q->variant && q->strategy;
}

void hd_request_free(struct hd_request *q)
{
    hd_plan_free(&q->plan);
    free(q->anchor);
    free(q->order);
    q->anchor = NULL;
    q->order = NULL;
    q->orders = 0;
}

void hd_done_write(const struct hd_done *d, struct hd_bytes *out)
{
    hd_bytes_u64(out, d->first);
    hd_bytes_u64(out, d->next);
    for (int i = 0; i < HD_OUTCOME_COUNT; i++)
        hd_bytes_u64(out, d->outcome[i]);
    hd_bytes_u8(out, d->complete);
    hd_bytes_u8(out, d->last);
    hd_bytes_str(out, d->uncontrolled);
    hd_bytes_u32(out, (uint32_t)d->tallies);
    for (size_t i = 0; i < d->tallies; i++) {
        hd_bytes_u64(out, d->tally[i].signature_hash);
        hd_bytes_u64(out, d->tally[i].count);
    }
}

bool hd_done_read(struct hd_done *d, struct hd_reader *in)
{
    *d = (struct hd_done){.first = hd_read_u64(in)};
    d->next = hd_read_u64(in);
    for (int i = 0; i < HD_OUTCOME_COUNT; i++)
        d->outcome[i] = hd_read_u64(in);
    d->complete = hd_read_u8(in);
    d->last = hd_read_u8(in);
    d->uncontrolled = hd_read_str(in);
    uint32_t n = hd_read_u32(in);
    if (in->bad || n > (in->size - in->at) / 16)
        return false;
    d->tally = calloc(n ? n : 1, sizeof *d->tally);
    if (!d->tally)
        hd_die("out of memory");
    d->tallies = n;
    for (uint32_t i = 0; i < n; i++) {
        d->tally[i].signature_hash = hd_read_u64(in);
        d->tally[i].count = hd_read_u64(in);
    }
    return !in->bad;
}

void hd_hello_write(const struct hd_hello *h, struct hd_bytes *out)
{
    hd_bytes_u32(out, HD_WIRE_VERSION);
    hd_bytes_str(out, h->flavor);
    hd_bytes_str(out, h->compiler);
    hd_bytes_str(out, h->build);
}

bool hd_hello_read(struct hd_hello *h, struct hd_reader *in)
{
    h->version = hd_read_u32(in);
    if (in->bad || h->version != HD_WIRE_VERSION)
        return !in->bad;
    const char *flavor = hd_read_str(in), *compiler = hd_read_str(in);
    const char *build = hd_read_str(in);
    if (in->bad || !flavor || !compiler || !build)
        return false;
    snprintf(h->flavor, sizeof h->flavor, "%s", flavor);
    snprintf(h->compiler, sizeof h->compiler, "%s", compiler);
    snprintf(h->build, sizeof h->build, "%s", build);
    return true;
}
