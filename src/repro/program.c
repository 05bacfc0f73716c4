/* program.c - see program.h. */
#include "program.h"

#include <stdio.h>

struct hd_program *hd_program_given;

void hd_program_options_write(const struct hd_program_options *o, char *to,
                              size_t size)
{
    snprintf(to, size, "1:%u:%x:%d:%d", o->hang_seconds, o->policies, o->no_races,
             o->expect_exit);
}

bool hd_program_options_read(struct hd_program_options *o, const char *text)
{
    int version, no_races, used = 0;
    if (sscanf(text, "%d:%u:%x:%d:%d%n", &version, &o->hang_seconds, &o->policies,
               &no_races, &o->expect_exit, &used) != 5)
        return false;
    o->no_races = no_races != 0;
    return version == 1 && text[used] == 0;
}

bool hd_program_expects(const struct hd_program_options *o, int status)
{
    return o->expect_exit == HD_EXIT_ANY || o->expect_exit == status;
}
