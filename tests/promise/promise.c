/*
 * promise.c - measures the promises of the plan codec over recorded runs of the
 * catalog's targets.  Linked with the targets in each flavor.
 *
 *   promise delete         deletes each deviation of recorded runs in turn, and
 *                          prints how many of the others still apply to the
 *                          same operation of the same task
 *   promise record FILE    writes recorded runs, with what each deviation hit
 *   promise check FILE     runs such a file in this flavor and prints how many
 *                          of its deviations at sync operations hit the same
 *                          operation here
 *
 * Output is one line `KEPT of ALL` per measure, for promise.bats to judge.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "repro/draw.h"

enum { RUNS = 24, SEED = 20261123, SHORT = 24 };

struct run {
    const struct hd_scenario *scenario;
    const struct hd_variant *variant;
    struct hd_input in;
    struct hd_plan plan;
    char (*op)[64]; /* what deviation i applied to: "main.1 chan-send" */
};

static void die(const char *what)
{
    fprintf(stderr, "promise: %s\n", what);
    exit(4);
}

/*
 * The operation that a position of a task means in the last execution, as
 * "main.1 chan-send worker"; false if the task never got there.  An offset past
 * the end of its segment means the next sync operation.
 */
static bool operation_at(const struct hd_deviation *d, char out[64])
{
    uint32_t segment = 0, offset = 0;
    for (const struct hd_record *r = hd__trace.first; r < hd__trace.next; r++) {
        enum hd_op_kind kind = hd__record_kind(r);
        uint8_t flags = hd_op_flags[kind];
        bool sync = flags & HD_OPF_S;
        bool access = !sync && (flags & (HD_OPF_R | HD_OPF_W | HD_OPF_A));
        if (hd__record_task(r) != d->task || (!sync && !access))
            continue;
        if (sync && kind != HD_OP_BEGIN) {
            segment++;
            offset = 0;
        } else if (access) {
            offset++;
        }
        if (segment < d->segment || (segment == d->segment && offset < d->offset))
            continue;
        snprintf(out, 64, "%s %s %s", hd__task_path(hd__exec.task[d->task]),
                 hd_op_names[kind], hd__function(hd__record_pc(r)));
        return true;
    }
    return false;
}

static void note_ops(struct run *r)
{
    r->op = calloc(r->plan.count + 1, sizeof *r->op);
    for (size_t i = 0; i < r->plan.count; i++)
        if (!operation_at(&r->plan.dev[i], r->op[i]))
            snprintf(r->op[i], sizeof r->op[i], "never performed");
}

/* Records run i of a variant with a strategy that switches a lot. */
static struct run record(const struct hd_scenario *s, const struct hd_variant *v,
                         unsigned i)
{
    static const char *const strategies[] = {"random", "pct", "pos"};
    const struct hd_strategy *strategy = hd_strategy_find(strategies[i % 3]);
    struct run r = {.scenario = s, .variant = v};
    uint64_t seed;
    hd_draw(s, strategy, SEED, i + 1, &r.in, &seed);
    struct hd_options o = HD_OPTIONS_DEFAULT;
    o.strategy = strategy;
    o.seed = seed;
    const struct hd_result *result = hd_run_scenario(s, v, &r.in, &o);
    hd_plan_copy(&r.plan, result->plan);
    note_ops(&r);
    return r;
}

static void forget(struct run *r)
{
    hd_plan_free(&r->plan);
    free(r->op);
}

/* Whether deviation d, which hit `op`, hits it in the last execution as well. */
static bool hit_again(const struct hd_deviation *d, const char *op)
{
    char now[64];
    if (!operation_at(d, now))
        snprintf(now, sizeof now, "never performed");
    return strcmp(now, op) == 0;
}

/* Through the bytes, as a fuzzer that deletes 15 of them would do it. */
static void plan_without(const struct run *r, size_t gone, struct hd_plan *out)
{
    struct hd_bytes bytes = {0};
    hd_plan_encode(&r->plan, &bytes);
    memmove(bytes.data + gone * HD_DEVIATION_SIZE,
            bytes.data + (gone + 1) * HD_DEVIATION_SIZE,
            bytes.size - (gone + 1) * HD_DEVIATION_SIZE);
    hd_plan_decode(out, bytes.data, bytes.size - HD_DEVIATION_SIZE);
    hd_bytes_free(&bytes);
}

static void measure_delete(const struct run *r, unsigned long *kept,
                           unsigned long *all)
{
    const struct hd_strategy *follow = hd_strategy_find("plan");
    for (size_t gone = 0; gone < r->plan.count; gone++) {
        struct hd_plan less = {0};
        plan_without(r, gone, &less);
        struct hd_options o = HD_OPTIONS_DEFAULT;
        o.strategy = follow;
        o.plan = &less;
        hd_run_scenario(r->scenario, r->variant, &r->in, &o);
        for (size_t i = 0; i < less.count; i++) {
            size_t was = i < gone ? i : i + 1;
            *kept += hit_again(&less.dev[i], r->op[was]);
            ++*all;
        }
        hd_plan_free(&less);
    }
}

static void each_run(void (*use)(struct run *r, void *arg), void *arg)
{
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    for (size_t s = 0; s < n; s++)
        for (int v = 0; v < HD_VARIANTS_MAX && list[s]->variants[v].name; v++)
            for (unsigned i = 0; i < RUNS; i++) {
                struct run r = record(list[s], &list[s]->variants[v], i);
                if (r.plan.count >= 2 && r.plan.count <= SHORT)
                    use(&r, arg);
                forget(&r);
            }
}

struct count {
    unsigned long kept, all;
};

static void use_delete(struct run *r, void *arg)
{
    struct count *c = arg;
    measure_delete(r, &c->kept, &c->all);
}

/* ---- across flavors ---- */

static void use_record(struct run *r, void *arg)
{
    FILE *f = arg;
    struct hd_bytes params = {0}, plan = {0};
    hd_params_encode(r->scenario->params, &r->in, &params);
    hd_plan_encode(&r->plan, &plan);
    fprintf(f, "%s %s %zu", r->scenario->name, r->variant->name, r->plan.count);
    for (int half = 0; half < 2; half++) {
        const struct hd_bytes *b = half == 0 ? &params : &plan;
        fputc(' ', f);
        fputc('=', f);
        for (size_t i = 0; i < b->size; i++)
            fprintf(f, "%02x", b->data[i]);
    }
    fputc('\n', f);
    for (size_t i = 0; i < r->plan.count; i++)
        fprintf(f, "%s\n", r->op[i]);
    hd_bytes_free(&params);
    hd_bytes_free(&plan);
}

static void unhex(const char *text, struct hd_bytes *out)
{
    for (text++; text[0] != '\0' && text[1] != '\0'; text += 2) {
        char two[3] = {text[0], text[1], '\0'};
        hd_bytes_u8(out, (uint8_t)strtoul(two, NULL, 16));
    }
}

/* Reads one run; false at the end of the file. */
static bool load(FILE *f, struct run *r)
{
    static char scenario[128], variant[128], params[4096], plan[65536];
    size_t count;
    struct hd_bytes b = {0};
    if (fscanf(f, "%127s %127s %zu %4095s %65535s\n", scenario, variant, &count,
               params, plan) != 5)
        return false;
    *r = (struct run){.scenario = hd_scenario_find(scenario)};
    if (r->scenario == NULL)
        die("a recorded scenario does not exist");
    r->variant = hd_variant_find(r->scenario, variant);
    unhex(params, &b);
    hd_params_decode(r->scenario->params, b.data, b.size, &r->in);
    b.size = 0;
    unhex(plan, &b);
    hd_plan_decode(&r->plan, b.data, b.size);
    hd_bytes_free(&b);
    if (r->plan.count != count)
        die("a recorded plan is broken");
    r->op = calloc(count + 1, sizeof *r->op);
    for (size_t i = 0; i < count; i++) {
        if (fgets(r->op[i], sizeof r->op[i], f) == NULL)
            die("a recorded run is cut off");
        r->op[i][strcspn(r->op[i], "\n")] = '\0';
    }
    return true;
}

static bool at_sync(const struct hd_deviation *d)
{
    return d->offset == 0;
}

static void check(const char *path)
{
    FILE *f = fopen(path, "r");
    struct count c = {0, 0};
    struct run r;
    if (f == NULL)
        die("no such recording");
    while (load(f, &r)) {
        struct hd_options o = HD_OPTIONS_DEFAULT;
        o.strategy = hd_strategy_find("plan");
        o.plan = &r.plan;
        hd_run_scenario(r.scenario, r.variant, &r.in, &o);
        for (size_t i = 0; i < r.plan.count; i++) {
            if (!at_sync(&r.plan.dev[i]))
                continue;
            c.kept += hit_again(&r.plan.dev[i], r.op[i]);
            c.all++;
        }
        forget(&r);
    }
    fclose(f);
    printf("%lu of %lu\n", c.kept, c.all);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "delete") == 0) {
        struct count c = {0, 0};
        each_run(use_delete, &c);
        printf("%lu of %lu\n", c.kept, c.all);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "record") == 0) {
        FILE *f = fopen(argv[2], "w");
        if (f == NULL)
            die("cannot write the recording");
        each_run(use_record, f);
        return fclose(f) == 0 ? 0 : 4;
    }
    if (argc == 3 && strcmp(argv[1], "check") == 0) {
        check(argv[2]);
        return 0;
    }
    die("usage: promise delete | record FILE | check FILE");
}
