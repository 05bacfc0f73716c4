/*
 * fibers.c - see fibers.h.
 *
 * The benchmark is linked with --wrap=jump_fcontext, so that heddle's switches are
 * counted where they are made, at the price of an increment and a direct jump each:
 * the wrapper ends in a tail call, which leaves the processor's stack of return
 * addresses alone.  The trace could not tell: a task that is switched away from
 * before its first operation leaves no record of its turn.  The bare loop calls the
 * real function.
 */
#include "fibers.h"

#include <stddef.h>

typedef void *fcontext_t;
struct transfer {
    fcontext_t from;
    void *data;
};
struct transfer __real_jump_fcontext(fcontext_t to, void *data);
struct transfer __wrap_jump_fcontext(fcontext_t to, void *data);
extern fcontext_t make_fcontext(void *stack_top, size_t size,
                                void (*entry)(struct transfer));

uint64_t bench_switches;

struct transfer __wrap_jump_fcontext(fcontext_t to, void *data)
{
    bench_switches++;
    return __real_jump_fcontext(to, data);
}

/* ---- the bare loop ---- */

enum { STACK_SIZE = 64 * 1024 };

struct pair {
    fcontext_t caller, second; /* caller: NULL until the first fiber runs */
    uint64_t left;             /* jumps */
};

static _Alignas(64) char stack[2][STACK_SIZE];

static void side(struct transfer t)
{
    struct pair *p = t.data;
    fcontext_t to = t.from;
    if (p->caller == NULL) {
        p->caller = t.from;
        to = p->second;
    }
    while (--p->left > 0)
        to = __real_jump_fcontext(to, p).from;
    __real_jump_fcontext(p->caller, p);
}

void bench_fibers(uint64_t jumps)
{
    fcontext_t first = make_fcontext(stack[0] + STACK_SIZE, STACK_SIZE, side);
    fcontext_t second = make_fcontext(stack[1] + STACK_SIZE, STACK_SIZE, side);
    struct pair p = {NULL, second, jumps};
    p.left--;
    __real_jump_fcontext(first, &p);
}
