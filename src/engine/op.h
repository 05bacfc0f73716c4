/*
 * op.h - the kinds of operations: one list that makes the enum, the names in
 * traces and files, and what the engine must know of each.
 *
 * Flags: S a sync operation (starts a segment), R reads memory, W writes
 * memory, A atomic, Q quiet: by itself it changes no state that another task
 * could wait for (what a spinning task does over and over).
 */
#ifndef HD_ENGINE_OP_H
#define HD_ENGINE_OP_H

#include <stdint.h>

enum {
    HD_OPF_S = 1,
    HD_OPF_R = 2,
    HD_OPF_W = 4,
    HD_OPF_A = 8,
    HD_OPF_Q = 16,
};

/* X(ENUM, "name", flags) */
#define HD_OPS(X)                                                                  \
    X(BEGIN, "task-begin", HD_OPF_S | HD_OPF_Q)                                    \
    X(EXIT, "task-exit", HD_OPF_S)                                                 \
    X(SPAWN, "spawn", HD_OPF_S)                                                    \
    X(JOIN, "join", HD_OPF_S | HD_OPF_Q)                                           \
    X(YIELD, "yield", HD_OPF_S | HD_OPF_Q)                                         \
    X(CHOOSE, "choose", HD_OPF_S | HD_OPF_Q)                                       \
    X(READ, "read", HD_OPF_R | HD_OPF_Q)                                           \
    X(WRITE, "write", HD_OPF_W)                                                    \
    X(READ_RANGE, "read-range", HD_OPF_R | HD_OPF_Q)                               \
    X(WRITE_RANGE, "write-range", HD_OPF_W)                                        \
    X(ATOMIC_LOAD, "atomic-load", HD_OPF_R | HD_OPF_A | HD_OPF_Q)                  \
    X(ATOMIC_STORE, "atomic-store", HD_OPF_W | HD_OPF_A)                           \
    X(ATOMIC_RMW, "atomic-rmw", HD_OPF_R | HD_OPF_W | HD_OPF_A)                    \
    X(ATOMIC_CAS, "atomic-cas", HD_OPF_R | HD_OPF_W | HD_OPF_A)                    \
    X(ATOMIC_SAME, "atomic-same", HD_OPF_R | HD_OPF_W | HD_OPF_A | HD_OPF_Q)       \
    X(FENCE, "fence", HD_OPF_A | HD_OPF_Q)                                         \
    X(SLEEP, "sleep", HD_OPF_S)                                                    \
    X(NOW, "clock-read", HD_OPF_S)                                                 \
    X(TIMER_NEW, "timer-new", HD_OPF_S)                                            \
    X(TIMER_STOP, "timer-stop", HD_OPF_S)                                          \
    X(TIMER_RESET, "timer-reset", HD_OPF_S)                                        \
    X(MUTEX_LOCK, "mutex-lock", HD_OPF_S)                                          \
    X(MUTEX_TRYLOCK, "mutex-trylock", HD_OPF_S | HD_OPF_Q)                         \
    X(MUTEX_UNLOCK, "mutex-unlock", HD_OPF_S)                                      \
    X(WG_ADD, "waitgroup-add", HD_OPF_S)                                           \
    X(WG_DONE, "waitgroup-done", HD_OPF_S)                                         \
    X(WG_WAIT, "waitgroup-wait", HD_OPF_S | HD_OPF_Q)                              \
    X(CHAN_SEND, "chan-send", HD_OPF_S)                                            \
    X(CHAN_RECV, "chan-recv", HD_OPF_S)                                            \
    X(CHAN_CLOSE, "chan-close", HD_OPF_S)                                          \
    X(SELECT, "select", HD_OPF_S | HD_OPF_Q)                                       \
    X(CTX_NEW, "context-new", HD_OPF_S)                                            \
    X(CTX_CANCEL, "context-cancel", HD_OPF_S)                                      \
    X(CTX_ERR, "context-err", HD_OPF_S | HD_OPF_Q)                                 \
    X(MAP_READ, "map-read", HD_OPF_S | HD_OPF_R | HD_OPF_Q)                        \
    X(MAP_WRITE, "map-write", HD_OPF_S | HD_OPF_W)                                 \
    X(MAP_INSIDE, "map-inside", HD_OPF_S | HD_OPF_Q)                               \
    X(RWLOCK_LOCK, "rwlock-lock", HD_OPF_S)                                        \
    X(RWLOCK_UNLOCK, "rwlock-unlock", HD_OPF_S)                                    \
    X(RWLOCK_RLOCK, "rwlock-rlock", HD_OPF_S)                                      \
    X(RWLOCK_RUNLOCK, "rwlock-runlock", HD_OPF_S)                                  \
    X(COND_WAIT, "cond-wait", HD_OPF_S)                                            \
    X(COND_SIGNAL, "cond-signal", HD_OPF_S | HD_OPF_Q)                             \
    X(COND_BROADCAST, "cond-broadcast", HD_OPF_S | HD_OPF_Q)                       \
    X(ONCE, "once", HD_OPF_S | HD_OPF_Q)                                           \
    X(ONCE_DONE, "once-done", HD_OPF_S)                                            \
    X(SEM_ACQUIRE, "semaphore-acquire", HD_OPF_S)                                  \
    X(SEM_TRY, "semaphore-try", HD_OPF_S | HD_OPF_Q)                               \
    X(SEM_RELEASE, "semaphore-release", HD_OPF_S)                                  \
    X(GROUP_GO, "group-go", HD_OPF_S)                                              \
    X(GROUP_TRY, "group-try", HD_OPF_S | HD_OPF_Q)                                 \
    X(GROUP_WAIT, "group-wait", HD_OPF_S | HD_OPF_Q)                               \
    X(GROUP_DONE, "group-done", HD_OPF_S)                                          \
    X(SYNCMAP_LOAD, "syncmap-load", HD_OPF_S | HD_OPF_R | HD_OPF_Q)                \
    X(SYNCMAP_STORE, "syncmap-store", HD_OPF_S | HD_OPF_W)                         \
    X(SYNCMAP_LOAD_OR_STORE, "syncmap-load-or-store",                              \
      HD_OPF_S | HD_OPF_R | HD_OPF_W | HD_OPF_Q)                                   \
    X(SYNCMAP_DELETE, "syncmap-delete", HD_OPF_S | HD_OPF_W)                       \
    X(POOL_SUBMIT, "pool-submit", HD_OPF_S)                                        \
    X(POOL_TAKE, "pool-take", HD_OPF_S)                                            \
    X(POOL_CLOSE, "pool-close", HD_OPF_S)                                          \
    X(PANIC, "panic", 0)                                                           \
    X(ASSERT, "assert", 0)                                                         \
    X(WORK, "work", 0)                                                             \
    X(FIRE, "timer-fires", 0)                                                      \
    X(RESULT, "result", 0)                                                         \
    X(LOG, "log", 0)                                                               \
    X(INIT, "init", HD_OPF_S | HD_OPF_Q)                                           \
    X(DESTROY, "destroy", HD_OPF_S | HD_OPF_Q)                                     \
    X(JOIN_TRY, "join-try", HD_OPF_S | HD_OPF_Q)                                   \
    X(DETACH, "detach", HD_OPF_S)                                                  \
    X(CANCEL, "cancel", HD_OPF_S)                                                  \
    X(CANCEL_TEST, "cancel-test", HD_OPF_S | HD_OPF_Q)                             \
    X(RWLOCK_TRY, "rwlock-try", HD_OPF_S | HD_OPF_Q)                               \
    X(SPIN_LOCK, "spin-lock", HD_OPF_S)                                            \
    X(SPIN_TRY, "spin-try", HD_OPF_S | HD_OPF_Q)                                   \
    X(SPIN_UNLOCK, "spin-unlock", HD_OPF_S)                                        \
    X(BARRIER_WAIT, "barrier-wait", HD_OPF_S)                                      \
    X(SEM_VALUE, "semaphore-value", HD_OPF_S | HD_OPF_Q)                           \
    X(KEY, "key-use", 0)                                                           \
    X(FD_READ, "fd-read", HD_OPF_S | HD_OPF_Q)                                     \
    X(FD_WRITE, "fd-write", HD_OPF_S | HD_OPF_Q)                                   \
    X(FD_CLOSE, "fd-close", HD_OPF_S)                                              \
    X(FD_LOCK, "fd-lock", HD_OPF_S)                                                \
    X(FD_POLL, "fd-poll", HD_OPF_S | HD_OPF_Q)                                     \
    X(FUTEX_WAIT, "futex-wait", HD_OPF_S | HD_OPF_Q)                               \
    X(FUTEX_WAKE, "futex-wake", HD_OPF_S | HD_OPF_Q)                               \
    X(FD_OPEN, "fd-open", HD_OPF_S)                                                \
    X(SIGNAL_SEND, "signal-send", HD_OPF_S)                                        \
    X(SIGNAL_WAIT, "signal-wait", HD_OPF_S | HD_OPF_Q)                             \
    X(HANDLER, "signal-handler", 0)

enum hd_op_kind {
    HD_OP_NONE = 0,
#define X(id, name, flags) HD_OP_##id,
    HD_OPS(X)
#undef X
        HD_OP_COUNT,
};

extern const char *const hd_op_names[HD_OP_COUNT];
extern const uint8_t hd_op_flags[HD_OP_COUNT];

#endif
