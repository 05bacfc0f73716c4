/* fork.h - what code under test, and a child process of it, must not touch. */
#ifndef HD_POSIX_FORK_H
#define HD_POSIX_FORK_H

#include <stdbool.h>

/* A descriptor of heddle's own, which code under test cannot close (private.c). */
void hd__private_fd(int fd);
bool hd__is_private_fd(int fd);

/* In such a child: closes them. */
void hd__private_close(void);

#endif
