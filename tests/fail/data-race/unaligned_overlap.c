/*
 * One task writes a number of four bytes at an odd place of a packet, another one
 * a byte.  Where the byte is the number's last one they race, in every schedule;
 * in `buggy-two-words` the number reaches from one eight-byte word into the next,
 * and the byte is in the second.  The twin's byte is the one behind the number.
 */
#include <heddle/heddle.h>

struct __attribute__((packed)) number {
    uint32_t value;
};

struct place {
    unsigned char *packet;
    int at;
};

static void write_number(void *arg)
{
    struct place *p = arg;
    ((struct number *)(p->packet + p->at))->value = 0x01020304;
}

static void write_byte(void *arg)
{
    struct place *p = arg;
    p->packet[p->at] = 0xff;
}

static void run(int number_at, int byte_at)
{
    struct place *number = hd_alloc(sizeof(*number));
    struct place *byte = hd_alloc(sizeof(*byte));
    number->packet = byte->packet = hd_alloc(16);
    number->at = number_at;
    byte->at = byte_at;
    hd_go(write_number, number);
    hd_go(write_byte, byte);
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    run(1, 4);
}

static void buggy_two_words(const struct hd_input *in)
{
    (void)in;
    run(6, 9);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    run(6, 10);
}

HD_SCENARIO(unaligned_overlap) = {
    .name = "fail-data-race-unaligned-overlap",
    .title = "an unaligned number and a byte overlap in one byte",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_DATA_RACE}},
            {.name = "buggy-two-words",
             .run = buggy_two_words,
             .expect = {HD_DATA_RACE}},
            {.name = "fixed", .run = fixed},
        },
};
