/* fd_inner.h - descriptors that only this process can make ready (fd_inner.c). */
#ifndef HD_POSIX_FD_INNER_H
#define HD_POSIX_FD_INNER_H

#include <stdbool.h>

/* Costs some system calls: asked when an execution is about to stand still. */
bool hd__fd_is_inner(int fd);

#endif
