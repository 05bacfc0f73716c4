/*
 * junit.c - format `junit`: the XML that CI servers show, in the form that Jenkins
 * reads (testsuites/testsuite/testcase).
 *
 * A suite is a scenario, a test case one variant in one flavor.  CI servers keep
 * one failure of a test case, so there is one, named after the first new finding,
 * with all findings in its body.  A test case with known findings alone is skipped,
 * and an input that could not be read or run is an error in the suite "inputs".
 */
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "findings.h"

struct counts {
    size_t tests, failures, errors, skipped;
};

static void put_attribute(struct hd_bytes *out, const char *name, const char *value)
{
    hd_bytes_printf(out, " %s=\"", name);
    hd_escape_xml_attribute(out, value);
    hd_text_put(out, "\"");
}

static bool in_row(const struct hd_findings *r, const struct hd_report_case *c,
                   const struct hd_report_row *row)
{
    return hd_row_has(row, c->scenario, c->variant, NULL) &&
           hd_case_in_flavor(r, c, row->flavor);
}

/* Whether the row has a finding that is known (or new). */
static bool row_shows(const struct hd_findings *r, const struct hd_report_row *row,
                      bool known)
{
    for (size_t i = 0; i < r->case_count; i++)
        if (r->cases[i].known == known && in_row(r, &r->cases[i], row))
            return true;
    return false;
}

static void put_failure(const struct hd_findings *r,
                        const struct hd_report_row *row, struct hd_bytes *out)
{
    bool open = false;
    for (size_t i = 0; i < r->case_count; i++) {
        const struct hd_report_case *c = &r->cases[i];
        if (c->known || !in_row(r, c, row))
            continue;
        if (!open) {
            hd_text_put(out, "      <failure");
            put_attribute(out, "type", hd_class_name(c->cls));
            put_attribute(out, "message", c->message);
            hd_text_put(out, ">");
        }
        open = true;
        hd_escape_xml(out, c->text);
        hd_text_put(out, "\n");
    }
    hd_text_put(out, "</failure>\n");
}

/* Replay commands, what is known, and files that show nothing. */
static void put_output(const struct hd_findings *r, const struct hd_report_row *row,
                       struct hd_bytes *out)
{
    hd_text_put(out, "      <system-out>");
    for (size_t i = 0; i < r->case_count; i++) {
        const struct hd_report_case *c = &r->cases[i];
        if (!in_row(r, c, row))
            continue;
        hd_text_put(out, c->known ? "known: " : "found: ");
        hd_escape_xml(out, c->signature);
        hd_text_put(out, "\nreplay: ");
        hd_escape_xml(out, c->replay);
        hd_text_put(out, "\n");
    }
    for (size_t i = 0; i < r->inputs; i++) {
        const struct hd_report_input *in = &r->input[i];
        if (in->state == HD_INPUT_FOUND || in->state == HD_INPUT_BROKEN ||
            !hd_row_has(row, in->scenario, in->variant, in->flavor))
            continue;
        hd_escape_xml(out, in->path);
        hd_bytes_printf(out, " %s\n", hd_input_state_text(in->state));
    }
    hd_text_put(out, "</system-out>\n");
}

/* What the hunt says of the row, or NULL. */
static const struct hd_report_job *job_of(const struct hd_findings *r,
                                          const struct hd_report_row *row)
{
    for (size_t i = 0; i < r->jobs; i++)
        if (hd_row_has(row, r->job[i].scenario, r->job[i].variant,
                       r->job[i].flavor))
            return &r->job[i];
    return NULL;
}

static void put_verdict(const struct hd_findings *r,
                        const struct hd_report_row *row,
                        const struct hd_report_job *j, struct hd_bytes *out,
                        struct counts *n)
{
    bool new = row_shows(r, row, false), known = row_shows(r, row, true);
    n->tests++;
    if (!new && known) {
        n->skipped++;
        hd_text_put(out, "      <skipped>all findings are known</skipped>\n");
    } else if (!new && j && (j->failed || j->findings)) {
        n->errors++;
        hd_text_put(out, "      <error");
        put_attribute(out, "type", "hunt");
        put_attribute(out, "message",
                      j->failed ? "the hunt failed here"
                                : "the hunt had findings here that no file shows");
        hd_text_put(out, "/>\n");
    } else if (new) {
        n->failures++;
        put_failure(r, row, out);
    }
}

static void put_testcase(const struct hd_findings *r,
                         const struct hd_report_row *row, struct hd_bytes *out,
                         struct counts *n)
{
    const struct hd_report_job *j = job_of(r, row);
    hd_text_put(out, "    <testcase");
    put_attribute(out, "classname", row->scenario);
    hd_text_put(out, " name=\"");
    hd_escape_xml_attribute(out, row->variant);
    hd_text_put(out, "/");
    hd_escape_xml_attribute(out, row->flavor);
    hd_text_put(out, "\"");
    if (j)
        hd_bytes_printf(out, " time=\"%.6f\"", j->seconds);
    hd_text_put(out, ">\n");
    put_verdict(r, row, j, out, n);
    put_output(r, row, out);
    hd_text_put(out, "    </testcase>\n");
}

static bool unusable(const struct hd_report_input *in)
{
    return in->state == HD_INPUT_BROKEN || in->state == HD_INPUT_FAILED ||
           in->state == HD_INPUT_SKIPPED;
}

static void put_unusable(const struct hd_report_input *in, struct hd_bytes *out)
{
    hd_text_put(out, "    <testcase classname=\"inputs\"");
    put_attribute(out, "name", in->path);
    hd_text_put(out, ">\n      <error");
    put_attribute(out, "type", hd_input_state_name(in->state));
    put_attribute(out, "message", hd_input_state_text(in->state));
    hd_text_put(out, "/>\n    </testcase>\n");
}

static void suite_begin(struct hd_bytes *out, const char *name, struct counts n)
{
    hd_text_put(out, "  <testsuite");
    put_attribute(out, "name", name);
    hd_bytes_printf(out,
                    " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" "
                    "skipped=\"%zu\">\n",
                    n.tests, n.failures, n.errors, n.skipped);
}

/* A suite's counts stand before its test cases, so these are written aside. */
static void suite_end(struct hd_bytes *out, const char *name,
                      struct hd_bytes *cases, struct counts n, struct counts *sum)
{
    suite_begin(out, name, n);
    hd_bytes_put(out, cases->data, cases->size);
    hd_text_put(out, "  </testsuite>\n");
    hd_bytes_free(cases);
    *cases = (struct hd_bytes){0};
    sum->tests += n.tests;
    sum->failures += n.failures;
    sum->errors += n.errors;
}

static void put_suites(const struct hd_findings *r, struct hd_bytes *out,
                       struct counts *sum)
{
    struct hd_report_row *row;
    struct hd_bytes cases = {0};
    struct counts n = {0};
    size_t rows = hd_findings_rows(r, true, &row);
    for (size_t i = 0; i < rows; i++) {
        put_testcase(r, &row[i], &cases, &n);
        if (i + 1 == rows || strcmp(row[i].scenario, row[i + 1].scenario)) {
            suite_end(out, row[i].scenario, &cases, n, sum);
            n = (struct counts){0};
        }
    }
    free(row);
    for (size_t i = 0; i < r->inputs; i++)
        if (unusable(&r->input[i])) {
            n.tests++;
            n.errors++;
            put_unusable(&r->input[i], &cases);
        }
    if (n.tests)
        suite_end(out, "inputs", &cases, n, sum);
}

static void write_junit(const struct hd_findings *r, struct hd_bytes *out)
{
    struct hd_bytes suites = {0};
    struct counts sum = {0};
    put_suites(r, &suites, &sum);
    hd_text_put(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    hd_bytes_printf(out,
                    "<testsuites name=\"heddle\" tests=\"%zu\" failures=\"%zu\" "
                    "errors=\"%zu\">\n",
                    sum.tests, sum.failures, sum.errors);
    hd_bytes_put(out, suites.data, suites.size);
    hd_text_put(out, "</testsuites>\n");
    hd_bytes_free(&suites);
}

const struct hd_report_format hd_format_junit = {"junit", write_junit};
