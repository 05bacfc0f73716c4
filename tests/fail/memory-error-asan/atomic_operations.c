/*
 * Every atomic operation, in every size, on memory that was freed before: the
 * parameters choose.  Main frees and then starts the task, so that the error is in
 * every schedule and nothing races.  The twin frees when it has joined the task.
 *
 * An atomic is a call into heddle before AddressSanitizer has seen it, so the
 * checks are heddle's own, one for each operation and size.  The plain run has the
 * first of both; tests/cli/atomics_asan.bats goes through all.
 */
#include <heddle/heddle.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { OPERATION, SIZE }; /* the parameters */

enum {
    LOAD,
    STORE,
    EXCHANGE,
    FETCH_ADD,
    FETCH_SUB,
    FETCH_AND,
    FETCH_OR,
    FETCH_XOR,
    CAS_STRONG,
    CAS_WEAK,
    OPERATIONS,
};

/* 16 bytes: flavor asan is clang's alone, and gcc would call libatomic. */
#if defined(__clang__)
#define SIZES(X) X(8) X(16) X(32) X(64) X(128)
#pragma clang diagnostic ignored "-Watomic-alignment"
#if defined(__x86_64__)
#define WIDE __attribute__((target("cx16")))
#else
#define WIDE
#endif
#else
#define SIZES(X) X(8) X(16) X(32) X(64)
#define WIDE
#endif

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef unsigned __int128 u128;

#define OPERATE(bits)                                                              \
    WIDE static void operate##bits(int operation, _Atomic u##bits *a)              \
    {                                                                              \
        u##bits expected = 0;                                                      \
        switch (operation) {                                                       \
        case LOAD:                                                                 \
            (void)atomic_load_explicit(a, memory_order_acquire);                   \
            break;                                                                 \
        case STORE:                                                                \
            atomic_store_explicit(a, 1, memory_order_relaxed);                     \
            break;                                                                 \
        case EXCHANGE:                                                             \
            (void)atomic_exchange(a, 1);                                           \
            break;                                                                 \
        case FETCH_ADD:                                                            \
            (void)atomic_fetch_add(a, 1);                                          \
            break;                                                                 \
        case FETCH_SUB:                                                            \
            (void)atomic_fetch_sub(a, 1);                                          \
            break;                                                                 \
        case FETCH_AND:                                                            \
            (void)atomic_fetch_and(a, 1);                                          \
            break;                                                                 \
        case FETCH_OR:                                                             \
            (void)atomic_fetch_or(a, 1);                                           \
            break;                                                                 \
        case FETCH_XOR:                                                            \
            (void)atomic_fetch_xor(a, 1);                                          \
            break;                                                                 \
        case CAS_STRONG:                                                           \
            (void)atomic_compare_exchange_strong(a, &expected, 1);                 \
            break;                                                                 \
        default:                                                                   \
            (void)atomic_compare_exchange_weak(a, &expected, 1);                   \
            break;                                                                 \
        }                                                                          \
    }
SIZES(OPERATE)

struct job {
    int operation, size_log;
    void *block;
};

static void operate(void *arg)
{
    const struct job *job = arg;
#define CASE(bits)                                                                 \
    if (bits == 8 << job->size_log)                                                \
        operate##bits(job->operation, job->block);
    SIZES(CASE)
}

static struct job *job_new(const struct hd_input *in)
{
    struct job *job = hd_alloc(sizeof(*job));
    job->operation = (int)in->param[OPERATION];
    job->size_log = (int)in->param[SIZE];
    job->block = calloc(1, 16);
    hd_assert(job->block != NULL);
    return job;
}

static void buggy(const struct hd_input *in)
{
    struct job *job = job_new(in);
    free(job->block);
    hd_go(operate, job);
}

static void fixed(const struct hd_input *in)
{
    struct job *job = job_new(in);
    hd_join(hd_go(operate, job));
    free(job->block);
}

HD_SCENARIO(atomic_operations) = {
    .name = "fail-memory-error-atomic-operations",
    .title = "any atomic operation of any size on freed memory",
    .params =
        {
            [OPERATION] = {"operation", LOAD, OPERATIONS - 1, HD_LINEAR, 1,
                           "which atomic operation"},
            [SIZE] = {"size", 0, 4, HD_LINEAR, 1, "log2 of its bytes"},
        },
    .variants =
        {
            {.name = "buggy", .run = buggy, .expect = {HD_MEMORY_ERROR}},
            {.name = "fixed", .run = fixed},
        },
};
