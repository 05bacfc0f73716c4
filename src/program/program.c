/* program.c - see the header. */
#include "program.h"

void hd__program_begin(void)
{
}

int hd__program_main(int (*main)(int, char **, char **), int argc, char **argv,
                     char **envp)
{
    return main(argc, argv, envp);
}
