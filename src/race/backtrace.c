/*
 * backtrace.c - see backtrace.h.
 *
 * The table lives as long as the process, for the stacks of one execution are
 * those of the next; only a program that makes ever new ones (a recursion) has
 * it emptied between two executions.
 */
#include "backtrace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../base/elfsym.h"
#include "../engine/fiber.h"
#include "history.h"

enum { BUCKETS = 4096, KEPT_MAX = 65536 };

static struct hd_backtrace *bucket[BUCKETS];
static uint32_t kept;

void hd__backtrace_begin(void)
{
    if (kept <= KEPT_MAX)
        return;
    for (unsigned i = 0; i < BUCKETS; i++)
        while (bucket[i] != NULL) {
            struct hd_backtrace *b = bucket[i];
            bucket[i] = b->next;
            free(b);
        }
    kept = 0;
}

static bool same(const struct hd_backtrace *b, const uintptr_t *pc, uint32_t n)
{
    if (b->count != n)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (b->pc[i] != pc[i])
            return false;
    return true;
}

static const struct hd_backtrace *intern(const uintptr_t *pc, uint32_t n,
                                         uint64_t hash)
{
    struct hd_backtrace **at = &bucket[(hash ^ hash >> 32) % BUCKETS];
    for (const struct hd_backtrace *b = *at; b != NULL; b = b->next)
        if (b->hash == hash && same(b, pc, n))
            return b;
    struct hd_backtrace *b = malloc(sizeof *b + n * sizeof *pc);
    if (b == NULL)
        hd_die("no memory for a stack");
    b->next = *at;
    b->hash = hash;
    b->count = n;
    memcpy(b->pc, pc, n * sizeof *pc);
    *at = b;
    kept++;
    return b;
}

const struct hd_backtrace *hd__backtrace(const struct hd_task *t, uintptr_t pc,
                                         const void *frame)
{
    const char *low = t->fiber->low, *high = low + t->fiber->size;
    const void *const *fp = frame;
    uintptr_t found[HD_FRAMES_MAX];
    uint32_t n = 0;
    uint64_t hash = pc;
    bool callee = true; /* the first frame is the callee's own: it returns to pc */
    if (pc != 0)
        found[n++] = pc;
    while ((const char *)fp >= low && (const char *)(fp + 2) <= high &&
           ((uintptr_t)fp & 7) == 0 && n < HD_FRAMES_MAX) {
        uintptr_t ret = (uintptr_t)fp[1];
        if (ret != 0 && !(callee && ret == pc) && !hd__is_runtime(ret)) {
            found[n++] = ret;
            hash = (hash ^ ret) * 0x9e3779b97f4a7c15u;
        }
        callee = false;
        if ((const void *const *)fp[0] <= fp)
            break;
        fp = fp[0];
    }
    return intern(found, n, hash);
}

const struct hd_backtrace *hd__visit_stack(struct hd_visit *v)
{
    if (v->stack == NULL)
        v->stack = hd__backtrace(v->task, v->pc, v->frame);
    return v->stack;
}

void hd__backtrace_report(const struct hd_backtrace *b, struct hd_stack *out)
{
    uint64_t offset;
    out->count = 0;
    for (uint32_t i = 0; i < b->count; i++) {
        uint64_t rel = hd_relative(b->pc[i]);
        const char *function = hd_function_at(rel - 1, &offset);
        if (!hd__is_nobodys(function))
            out->pc[out->count++] = rel;
    }
}
