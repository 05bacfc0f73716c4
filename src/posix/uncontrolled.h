/*
 * uncontrolled.h - the calls that heddle does not control, in one table.
 *
 * Such a call goes to libc as it is, and is named on stderr, once per name however
 * many executions a hunt has.  The table makes the enum, the wrappers
 * (uncontrolled.c) and what is said; docs/limits.md shows the same table, which a
 * test compares.
 *
 * A call that only waits for descriptors is here, too: it is named when no task can
 * run and none of this process's threads can make the descriptor ready, so that the
 * process really has to wait (fd_wait.c).
 */
#ifndef HD_POSIX_UNCONTROLLED_H
#define HD_POSIX_UNCONTROLLED_H

#include <stdbool.h>

/* X(GROUP, "what that means") */
#define HD_UNCONTROLLED_GROUPS(X)                                                  \
    X(PROCESS, "another process runs by itself, and heddle does not see it")       \
    X(CHILD, "it waits in real time, and no thread runs meanwhile")                \
    X(TIMER, "it goes off in real time")                                           \
    X(SIGNAL, "what timers, other processes and people send comes in real time")   \
    X(OUTSIDE, "it waits for another process in real time")                        \
    X(NETWORK, "it may wait for another machine, in real time")                    \
    X(QUEUE, "it may wait in real time, and no thread runs meanwhile")             \
    X(SHARED, "what other processes do to shared memory is not seen")              \
    X(KERNEL, "the kernel or libc does it beside the threads")                     \
    X(PRIORITY, "all threads have one priority")                                   \
    X(STACK,                                                                       \
      "the thread's stack is elsewhere, since heddle needs some of it as well")

/* Called by the wrappers of uncontrolled.c: X(GROUP, result, name, (parameters),
 * (arguments)) */
#define HD_UNCONTROLLED_WRAPPED(X)                                                 \
    X(PROCESS, int, posix_spawn,                                                   \
      (pid_t *restrict pid, const char *restrict path,                             \
       const posix_spawn_file_actions_t *restrict actions,                         \
       const posix_spawnattr_t *restrict attr, char *const argv[restrict],         \
       char *const envp[restrict]),                                                \
      (pid, path, actions, attr, argv, envp))                                      \
    X(PROCESS, int, posix_spawnp,                                                  \
      (pid_t *restrict pid, const char *restrict file,                             \
       const posix_spawn_file_actions_t *restrict actions,                         \
       const posix_spawnattr_t *restrict attr, char *const argv[restrict],         \
       char *const envp[restrict]),                                                \
      (pid, file, actions, attr, argv, envp))                                      \
    X(PROCESS, FILE *, popen, (const char *command, const char *mode),             \
      (command, mode))                                                             \
    X(PROCESS, int, execve,                                                        \
      (const char *path, char *const argv[], char *const envp[]),                  \
      (path, argv, envp))                                                          \
    X(PROCESS, int, execv, (const char *path, char *const argv[]), (path, argv))   \
    X(PROCESS, int, execvp, (const char *file, char *const argv[]), (file, argv))  \
    X(PROCESS, int, execvpe,                                                       \
      (const char *file, char *const argv[], char *const envp[]),                  \
      (file, argv, envp))                                                          \
    X(PROCESS, int, fexecve, (int fd, char *const argv[], char *const envp[]),     \
      (fd, argv, envp))                                                            \
    X(CHILD, int, system, (const char *command), (command))                        \
    X(CHILD, int, pclose, (FILE * stream), (stream))                               \
    X(CHILD, pid_t, wait, (int *status), (status))                                 \
    X(CHILD, pid_t, waitpid, (pid_t pid, int *status, int options),                \
      (pid, status, options))                                                      \
    X(CHILD, int, waitid, (idtype_t type, id_t id, siginfo_t * info, int options), \
      (type, id, info, options))                                                   \
    X(CHILD, pid_t, wait3, (int *status, int options, struct rusage *usage),       \
      (status, options, usage))                                                    \
    X(CHILD, pid_t, wait4,                                                         \
      (pid_t pid, int *status, int options, struct rusage *usage),                 \
      (pid, status, options, usage))                                               \
    X(TIMER, unsigned, alarm, (unsigned seconds), (seconds))                       \
    X(TIMER, useconds_t, ualarm, (useconds_t us, useconds_t interval),             \
      (us, interval))                                                              \
    X(TIMER, int, setitimer,                                                       \
      (__itimer_which_t which, const struct itimerval *restrict value,             \
       struct itimerval *restrict old),                                            \
      (which, value, old))                                                         \
    X(TIMER, int, timer_create,                                                    \
      (clockid_t clock, struct sigevent *restrict event, timer_t *restrict id),    \
      (clock, event, id))                                                          \
    X(TIMER, int, timerfd_create, (clockid_t clock, int flags), (clock, flags))    \
    X(SIGNAL, int, killpg, (pid_t group, int sig), (group, sig))                   \
    X(NETWORK, int, connect,                                                       \
      (int fd, __CONST_SOCKADDR_ARG address, socklen_t size), (fd, address, size)) \
    X(NETWORK, int, getaddrinfo,                                                   \
      (const char *restrict node, const char *restrict service,                    \
       const struct addrinfo *restrict hints, struct addrinfo **restrict result),  \
      (node, service, hints, result))                                              \
    X(NETWORK, struct hostent *, gethostbyname, (const char *name), (name))        \
    X(QUEUE, int, mq_send,                                                         \
      (mqd_t queue, const char *data, size_t size, unsigned priority),             \
      (queue, data, size, priority))                                               \
    X(QUEUE, ssize_t, mq_receive,                                                  \
      (mqd_t queue, char *data, size_t size, unsigned *priority),                  \
      (queue, data, size, priority))                                               \
    X(QUEUE, int, mq_timedsend,                                                    \
      (mqd_t queue, const char *data, size_t size, unsigned priority,              \
       const struct timespec *at),                                                 \
      (queue, data, size, priority, at))                                           \
    X(QUEUE, ssize_t, mq_timedreceive,                                             \
      (mqd_t queue, char *restrict data, size_t size, unsigned *restrict priority, \
       const struct timespec *restrict at),                                        \
      (queue, data, size, priority, at))                                           \
    X(QUEUE, int, msgsnd, (int queue, const void *data, size_t size, int flags),   \
      (queue, data, size, flags))                                                  \
    X(QUEUE, ssize_t, msgrcv,                                                      \
      (int queue, void *data, size_t size, long type, int flags),                  \
      (queue, data, size, type, flags))                                            \
    X(QUEUE, int, semop, (int set, struct sembuf *ops, size_t n), (set, ops, n))   \
    X(QUEUE, int, semtimedop,                                                      \
      (int set, struct sembuf *ops, size_t n, const struct timespec *timeout),     \
      (set, ops, n, timeout))                                                      \
    X(QUEUE, int, tcdrain, (int fd), (fd))                                         \
    X(SHARED, int, shm_open, (const char *name, int flags, mode_t mode),           \
      (name, flags, mode))                                                         \
    X(SHARED, void *, shmat, (int id, const void *address, int flags),             \
      (id, address, flags))                                                        \
    X(KERNEL, int, aio_read, (struct aiocb * request), (request))                  \
    X(KERNEL, int, aio_write, (struct aiocb * request), (request))                 \
    X(KERNEL, int, aio_fsync, (int op, struct aiocb *request), (op, request))      \
    X(KERNEL, int, aio_suspend,                                                    \
      (const struct aiocb *const list[], int n, const struct timespec *timeout),   \
      (list, n, timeout))                                                          \
    X(KERNEL, int, lio_listio,                                                     \
      (int mode, struct aiocb *const list[restrict], int n,                        \
       struct sigevent *restrict event),                                           \
      (mode, list, n, event))                                                      \
    X(KERNEL, int, mq_notify, (mqd_t queue, const struct sigevent *event),         \
      (queue, event))

/* Called where what is asked for decides, by hand: X(GROUP, name) */
#define HD_UNCONTROLLED_BY_HAND(X)                                                 \
    X(PROCESS, fork)                                                               \
    X(PROCESS, _Fork)                                                              \
    X(PROCESS, vfork)                                                              \
    X(PROCESS, clone)                                                              \
    X(PROCESS, execl)                                                              \
    X(PROCESS, execlp)                                                             \
    X(PROCESS, execle)                                                             \
    X(SIGNAL, sigaction)                                                           \
    X(SIGNAL, pause)                                                               \
    X(SIGNAL, sigsuspend)                                                          \
    X(SIGNAL, sigwait)                                                             \
    X(SIGNAL, sigwaitinfo)                                                         \
    X(SIGNAL, sigtimedwait)                                                        \
    X(SIGNAL, kill)                                                                \
    X(SIGNAL, sigqueue)                                                            \
    X(OUTSIDE, read)                                                               \
    X(OUTSIDE, readv)                                                              \
    X(OUTSIDE, write)                                                              \
    X(OUTSIDE, writev)                                                             \
    X(OUTSIDE, recv)                                                               \
    X(OUTSIDE, recvfrom)                                                           \
    X(OUTSIDE, recvmsg)                                                            \
    X(OUTSIDE, send)                                                               \
    X(OUTSIDE, sendto)                                                             \
    X(OUTSIDE, sendmsg)                                                            \
    X(OUTSIDE, accept)                                                             \
    X(OUTSIDE, accept4)                                                            \
    X(OUTSIDE, poll)                                                               \
    X(OUTSIDE, ppoll)                                                              \
    X(OUTSIDE, select)                                                             \
    X(OUTSIDE, pselect)                                                            \
    X(OUTSIDE, epoll_wait)                                                         \
    X(OUTSIDE, epoll_pwait)                                                        \
    X(OUTSIDE, epoll_pwait2)                                                       \
    X(OUTSIDE, recvmmsg)                                                           \
    X(OUTSIDE, sendmmsg)                                                           \
    X(OUTSIDE, preadv2)                                                            \
    X(OUTSIDE, preadv64v2)                                                         \
    X(OUTSIDE, pwritev2)                                                           \
    X(OUTSIDE, pwritev64v2)                                                        \
    X(OUTSIDE, sendfile)                                                           \
    X(OUTSIDE, splice)                                                             \
    X(OUTSIDE, tee)                                                                \
    X(OUTSIDE, vmsplice)                                                           \
    X(OUTSIDE, open)                                                               \
    X(OUTSIDE, flock)                                                              \
    X(OUTSIDE, lockf)                                                              \
    X(OUTSIDE, fcntl)                                                              \
    X(SHARED, pthread_mutexattr_setpshared)                                        \
    X(SHARED, pthread_condattr_setpshared)                                         \
    X(SHARED, pthread_rwlockattr_setpshared)                                       \
    X(SHARED, pthread_barrierattr_setpshared)                                      \
    X(SHARED, sem_init)                                                            \
    X(KERNEL, syscall)                                                             \
    X(PRIORITY, pthread_mutexattr_setprotocol)                                     \
    X(STACK, pthread_attr_setstack)

enum hd_uncontrolled {
#define X(group, name) HD_U_##name,
    HD_UNCONTROLLED_BY_HAND(X)
#undef X
#define X(group, result, name, parameters, arguments) HD_U_##name,
        HD_UNCONTROLLED_WRAPPED(X)
#undef X
            HD_UNCONTROLLED_COUNT,
};

/* Says that a call is not controlled, unless that was said before. */
void hd__uncontrolled(enum hd_uncontrolled call);

/* Only takes note, as is right in a handler of a signal. */
void hd__uncontrolled_note(enum hd_uncontrolled call);

/* Whether it was called, in this process or one that shares its notes. */
bool hd__uncontrolled_happened(enum hd_uncontrolled call);

/* Whether it was called in this process, or before that was forked: what other
 * executions called does not count. */
bool hd__uncontrolled_called(enum hd_uncontrolled call);

/* The same of any call that starts a process. */
bool hd__has_children(void);

/* As hd__uncontrolled(), around a call that may wait in libc: a watchdog can ask
 * where. */
void hd__uncontrolled_begin(enum hd_uncontrolled call);
void hd__uncontrolled_end(void);

/*
 * For who runs executions in child processes.  hd__uncontrolled_share() makes all
 * that it forks from now on share what happened.  Where their stderr is not the
 * user's, `quiet` makes them only take note; what was noted is for it to say.
 */
void hd__uncontrolled_share(void);
extern bool hd__uncontrolled_quiet;

/* The call that a child is in and that may wait in libc, or NULL. */
const char *hd__uncontrolled_now(void);

/* The table: what a call is called, and what it means that it is not controlled. */
const char *hd__uncontrolled_name(enum hd_uncontrolled call);
const char *hd__uncontrolled_text(enum hd_uncontrolled call);

#endif
