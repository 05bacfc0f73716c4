/*
 * The scenario's own nondeterminism: a device that answers 0, 1 or, rarely, 2;
 * and code that does not know of the 2.  The default of a choice is 0, so the
 * plain run is clean and the find needs one deviation.  The twin knows it.
 */
#include <heddle/heddle.h>

static const char *status_text(uint32_t status, uint32_t known)
{
    static const char *const text[] = {"ok", "busy", "gone"};
    hd_assert(status < known);
    return text[status];
}

static void poll_device(uint32_t known)
{
    for (int i = 0; i < 3; i++)
        hd_log("device: %s", status_text(hd_choose(3), known));
}

static void buggy(const struct hd_input *in)
{
    (void)in;
    poll_device(2);
}

static void fixed(const struct hd_input *in)
{
    (void)in;
    poll_device(3);
}

HD_SCENARIO(choose) = {
    .name = "fail-assertion-choose",
    .title = "code does not know of one possible answer",
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_ASSERTION}},
            {.name = "fixed", .run = fixed},
        },
};
