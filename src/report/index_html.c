/*
 * index_html.c - format `html`: one self-contained page over a whole directory.  A
 * table with one row per target, which sorts and filters, then one section per
 * distinct finding.  Its style and script are files of src/report/html.
 *
 * The page loads nothing: style and script are in it, and its content security
 * policy forbids everything else.  Without scripts it is the same page, only
 * unsorted.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "class_help.h"
#include "escape.h"
#include "findings.h"

/* From src/report/html, through cmake/embed.cmake. */
extern const char hd_index_css[], hd_index_js[];

/* What a row shows, the worst first: this is also the order of sorting. */
enum result { NEW, KNOWN, TROUBLE, GONE, CLEAN };
static const char *const result_names[] = {"new", "known", "trouble", "gone",
                                           "clean"};
static const char *const result_texts[] = {"found", "known", "not run", "gone",
                                           "clean"};

struct row {
    enum result result;
    size_t files, findings;
    uint64_t executions;
    bool hunted;
};

static void put_tagged(struct hd_bytes *out, const char *before, const char *text,
                       const char *after)
{
    hd_text_put(out, before);
    hd_escape_xml(out, text);
    hd_text_put(out, after);
}

static void worse(struct row *w, enum result r)
{
    if (r < w->result)
        w->result = r;
}

static struct row row_make(const struct hd_findings *r,
                           const struct hd_report_row *row)
{
    struct row w = {.result = CLEAN};
    for (size_t i = 0; i < r->case_count; i++)
        if (hd_row_has(row, r->cases[i].scenario, r->cases[i].variant, NULL)) {
            w.findings++;
            worse(&w, r->cases[i].known ? KNOWN : NEW);
        }
    for (size_t i = 0; i < r->inputs; i++) {
        const struct hd_report_input *in = &r->input[i];
        if (!hd_row_has(row, in->scenario, in->variant, NULL))
            continue;
        w.files++;
        if (in->state == HD_INPUT_GONE)
            worse(&w, GONE);
        else if (in->state != HD_INPUT_FOUND && in->state != HD_INPUT_NOTHING)
            worse(&w, TROUBLE);
    }
    for (size_t i = 0; i < r->jobs; i++) {
        const struct hd_report_job *j = &r->job[i];
        if (!hd_row_has(row, j->scenario, j->variant, NULL))
            continue;
        w.hunted = true;
        w.executions += j->executions;
        if (j->failed || j->interrupted || j->hangs)
            worse(&w, TROUBLE);
        else if (j->findings && !w.findings)
            worse(&w, GONE); /* no file shows what the hunt had found */
    }
    return w;
}

/* ---- the table ---- */

static void put_flavors(const struct hd_findings *r,
                        const struct hd_report_row *row, struct hd_bytes *out)
{
    struct hd_report_row *each;
    size_t n = hd_findings_rows(r, true, &each);
    const char *comma = "";
    for (size_t i = 0; i < n; i++)
        if (hd_row_has(row, each[i].scenario, each[i].variant, NULL)) {
            hd_text_put(out, comma);
            hd_escape_xml(out, each[i].flavor);
            comma = ", ";
        }
    free(each);
}

static void put_links(const struct hd_findings *r, const struct hd_report_row *row,
                      struct hd_bytes *out)
{
    for (size_t i = 0; i < r->case_count; i++) {
        const struct hd_report_case *c = &r->cases[i];
        if (!hd_row_has(row, c->scenario, c->variant, NULL))
            continue;
        hd_bytes_printf(out, "<a class=\"%s\" href=\"#f%zu\">",
                        c->known ? "known" : "new", i + 1);
        hd_escape_xml(out, hd_class_name(c->cls));
        hd_text_put(out, "</a> ");
    }
}

static void put_row(const struct hd_findings *r, const struct hd_report_row *row,
                    struct hd_bytes *out)
{
    struct row w = row_make(r, row);
    hd_bytes_printf(out, "<tr data-result=\"%s\">", result_names[w.result]);
    put_tagged(out, "<th scope=\"row\">", row->scenario, "</th>");
    put_tagged(out, "<td>", row->variant, "</td>");
    hd_text_put(out, "<td>");
    put_flavors(r, row, out);
    hd_bytes_printf(
        out, "</td><td data-key=\"%d\"><span class=\"badge %s\">%s</span></td>",
        w.result, result_names[w.result], result_texts[w.result]);
    hd_bytes_printf(out, "<td data-key=\"%zu\">", w.findings);
    put_links(r, row, out);
    hd_bytes_printf(out, "</td><td class=\"n\" data-key=\"%zu\">%zu</td>", w.files,
                    w.files);
    hd_bytes_printf(out, "<td class=\"n\" data-key=\"%" PRIu64 "\">", w.executions);
    if (w.hunted)
        hd_bytes_printf(out, "%" PRIu64, w.executions);
    hd_text_put(out, "</td></tr>\n");
}

static void put_table(const struct hd_findings *r, struct hd_bytes *out)
{
    static const char *const head[] = {"Target",   "Variant", "Flavors",   "Result",
                                       "Findings", "Files",   "Executions"};
    struct hd_report_row *row;
    size_t rows = hd_findings_rows(r, false, &row);
    hd_text_put(out, "<table id=\"targets\"><thead><tr>");
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        hd_bytes_printf(
            out, "<th scope=\"col\"><button type=\"button\">%s</button></th>",
            head[i]);
    hd_text_put(out, "</tr></thead><tbody>\n");
    for (size_t i = 0; i < rows; i++)
        put_row(r, &row[i], out);
    hd_text_put(out, "</tbody></table>\n");
    free(row);
}

/* ---- a finding ---- */

static void put_files(const struct hd_findings *r, const struct hd_report_case *c,
                      struct hd_bytes *out)
{
    hd_bytes_printf(out, "<details><summary>%zu file%s</summary><ul>", c->inputs,
                    c->inputs == 1 ? "" : "s");
    for (size_t i = 0; i < c->inputs; i++) {
        const struct hd_report_input *in = &r->input[c->input[i]];
        put_tagged(out, "<li><code>", in->path, "</code> ");
        hd_escape_xml(out, in->flavor);
        hd_bytes_printf(out, ", %zu deviation%s%s</li>", in->deviations,
                        in->deviations == 1 ? "" : "s",
                        c->input[i] == c->smallest ? ", the smallest" : "");
    }
    hd_text_put(out, "</ul></details>\n");
}

static void put_case(const struct hd_findings *r, size_t i, struct hd_bytes *out)
{
    const struct hd_report_case *c = &r->cases[i];
    hd_bytes_printf(out,
                    "<article id=\"f%zu\"><h3><span class=\"badge %s\">%s</span> ",
                    i + 1, c->known ? "known" : "new", hd_class_name(c->cls));
    hd_escape_xml(out, c->scenario);
    put_tagged(out, "/", c->variant, "</h3>\n");
    put_tagged(out, "<p>", c->message, "</p>\n");
    if (!c->confirmed)
        hd_text_put(out, "<p class=\"warn\">Not confirmed: a fresh process ran the "
                         "same input without this finding.</p>\n");
    put_tagged(out, "<dl><dt>Signature</dt><dd><code>", c->signature,
               "</code></dd>");
    if (c->about->fix)
        put_tagged(out, "<dt>Fix</dt><dd>", c->about->fix, "</dd>");
    put_tagged(out, "<dt>Advice</dt><dd>", hd_class_help(c->cls), "</dd>");
    put_tagged(out, "<dt>Replay</dt><dd><code>", c->replay, "</code></dd></dl>\n");
    if (c->page) {
        hd_text_put(out, "<p><a class=\"go\" href=\"");
        hd_escape_uri(out, c->page);
        hd_text_put(out, "\">Show the interleaving</a></p>\n");
    }
    put_tagged(out, "<details open><summary>Report</summary><pre>", c->text,
               "</pre></details>\n");
    put_files(r, c, out);
    hd_text_put(out, "</article>\n");
}

static void put_others(const struct hd_findings *r, struct hd_bytes *out)
{
    if (hd_findings_in_state(r, HD_INPUT_FOUND) == r->inputs)
        return;
    hd_text_put(out, "<h2>Files without a finding</h2>\n<ul>");
    for (size_t i = 0; i < r->inputs; i++) {
        const struct hd_report_input *in = &r->input[i];
        if (in->state == HD_INPUT_FOUND)
            continue;
        put_tagged(out, "<li><code>", in->path, "</code> ");
        hd_escape_xml(out, hd_input_state_text(in->state));
        if (in->lost)
            put_tagged(out, ": <code>", in->lost, "</code>");
        hd_text_put(out, "</li>\n");
    }
    hd_text_put(out, "</ul>\n");
}

/* ---- the page ---- */

static void put_head(const struct hd_findings *r, struct hd_bytes *out)
{
    hd_text_put(
        out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
             "'none'; "
             "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n");
    put_tagged(out, "<title>Heddle: ", r->directory, "</title>\n<style>");
    hd_text_put(out, hd_index_css);
    hd_text_put(out, "</style></head><body>\n");
    put_tagged(out, "<header><h1>Heddle: <code>", r->directory,
               "</code></h1>\n<p>");
    size_t known = r->case_count - hd_findings_new(r);
    hd_bytes_printf(out, "%zu distinct finding%s", r->case_count,
                    r->case_count == 1 ? "" : "s");
    if (r->baseline)
        hd_bytes_printf(out, ", %zu of them known", known);
    hd_bytes_printf(out, ", in %zu of %zu file%s.",
                    hd_findings_in_state(r, HD_INPUT_FOUND), r->inputs,
                    r->inputs == 1 ? "" : "s");
    if (r->interrupted)
        hd_text_put(out, " <strong>Interrupted: not all files were run.</strong>");
    hd_text_put(out, "</p></header>\n<main>\n");
}

static void put_filter(struct hd_bytes *out)
{
    hd_text_put(out, "<form id=\"filter\" role=\"search\"><label>Filter <input "
                     "type=\"search\" id=\"words\" placeholder=\"target, class, "
                     "flavor\"></label>\n<label>Show <select id=\"result\">"
                     "<option value=\"\">everything</option>");
    for (size_t i = 0; i < sizeof result_names / sizeof result_names[0]; i++)
        hd_bytes_printf(out, "<option value=\"%s\">%s</option>", result_names[i],
                        result_texts[i]);
    hd_text_put(out, "</select></label> <output id=\"shown\"></output></form>\n");
}

static void write_html(const struct hd_findings *r, struct hd_bytes *out)
{
    put_head(r, out);
    put_filter(out);
    put_table(r, out);
    if (r->case_count)
        hd_text_put(out, "<h2>Findings</h2>\n");
    for (size_t i = 0; i < r->case_count; i++)
        put_case(r, i, out);
    put_others(r, out);
    hd_text_put(out, "</main><script>");
    hd_text_put(out, hd_index_js);
    hd_text_put(out, "</script></body></html>\n");
}

const struct hd_report_format hd_format_html = {"html", write_html};
