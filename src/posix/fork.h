/* fork.h - what code under test, and a child process of it, must not touch. */
#ifndef HD_POSIX_FORK_H
#define HD_POSIX_FORK_H

#include <stdbool.h>
#include <sys/types.h>

/* A descriptor of heddle's own, which code under test cannot close (private.c). */
void hd__private_fd(int fd);
bool hd__is_private_fd(int fd);

/* In such a child: closes them. */
void hd__private_close(void);

/* A fork of heddle's own, of which the program's handlers do not hear (atfork.c).
 */
pid_t hd__fork_unnoticed(void);

#endif
