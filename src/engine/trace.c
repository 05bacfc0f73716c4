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

/* What of a record the hash takes: everything but addresses of accesses. */
static struct hd_record stable(const struct hd_record *r)
{
    const uint64_t low48 = 0xffffffffffffu;
    uint8_t flags = hd_op_flags[hd__record_kind(r)];
    bool access = (flags & (HD_OPF_R | HD_OPF_W)) && !(flags & HD_OPF_S);
    uint64_t pc = r->where & low48;
    return (struct hd_record){
        .where = (r->where & ~low48) | (pc == 0 ? 0 : hd_relative(pc)),
        .what = access ? r->what & ~low48 : r->what,
    };
}

/*
 * Chunk by chunk, each seeded with the hash so far: for the short traces of most
 * executions XXH3's streaming state would cost more than the hashing.
 */
uint64_t hd__trace_hash(void)
{
    enum { CHUNK = 128 };
    uint64_t hash = 0;
    struct hd_record buffer[CHUNK];
    const struct hd_record *r = hd__trace.first;
    do {
        size_t n = 0;
        for (; r < hd__trace.next && n < CHUNK; r++)
            buffer[n++] = stable(r);
        hash = XXH3_64bits_withSeed(buffer, n * sizeof buffer[0], hash);
    } while (r < hd__trace.next);
    return hash;
}
