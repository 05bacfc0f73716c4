/* fork.h - what a child process of code under test must not touch (fork.c). */
#ifndef HD_POSIX_FORK_H
#define HD_POSIX_FORK_H

/* A descriptor of heddle's own, which such a child closes. */
void hd__private_fd(int fd);

#endif
