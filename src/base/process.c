/* process.c - see process.h. */
#include "process.h"

void hd_signal_set(int sig, __sighandler_t handler)
{
    struct sigaction sa = {.sa_handler = handler};
    sigaction(sig, &sa, NULL);
}
