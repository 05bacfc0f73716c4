/*
 * process.h - what heddle's processes that watch each other have in common.
 *
 * They are the user's program as well, in part, so signal() is not used: with
 * ThreadSanitizer it ends in whatever the program calls sigaction().
 */
#ifndef HD_BASE_PROCESS_H
#define HD_BASE_PROCESS_H

#include <signal.h>
#include <stddef.h>
#include <sys/types.h>

/* As signal() would; handler: SIG_IGN or SIG_DFL. */
void hd_signal_set(int sig, __sighandler_t handler);

/* SIGCHLD and nothing else; blocked from here on, with what was blocked before in
 * *old: who waits for a child does so with sigtimedwait(). */
void hd_sigchld_only(sigset_t *set);
void hd_sigchld_block(sigset_t *old);

/* Memory that children of this process share with it, zeroed, of which only what is
 * touched is used.  Without any, hd_die(). */
void *hd_shared_map(size_t size);

/* In a child that is to end with its parent: the kernel kills it then.  If that was
 * between the fork and this call, it ends here. */
void hd_die_with(pid_t parent);

#endif
