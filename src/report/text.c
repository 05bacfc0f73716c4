/* text.c - findings for people; see the header. */
#include "text.h"

#include <inttypes.h>
#include <string.h>

#include "../engine/plan.h"
#include "rules.h"

static void print_rules(FILE *out, const struct hd_scenario *s)
{
    for (int i = 0; i < HD_RULES_MAX && s->rules[i]; i++)
        fprintf(out, "  rule %d: %s\n", s->rules[i], hd_rule_text(s->rules[i]));
    if (s->fix)
        fprintf(out, "  fix: %s\n", s->fix);
}

static void print_params(FILE *out, const struct hd_report *r)
{
    size_t n = r->in ? hd_params_count(r->scenario->params) : 0;
    if (!n)
        return;
    fprintf(out, "  parameters:");
    for (size_t i = 0; i < n; i++)
        fprintf(out, " %s=%" PRId64, r->scenario->params[i].name, r->in->param[i]);
    fprintf(out, "\n");
}

static void print_schedule(FILE *out, const struct hd_report *r)
{
    fprintf(out, "  schedule: %zu deviation%s, %" PRIu32 " preemption%s",
            r->deviations, r->deviations == 1 ? "" : "s", r->preemptions,
            r->preemptions == 1 ? "" : "s");
    if (r->starvation_ns > 0)
        fprintf(out, ", needs %g ms of starvation", (double)r->starvation_ns / 1e6);
    fprintf(out, "\n");
}

static void print_site(FILE *out, const struct hd_site *s,
                       const struct hd_report *r)
{
    char line[4700];
    fprintf(out, "  task %s, %s", s->task, s->role);
    if (s->op && s->op[0])
        fprintf(out, ": %s", s->op);
    if (s->object)
        fprintf(out, " on %s", s->object);
    if (s->why)
        fprintf(out, " (%s)", s->why);
    fprintf(out, "\n");
    for (uint32_t i = 0; i < s->stack.count && i < HD_FRAMES_MAX; i++) {
        hd_symbolize(r->symbolizer, s->stack.pc[i], r->symbol, r->symbols, line,
                     sizeof line);
        fprintf(out, "    #%" PRIu32 " %s\n", i, line);
    }
}

/* Text of others, indented: a sanitizer's own report, what a program printed. */
static void print_text(FILE *out, const char *head, const char *detail)
{
    fprintf(out, "  %s:\n", head);
    while (*detail) {
        size_t n = strcspn(detail, "\n");
        fprintf(out, "    %.*s\n", (int)n, detail);
        detail += n + (detail[n] == '\n');
    }
}

void hd_report_finding(FILE *out, const struct hd_finding *f,
                       const struct hd_report *r)
{
    fprintf(out, "%s: %s\n", hd_class_name(f->cls), f->message);
    if (r->scenario)
        fprintf(out, "  %s/%s, flavor %s\n", r->scenario->name, r->variant,
                r->flavor);
    else
        fprintf(out, "  flavor %s\n", r->flavor);
    fprintf(out, "  signature: %s\n", f->signature);
    if (r->scenario) {
        print_rules(out, r->scenario);
        print_params(out, r);
    }
    print_schedule(out, r);
    for (uint32_t i = 0; i < f->sites; i++)
        print_site(out, &f->site[i], r);
    if (f->detail && f->detail[0])
        print_text(out, "detail", f->detail);
    if (r->output && r->output[0])
        print_text(out, "output", r->output);
    fprintf(out, "  replay: %s\n", r->replay);
}

void hd_report_quote(struct hd_bytes *out, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        "0123456789_-./:=,+@%";
    if (*word && word[strspn(word, plain)] == 0) {
        hd_bytes_put(out, word, strlen(word));
        return;
    }
    hd_bytes_u8(out, '\'');
    for (; *word; word++)
        if (*word == '\'')
            hd_bytes_put(out, "'\\''", 4);
        else
            hd_bytes_u8(out, (uint8_t)*word);
    hd_bytes_u8(out, '\'');
}

void hd_report_result(FILE *out, const struct hd_result *r,
                      const struct hd_scenario *scenario, const char *variant,
                      const struct hd_input *in)
{
    struct hd_symbolizer symbolizer;
    hd_symbolizer_init(&symbolizer, NULL);
    struct hd_report report = {.scenario = scenario,
                               .variant = variant,
                               .flavor = hd_flavor(),
                               .in = in,
                               .deviations = r->plan->count,
                               .preemptions = r->preemptions,
                               .starvation_ns = r->starvation_ns,
                               .symbolizer = &symbolizer,
                               .replay = "run again in this debugger"};
    for (size_t i = 0; i < r->findings; i++)
        hd_report_finding(out, &r->finding[i], &report);
    fprintf(out, "outcome %s, %zu finding%s, trace hash %016llx\n",
            hd_outcome_name(r->outcome), r->findings, r->findings == 1 ? "" : "s",
            (unsigned long long)r->trace_hash);
    hd_symbolizer_close(&symbolizer);
}
