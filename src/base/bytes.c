/*
 * bytes.c - byte strings and the numbers in them.  Everything is little
 * endian, whatever the machine is.
 */
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

/* The length that stands for a NULL string. */
static const uint32_t NULL_STRING = UINT32_MAX;

static void bytes_reserve_slow(struct hd_bytes *b, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(b->size, more, &need))
        hd_die("out of memory (%zu bytes more)", more);
    size_t capacity = b->capacity < 32 ? 64 : b->capacity * 2;
    if (capacity < need)
        capacity = need;
    uint8_t *data = realloc(b->data, capacity);
    if (!data)
        hd_die("out of memory (%zu bytes)", capacity);
    b->data = data;
    b->capacity = capacity;
}

void hd_bytes_put(struct hd_bytes *b, const void *data, size_t size)
{
    if (size == 0)
        return;
    if (b->capacity - b->size < size)
        bytes_reserve_slow(b, size);
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

void hd_bytes_u8(struct hd_bytes *b, uint8_t v)
{
    hd_bytes_put(b, &v, 1);
}

void hd_bytes_u32(struct hd_bytes *b, uint32_t v)
{
    uint8_t le[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                     (uint8_t)(v >> 24)};
    hd_bytes_put(b, le, sizeof le);
}

void hd_bytes_u64(struct hd_bytes *b, uint64_t v)
{
    hd_bytes_u32(b, (uint32_t)v);
    hd_bytes_u32(b, (uint32_t)(v >> 32));
}

void hd_bytes_str(struct hd_bytes *b, const char *s)
{
    if (!s) {
        hd_bytes_u32(b, NULL_STRING);
        return;
    }
    size_t size = strlen(s);
    HD_CHECK(size < NULL_STRING);
    hd_bytes_u32(b, (uint32_t)size);
    hd_bytes_put(b, s, size + 1); /* the NUL lets readers use it in place */
}

void hd_bytes_printf(struct hd_bytes *b, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    int n = vsnprintf(NULL, 0, format, ap);
    va_end(ap);
    HD_CHECK(n >= 0);
    size_t room = (size_t)n + 1;
    if (b->capacity - b->size < room)
        bytes_reserve_slow(b, room);
    va_start(ap, format);
    vsnprintf((char *)b->data + b->size, room, format, ap);
    va_end(ap);
    b->size += (size_t)n; /* the NUL is not part of the bytes */
}

void hd_bytes_free(struct hd_bytes *b)
{
    free(b->data);
    *b = (struct hd_bytes){0};
}

const uint8_t *hd_read_raw(struct hd_reader *r, size_t size)
{
    if (r->bad || r->size - r->at < size) {
        r->bad = true;
        return NULL;
    }
    const uint8_t *p = r->data ? r->data + r->at : NULL;
    r->at += size;
    return p;
}

uint8_t hd_read_u8(struct hd_reader *r)
{
    const uint8_t *p = hd_read_raw(r, 1);
    return p ? *p : 0;
}

uint32_t hd_read_u32(struct hd_reader *r)
{
    const uint8_t *p = hd_read_raw(r, 4);
    if (!p)
        return 0;
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

uint64_t hd_read_u64(struct hd_reader *r)
{
    const uint8_t *p = hd_read_raw(r, 8);
    uint64_t v = 0;
    for (unsigned i = 0; p && i < 8; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

const char *hd_read_str(struct hd_reader *r)
{
    uint32_t size = hd_read_u32(r);
    if (r->bad || size == NULL_STRING)
        return NULL;
    const uint8_t *p = hd_read_raw(r, (size_t)size + 1);
    /* A NUL inside would silently shorten the string: refuse it. */
    if (p && memchr(p, 0, (size_t)size + 1) != p + size) {
        r->bad = true;
        return NULL;
    }
    return (const char *)p;
}

/* How many fine bits a magnitude byte means: m^3 spread over 0 .. 8 * fine. */
static unsigned magnitude_bits(unsigned m, unsigned fine)
{
    return (m * m * m * (8 * fine + 1)) >> 24;
}

uint32_t hd_magfine_get(const uint8_t *p, unsigned fine)
{
    HD_CHECK(fine >= 1 && fine <= 4);
    uint64_t v = 0;
    for (unsigned i = 0; i < fine; i++)
        v |= (uint64_t)p[1 + i] << (8 * i);
    return (uint32_t)(v & (((uint64_t)1 << magnitude_bits(p[0], fine)) - 1));
}

void hd_magfine_put(uint8_t *p, unsigned fine, uint32_t v)
{
    HD_CHECK(fine >= 1 && fine <= 4);
    unsigned bits = v ? 32 - (unsigned)__builtin_clz(v) : 0;
    HD_CHECK(bits <= 8 * fine);
    /* The smallest magnitude with that many bits; each count has one. */
    unsigned low = 0, high = 255;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (magnitude_bits(middle, fine) < bits)
            low = middle + 1;
        else
            high = middle;
    }
    p[0] = (uint8_t)low;
    for (unsigned i = 0; i < fine; i++)
        p[1 + i] = (uint8_t)(v >> (8 * i));
}

/* Length of the UTF-8 sequence at p and its code point; 0 if it is malformed. */
static size_t utf8_next(const uint8_t *p, size_t size, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (p[0] < 0x80) {
        *code = p[0];
        return 1;
    }
    size_t n = p[0] >= 0xf8   ? 0
               : p[0] >= 0xf0 ? 4
               : p[0] >= 0xe0 ? 3
               : p[0] >= 0xc0 ? 2
                              : 0;
    if (n == 0 || n > size)
        return 0;
    uint32_t c = p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    *code = c;
    bool surrogate = c >= 0xd800 && c <= 0xdfff;
    return c < smallest[n] || c > 0x10ffff || surrogate ? 0 : n;
}

/* C0, DEL, C1, line and paragraph separators, and the marks that reorder text. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t hd_utf8_printable(const uint8_t *p, size_t size)
{
    size_t at = 0;
    while (at < size) {
        uint32_t code;
        size_t n = utf8_next(p + at, size - at, &code);
        if (n == 0 || is_control(code))
            break;
        at += n;
    }
    return at;
}
