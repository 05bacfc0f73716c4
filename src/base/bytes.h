/*
 * bytes.h - byte strings: a growing writer, a bounds-checked reader, and the
 * magnitude/fine numbers of the plan codec.
 */
#ifndef HD_BASE_BYTES_H
#define HD_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing byte string (malloc'd).  Zero-initialise; free with hd_bytes_free. */
struct hd_bytes {
    uint8_t *data;
    size_t size, capacity;
};

void hd_bytes_put(struct hd_bytes *b, const void *data, size_t size);
void hd_bytes_u8(struct hd_bytes *b, uint8_t v);
void hd_bytes_u32(struct hd_bytes *b, uint32_t v);
void hd_bytes_u64(struct hd_bytes *b, uint64_t v);
void hd_bytes_str(struct hd_bytes *b,
                  const char *s); /* NULL is kept apart from "" */
void hd_bytes_printf(struct hd_bytes *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void hd_bytes_free(struct hd_bytes *b);

/* Reads; after the first overrun `bad` is set and everything reads as 0. */
struct hd_reader {
    const uint8_t *data;
    size_t size, at;
    bool bad;
};

uint8_t hd_read_u8(struct hd_reader *r);
uint32_t hd_read_u32(struct hd_reader *r);
uint64_t hd_read_u64(struct hd_reader *r);
/* A string inside the reader's own bytes, or NULL. */
const char *hd_read_str(struct hd_reader *r);
const uint8_t *hd_read_raw(struct hd_reader *r, size_t size);

/*
 * Magnitude/fine numbers: one magnitude byte m, then `fine` bytes, little
 * endian.  m says how many low bits of the fine part count (0 to 8 * fine),
 * cubically skewed: under random bytes a third of all values are 0 and half
 * are below 4, yet each value up to 2^(8 * fine) - 1 is exact, and adding one
 * to a fine byte moves the value by one (or 256...).
 * Encoding is canonical: the fewest bits that hold the value.
 */
uint32_t hd_magfine_get(const uint8_t *p, unsigned fine);
void hd_magfine_put(uint8_t *p, unsigned fine, uint32_t v);

/*
 * How many of these bytes, from the start, are well-formed UTF-8 without
 * control characters (newline and tab are such, and so are marks that reorder
 * text).  Equal to size: all of them.
 */
size_t hd_utf8_printable(const uint8_t *p, size_t size);

#endif
