/*
 * report_text.c - formats `text` (each distinct finding in full) and `triage`
 * (which inputs are the same bug), and what both end with: the inputs that show
 * nothing.
 */
#include <string.h>

#include "findings.h"
#include "text.h"

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void put_size(const struct hd_report_input *in, struct hd_bytes *out)
{
    hd_bytes_printf(out, "%zu deviation%s, %zu byte%s", in->deviations,
                    plural(in->deviations), in->size, plural(in->size));
}

/* What a reader must know of a finding besides the finding. */
static void put_marks(const struct hd_findings *r, const struct hd_report_case *c,
                      struct hd_bytes *out)
{
    if (!c->confirmed)
        hd_bytes_printf(out, "  not confirmed: a fresh process ran the same input "
                             "without this finding\n");
    if (r->input[c->smallest].moved)
        hd_bytes_printf(out,
                        "  moved: found after matching the deviations by task, "
                        "operation and occurrence\n");
    if (c->known)
        hd_bytes_printf(out, "  known: the baseline has this signature\n");
}

/* ---- what shows nothing, and the sum ---- */

static void put_others(const struct hd_findings *r, struct hd_bytes *out)
{
    for (int s = HD_INPUT_FOUND + 1; s <= HD_INPUT_SKIPPED; s++) {
        size_t n = hd_findings_in_state(r, (enum hd_input_state)s);
        if (!n)
            continue;
        hd_bytes_printf(out, "%s (%zu file%s):\n",
                        hd_input_state_text((enum hd_input_state)s), n, plural(n));
        for (size_t i = 0; i < r->inputs; i++) {
            if (r->input[i].state != (enum hd_input_state)s)
                continue;
            hd_bytes_printf(out, "  ");
            hd_report_quote(out, r->input[i].path);
            if (r->input[i].lost)
                hd_bytes_printf(out, "  %s", r->input[i].lost);
            hd_bytes_printf(out, "\n");
        }
        hd_bytes_printf(out, "\n");
    }
}

/* Files that show a finding, only not the one that they are named for. */
static void put_lost(const struct hd_findings *r, struct hd_bytes *out)
{
    for (size_t i = 0; i < r->inputs; i++) {
        if (r->input[i].state != HD_INPUT_FOUND || !r->input[i].lost)
            continue;
        hd_report_quote(out, r->input[i].path);
        hd_bytes_printf(out, " no longer shows %s\n", r->input[i].lost);
    }
}

static void put_sum(const struct hd_findings *r, struct hd_bytes *out)
{
    put_others(r, out);
    put_lost(r, out);
    size_t found = hd_findings_in_state(r, HD_INPUT_FOUND);
    hd_bytes_printf(out, "%zu distinct finding%s in %zu of %zu file%s",
                    r->case_count, plural(r->case_count), found, r->inputs,
                    plural(r->inputs));
    if (r->baseline)
        hd_bytes_printf(out, ", %zu new", hd_findings_new(r));
    if (r->interrupted)
        hd_bytes_printf(out, "; interrupted, not all files were run");
    hd_bytes_printf(out, "\n");
}

/* ---- the two formats ---- */

static void write_text(const struct hd_findings *r, struct hd_bytes *out)
{
    for (size_t i = 0; i < r->case_count; i++) {
        const struct hd_report_case *c = &r->cases[i];
        hd_bytes_put(out, c->text, strlen(c->text));
        put_marks(r, c, out);
        hd_bytes_printf(out, "  files: %zu, smallest ", c->inputs);
        hd_report_quote(out, r->input[c->smallest].path);
        hd_bytes_printf(out, " (");
        put_size(&r->input[c->smallest], out);
        hd_bytes_printf(out, ")\n\n");
    }
    put_sum(r, out);
}

static void put_member(const struct hd_report_case *c, size_t i,
                       const struct hd_findings *r, struct hd_bytes *out)
{
    hd_bytes_printf(out, "  %c ", i == c->smallest ? '*' : ' ');
    hd_report_quote(out, r->input[i].path);
    hd_bytes_printf(out, "  %s, ", r->input[i].flavor);
    put_size(&r->input[i], out);
    hd_bytes_printf(out, "\n");
}

static void write_triage(const struct hd_findings *r, struct hd_bytes *out)
{
    for (size_t i = 0; i < r->case_count; i++) {
        const struct hd_report_case *c = &r->cases[i];
        hd_bytes_printf(out, "%s/%s  %s\n", c->scenario, c->variant, c->signature);
        put_marks(r, c, out);
        for (size_t k = 0; k < c->inputs; k++)
            put_member(c, c->input[k], r, out);
        hd_bytes_printf(out, "\n");
    }
    put_sum(r, out);
}

const struct hd_report_format hd_format_text = {"text", write_text};
const struct hd_report_format hd_format_triage = {"triage", write_triage};
