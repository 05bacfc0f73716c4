/*
 * trace.c - the mapping that holds the trace, and its hash.
 */
#include "trace.h"

#include <sys/mman.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "../base/elfsym.h"
#include "../base/error.h"

struct hd_trace hd__trace;

/* Records that may follow the end of the budget: those that cannot fail. */
enum { TRACE_SLACK = 4096 };

const char *const hd_op_names[HD_OP_COUNT] = {[HD_OP_NONE] = "none",
#define X(id, name, flags) [HD_OP_##id] = (name),
                                              HD_OPS(X)
#undef X
};

const uint8_t hd_op_flags[HD_OP_COUNT] = {
#define X(id, name, flags) [HD_OP_##id] = (flags),
    HD_OPS(X)
#undef X
};

void hd__trace_begin(uint32_t steps_max)
{
    size_t room = (size_t)(hd__trace.limit - hd__trace.first);
    size_t need = (size_t)steps_max + TRACE_SLACK;
    if (room < need) {
        if (room > 0)
            munmap(hd__trace.first, room * sizeof *hd__trace.first);
        void *p = mmap(NULL, need * sizeof *hd__trace.first, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED)
            hd_die("no memory for a trace of %u steps", steps_max);
        hd__trace.first = p;
        hd__trace.limit = hd__trace.first + need;
    }
    hd__trace.next = hd__trace.first;
    hd__trace.end = hd__trace.first + steps_max;
}

/*
 * Addresses of accesses differ from process to process and are left out; what
 * sync operations and results carry (object ids, values) is kept.
 */
uint64_t hd__trace_hash(void)
{
    enum { CHUNK = 64 };
    uint64_t base = hd_load_base();
    XXH3_state_t state;
    XXH3_64bits_reset(&state);
    struct hd_record buffer[CHUNK];
    unsigned n = 0;
    for (const struct hd_record *r = hd__trace.first; r < hd__trace.next; r++) {
        enum hd_op_kind kind = hd__record_kind(r);
        bool access = (hd_op_flags[kind] & (HD_OPF_R | HD_OPF_W)) &&
                      !(hd_op_flags[kind] & HD_OPF_S);
        uint64_t pc = hd__record_pc(r);
        buffer[n].where = (r->where & ~0xffffffffffffu) |
                          ((pc == 0 ? 0 : pc - base) & 0xffffffffffffu);
        buffer[n].what = access ? r->what & ~0xffffffffffffu : r->what;
        if (++n == CHUNK) {
            XXH3_64bits_update(&state, buffer, sizeof buffer);
            n = 0;
        }
    }
    XXH3_64bits_update(&state, buffer, n * sizeof buffer[0]);
    return XXH3_64bits_digest(&state);
}
