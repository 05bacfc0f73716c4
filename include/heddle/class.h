/*
 * heddle/class.h - the classes of findings: one list that makes the enum, the
 * names in files and reports, and the texts.  The order is only the order of
 * listings; numbers never appear in files.
 */
#ifndef HEDDLE_CLASS_H
#define HEDDLE_CLASS_H

/* X(ENUM, "name", "what it means") */
#define HD_CLASSES(X)                                                              \
    X(DATA_RACE, "data-race",                                                      \
      "two accesses to the same memory, one of them a write, not ordered")         \
    X(DEADLOCK, "deadlock",                                                        \
      "tasks that can never run again while others wait for them")                 \
    X(TASK_LEAK, "task-leak",                                                      \
      "the execution is done and a task is blocked for ever")                      \
    X(TIMER_LEAK, "timer-leak", "a timer, ticker or context is alive at the end")  \
    X(MEMORY_LEAK, "memory-leak", "memory that nothing points to (LSan)")          \
    X(MEMORY_ERROR, "memory-error",                                                \
      "invalid access, undefined behaviour or stack overflow")                     \
    X(PANIC, "panic", "a panic that nobody recovered")                             \
    X(ASSERTION, "assertion", "an assertion failed, or abort was called")          \
    X(WAITGROUP_MISUSE, "waitgroup-misuse",                                        \
      "negative counter, Add races with Wait, or reuse before Wait returned")      \
    X(LOCK_MISUSE, "lock-misuse",                                                  \
      "unlock of a lock not held, a copied lock, or a relock")                     \
    X(CHANNEL_MISUSE, "channel-misuse", "send on closed, or double close")         \
    X(LOCK_ACROSS_BLOCK, "lock-across-block",                                      \
      "blocked while holding a lock that another task waits for")                  \
    X(CONCURRENT_MAP_WRITE, "concurrent-map-write",                                \
      "a map is used while another task writes it")                                \
    X(PREMATURE_RETURN, "premature-return", "returned while its work still ran")   \
    X(LATE_WORK, "late-work", "work started after it was stopped")                 \
    X(IGNORED_CANCEL, "ignored-cancel",                                            \
      "took longer than its bound to return after a cancel")                       \
    X(UNBOUNDED_TASKS, "unbounded-tasks",                                          \
      "more live tasks than the declared bound")                                   \
    X(FLAKY_VERDICT, "flaky-verdict",                                              \
      "the same test passes in one schedule and fails in another")                 \
    X(LIVELOCK, "livelock", "tasks run but nothing changes state any more")        \
    X(NONDETERMINISM, "nondeterminism", "the same plan gave two different traces")

enum hd_class {
    HD_NO_CLASS = 0,
#define X(id, name, text) HD_##id,
    HD_CLASSES(X)
#undef X
        HD_CLASS_COUNT,
};

/* The name of a class ("data-race"), and what it means.  "?" if it is none. */
const char *hd_class_name(enum hd_class c);
const char *hd_class_text(enum hd_class c);

/* The class of that name, or HD_NO_CLASS. */
enum hd_class hd_class_parse(const char *name);

#define HD_CLASS_BIT(c) (1u << (c))

#endif
