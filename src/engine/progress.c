/* progress.c - see progress.h. */
#include "progress.h"

#include <string.h>

#include "clock.h"
#include "fiber.h"
#include "trace.h"

enum {
    /* Livelock: nothing changed for half of the step budget (a loop may well yield
     * a thousand times and count in a register), and each task that can run gave
     * way this often meanwhile. */
    LIVELOCK_TURNS = 3,
};

/* ---- what changes state ---- */

void hd__changed(void)
{
    hd__exec.last_change = hd__trace_len();
}

bool hd__touched(uintptr_t addr)
{
    enum { CACHE = 1024 };
    static struct {
        uint64_t epoch;
        uintptr_t addr;
    } seen[CACHE];
    size_t i = addr / 4 % CACHE;
    bool was = seen[i].epoch == hd__exec.epoch && seen[i].addr == addr;
    seen[i].epoch = hd__exec.epoch;
    seen[i].addr = addr;
    return was;
}

/* The whole of the largest access. */
static bool is_own(const struct hd_task *t, uintptr_t addr)
{
    return hd__fiber_holds(t->fiber, addr) && hd__fiber_holds(t->fiber, addr + 15);
}

static bool is_own_write(const struct hd_record *r)
{
    return hd__record_kind(r) == HD_OP_WRITE &&
           is_own(hd__exec.task[hd__record_task(r)], hd__record_what(r));
}

/* Accesses are looked at here, each once.  Returns whether there were writes of
 * tasks to their own stacks. */
static bool scan(void)
{
    struct hd_exec *x = &hd__exec;
    uint32_t len = hd__trace_len();
    bool own = false;
    for (uint32_t i = x->scanned; i < len; i++) {
        const struct hd_record *r = &hd__trace.first[i];
        uint8_t flags = hd_op_flags[hd__record_kind(r)];
        if ((flags & (HD_OPF_Q | HD_OPF_S)) != 0 || (flags & HD_OPF_W) == 0)
            continue;
        if (is_own_write(r))
            own = true;
        else if (x->last_change < i + 1)
            x->last_change = i + 1;
    }
    x->scanned = len;
    return own;
}

/* ---- a task's own stack ---- */

/* Whether the value at a task's address is another one than when last seen there.
 */
static bool value_changed(const struct hd_task *t, uintptr_t addr, uint64_t value)
{
    enum { CACHE = 256 };
    static struct {
        uint64_t epoch, addr, value;
    } seen[CACHE];
    uint64_t epoch = hd__exec.epoch;
    size_t i = ((addr - (uintptr_t)t->fiber->low) / 4 + 61 * t->index) % CACHE;
    bool same =
        seen[i].epoch == epoch && seen[i].addr == addr && seen[i].value == value;
    seen[i].epoch = epoch;
    seen[i].addr = addr;
    seen[i].value = value;
    return !same;
}

void hd__progress_observe(struct hd_task *t)
{
    const struct hd_record *r = hd__trace.next - 1;
    if (!is_own_write(r))
        return;
    t->own.written = hd__record_what(r);
    t->own.size_log = (uint8_t)hd__record_size_log(r);
    t->own.step = hd__trace_len() - 1;
}

void hd__progress_settle(struct hd_task *t)
{
    struct hd_exec *x = &hd__exec;
    uintptr_t addr = t->own.written;
    /* Where the caller's frame ends: behind the frame pointer and the return
     * address of heddle's function.  On a stack of its own a handler sees none. */
    uintptr_t end = (uintptr_t)t->frame + 2 * sizeof(void *);
    size_t size = (size_t)1 << t->own.size_log;
    uint64_t value = 0;
    t->own.written = 0;
    if (addr < end || !is_own(t, end))
        return;
    memcpy(&value, (const void *)addr, size < sizeof value ? size : sizeof value);
    if (value_changed(t, addr, value) && x->last_change < t->own.step + 1)
        x->last_change = t->own.step + 1;
}

/* ---- who gets nowhere ---- */

static uint32_t turns_since_change(struct hd_task *t)
{
    if (t->gave_way_at != hd__exec.last_change) {
        t->gave_way_at = hd__exec.last_change;
        t->gave_way = 0;
    }
    return t->gave_way;
}

bool hd__progress_spins(struct hd_task *t, uint32_t window)
{
    bool own = scan();
    bool quiet = hd__trace_len() - hd__exec.last_change >= window;
    bool known = t->own.observed || !own;
    t->own.observed = quiet;
    return quiet && known;
}

void hd__progress_turn(struct hd_task *t)
{
    scan();
    (void)turns_since_change(t);
    t->gave_way++;
    t->own.observed = true;
}

bool hd__progress_none(struct hd_task *t)
{
    const struct hd_exec *x = &hd__exec;
    if (hd__trace_len() - x->last_change < x->opt.steps_max / 2)
        return false;
    if (turns_since_change(t) < LIVELOCK_TURNS)
        return false;
    for (uint32_t i = 0; i < x->readies; i++)
        if (turns_since_change(x->ready[i]) < LIVELOCK_TURNS)
            return false;
    return !hd__clock_idle(); /* a long spin jumps to the next timer */
}
