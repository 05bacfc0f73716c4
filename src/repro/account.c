/*
 * account.c - capture, write, read and free the record of one execution.
 *
 * The encoding is private to one build of heddle (front end and workers come
 * from the same build), so it has no version; the reader still checks every
 * length, because a worker runs code that may write anywhere.
 */
#include "account.h"

#include <stdlib.h>
#include <string.h>

#include "../base/error.h"

/* More than any real execution has; keeps a corrupted count from allocating. */
enum { EXEC_ITEMS_MAX = 1 << 22 };

static void *exec_array(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p)
        hd_die("out of memory");
    return p;
}

static void capture_anchors(struct hd_account *e)
{
    e->anchor = exec_array(e->plan.count, sizeof *e->anchor);
    for (size_t i = 0; i < e->plan.count; i++) {
        struct hd_anchor a = hd_anchor_of(i);
        struct hd_account_anchor *to = &e->anchor[i];
        *to = (struct hd_account_anchor){.task = a.task,
                                         .op = a.op,
                                         .choice_task = a.choice_task,
                                         .occurrence = a.occurrence};
        if (a.pc)
            to->function = hd_function_at(a.pc, &to->function_offset);
    }
}

void hd_account_capture(struct hd_account *e, const struct hd_result *r,
                        const struct hd_input *in)
{
    *e = (struct hd_account){
        .outcome = r->outcome,
        .steps = r->steps,
        .tasks = r->tasks,
        .tasks_dropped = r->tasks_dropped,
        .preemptions = r->preemptions,
        .now_ns = r->now_ns,
        .starvation_ns = r->starvation_ns,
        .trace_hash = r->trace_hash,
        .findings = r->findings,
    };
    if (in)
        e->in = *in;
    e->finding = (struct hd_finding *)(uintptr_t)r->finding;
    hd_plan_copy(&e->plan, r->plan);
    capture_anchors(e);
    hd_account_symbolize(e);
}

struct hd_account_symbol hd_account_symbol_of(uint64_t pc)
{
    struct hd_account_symbol s = {.pc = pc};
    uint64_t number = pc >> HD_OBJECT_BIT;
    s.function = hd_function_at(pc ? pc - 1 : 0, &s.offset);
    const struct hd_object_file *o = number ? hd_loaded_at((unsigned)number) : NULL;
    s.library = o ? o->path : NULL;
    return s;
}

void hd_account_symbol_write(const struct hd_account_symbol *s,
                             struct hd_bytes *out)
{
    hd_bytes_u64(out, s->pc);
    hd_bytes_u64(out, s->offset);
    hd_bytes_str(out, s->function);
    hd_bytes_str(out, s->library);
}

void hd_account_symbol_read(struct hd_account_symbol *s, struct hd_reader *in)
{
    s->pc = hd_read_u64(in);
    s->offset = hd_read_u64(in);
    s->function = hd_read_str(in);
    s->library = hd_read_str(in);
}

static void symbol_add(struct hd_account *e, uint64_t pc)
{
    for (size_t i = 0; i < e->symbols; i++)
        if (e->symbol[i].pc == pc)
            return;
    e->symbol[e->symbols++] = hd_account_symbol_of(pc);
}

void hd_account_symbolize(struct hd_account *e)
{
    size_t n = 0;
    for (size_t i = 0; i < e->findings; i++)
        n += (size_t)e->finding[i].sites * HD_FRAMES_MAX;
    free(e->symbol);
    e->symbol = exec_array(n, sizeof *e->symbol);
    e->symbols = 0;
    for (size_t i = 0; i < e->findings; i++)
        for (uint32_t j = 0; j < e->finding[i].sites; j++) {
            const struct hd_stack *s = &e->finding[i].site[j].stack;
            for (uint32_t k = 0; k < s->count && k < HD_FRAMES_MAX; k++)
                symbol_add(e, s->pc[k]);
        }
}

void hd_account_plan_write(const struct hd_plan *p,
                           const struct hd_account_anchor *a, struct hd_bytes *out)
{
    hd_bytes_u32(out, (uint32_t)p->count);
    hd_bytes_u8(out, a != NULL);
    for (size_t i = 0; i < p->count; i++) {
        const struct hd_deviation *d = &p->dev[i];
        hd_bytes_u32(out, d->task);
        hd_bytes_u32(out, d->segment);
        hd_bytes_u32(out, d->offset);
        hd_bytes_u32(out, d->choice);
        hd_bytes_u32(out, (uint32_t)d->kind);
        if (!a)
            continue;
        hd_bytes_str(out, a[i].task);
        hd_bytes_str(out, a[i].op);
        hd_bytes_str(out, a[i].choice_task);
        hd_bytes_str(out, a[i].function);
        hd_bytes_u64(out, a[i].function_offset);
        hd_bytes_u32(out, a[i].occurrence);
    }
}

bool hd_account_plan_read(struct hd_plan *p, struct hd_account_anchor **a,
                          struct hd_reader *in)
{
    uint32_t n = hd_read_u32(in);
    bool anchored = hd_read_u8(in);
    if (in->bad || n > EXEC_ITEMS_MAX)
        return false;
    *a = anchored ? exec_array(n, sizeof **a) : NULL;
    for (uint32_t i = 0; i < n && !in->bad; i++) {
        struct hd_deviation d;
        d.task = hd_read_u32(in);
        d.segment = hd_read_u32(in);
        d.offset = hd_read_u32(in);
        d.choice = hd_read_u32(in);
        d.kind = (enum hd_choice_kind)hd_read_u32(in);
        hd_plan_add(p, d);
        if (!anchored)
            continue;
        struct hd_account_anchor *to = &(*a)[i];
        to->task = hd_read_str(in);
        to->op = hd_read_str(in);
        to->choice_task = hd_read_str(in);
        to->function = hd_read_str(in);
        to->function_offset = hd_read_u64(in);
        to->occurrence = hd_read_u32(in);
    }
    return !in->bad;
}

void hd_account_write(const struct hd_account *e, struct hd_bytes *out)
{
    hd_bytes_u64(out, e->index);
    hd_bytes_u32(out, (uint32_t)e->outcome);
    hd_bytes_u32(out, e->steps);
    hd_bytes_u32(out, e->tasks);
    hd_bytes_u32(out, e->tasks_dropped);
    hd_bytes_u32(out, e->preemptions);
    hd_bytes_u64(out, (uint64_t)e->now_ns);
    hd_bytes_u64(out, (uint64_t)e->starvation_ns);
    hd_bytes_u64(out, e->trace_hash);
    for (int i = 0; i < HD_PARAMS_MAX; i++)
        hd_bytes_u64(out, (uint64_t)e->in.param[i]);
    hd_account_plan_write(&e->plan, e->anchor, out);
    hd_bytes_u32(out, (uint32_t)e->findings);
    for (size_t i = 0; i < e->findings; i++)
        hd_finding_write(&e->finding[i], out);
    hd_bytes_str(out, e->call);
    hd_bytes_str(out, e->output);
    hd_bytes_u32(out, (uint32_t)e->symbols);
    for (size_t i = 0; i < e->symbols; i++)
        hd_account_symbol_write(&e->symbol[i], out);
}

static bool read_findings(struct hd_account *e, struct hd_reader *in)
{
    uint32_t n = hd_read_u32(in);
    if (in->bad || n > EXEC_ITEMS_MAX)
        return false;
    e->finding = exec_array(n, sizeof *e->finding);
    e->owns_findings = true;
    for (uint32_t i = 0; i < n; i++) {
        if (!hd_finding_read(&e->finding[i], in))
            return false;
        e->findings++;
    }
    return true;
}

static bool read_symbols(struct hd_account *e, struct hd_reader *in)
{
    uint32_t n = hd_read_u32(in);
    if (in->bad || n > EXEC_ITEMS_MAX)
        return false;
    e->symbol = exec_array(n, sizeof *e->symbol);
    for (uint32_t i = 0; i < n && !in->bad; i++) {
        hd_account_symbol_read(&e->symbol[i], in);
        e->symbols++;
    }
    return !in->bad;
}

bool hd_account_read(struct hd_account *e, const uint8_t *bytes, size_t size)
{
    *e = (struct hd_account){.bytes = exec_array(size, 1)};
    memcpy(e->bytes, bytes, size);
    struct hd_reader in = {.data = e->bytes, .size = size};
    e->index = hd_read_u64(&in);
    e->outcome = (enum hd_outcome)hd_read_u32(&in);
    e->steps = hd_read_u32(&in);
    e->tasks = hd_read_u32(&in);
    e->tasks_dropped = hd_read_u32(&in);
    e->preemptions = hd_read_u32(&in);
    e->now_ns = (int64_t)hd_read_u64(&in);
    e->starvation_ns = (int64_t)hd_read_u64(&in);
    e->trace_hash = hd_read_u64(&in);
    for (int i = 0; i < HD_PARAMS_MAX; i++)
        e->in.param[i] = (int64_t)hd_read_u64(&in);
    if (hd_account_plan_read(&e->plan, &e->anchor, &in) && read_findings(e, &in)) {
        e->call = hd_read_str(&in);
        e->output = hd_read_str(&in);
        if (read_symbols(e, &in) && e->outcome <= HD_OUTCOME_UNCONTROLLED)
            return true;
    }
    hd_account_free(e);
    return false;
}

void hd_account_copy(const struct hd_account *e, struct hd_account *out)
{
    struct hd_bytes b = {0};
    hd_account_write(e, &b);
    if (!hd_account_read(out, b.data, b.size))
        hd_bug("an execution's record cannot be read back");
    hd_bytes_free(&b);
}

void hd_account_free(struct hd_account *e)
{
    if (e->owns_findings) {
        for (size_t i = 0; i < e->findings; i++)
            free(e->finding[i].site);
        free(e->finding);
    }
    hd_plan_free(&e->plan);
    free(e->anchor);
    free(e->symbol);
    free(e->bytes);
    *e = (struct hd_account){.outcome = HD_OUTCOME_DONE};
}

const struct hd_finding *hd_account_find(const struct hd_account *e,
                                         const char *signature)
{
    for (size_t i = 0; i < e->findings; i++)
        if (!strcmp(e->finding[i].signature, signature))
            return &e->finding[i];
    return NULL;
}
