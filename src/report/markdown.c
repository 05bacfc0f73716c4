/* markdown.c - a hunt's report: the table, then each finding in full. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "results.h"
#include "rules.h"

static void cells(struct hd_bytes *out, const char *const *cell)
{
    for (int i = 0; i < HD_TABLE_COLUMNS; i++)
        hd_bytes_printf(out, "| %s ", cell[i]);
    hd_bytes_printf(out, "|\n");
}

static void table(const struct hd_results *r, struct hd_bytes *out)
{
    struct hd_table_row *rows;
    size_t n = hd_table_make(r, &rows);
    cells(out, hd_table_head);
    for (int i = 0; i < HD_TABLE_COLUMNS; i++)
        hd_bytes_printf(out, "| --- ");
    hd_bytes_printf(out, "|\n");
    for (size_t k = 0; k < n; k++) {
        const char *cell[HD_TABLE_COLUMNS];
        for (int i = 0; i < HD_TABLE_COLUMNS; i++)
            cell[i] = rows[k].cell[i];
        cells(out, cell);
    }
    free(rows);
}

static void job(const struct hd_job_result *j, struct hd_bytes *out)
{
    hd_bytes_printf(out, "\n### %s/%s, flavor %s\n\n", j->scenario->name,
                    j->variant->name, j->flavor);
    hd_bytes_printf(out,
                    "%" PRIu64 " executions in %.2f s by strategy %s, seed %" PRIu64
                    ": %s%" PRIu64 " distinct interleavings.\n",
                    j->executions, j->seconds, j->strategy, j->seed,
                    j->saturated ? "at least " : "", j->distinct);
    for (size_t i = 0; i < j->findings; i++) {
        const struct hd_result_finding *f = &j->finding[i];
        hd_bytes_printf(out, "\nAt execution %" PRIu64 "%s%s:\n\n```text\n%s```\n",
                        f->executions_to_find, f->unexpected ? ", UNEXPECTED" : "",
                        f->confirmed ? "" : ", not confirmed", f->text);
    }
}

/* What every report ends with: from a symptom to the rule that it breaks. */
static void symptoms(struct hd_bytes *out)
{
    hd_bytes_printf(out, "\n## Which symptom points to which rule\n\n"
                         "| symptom | rule | look for |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < hd_symptom_count; i++) {
        const struct hd_symptom *s = &hd_symptoms[i];
        char rules[24] = "";
        hd_symptom_rules(s, rules, sizeof rules);
        hd_bytes_printf(out, "| %s | %s | %s |\n", s->symptom, rules, s->look);
    }
    hd_bytes_printf(out, "\n");
    for (int i = 1; i <= HD_RULE_COUNT; i++)
        hd_bytes_printf(out, "%d. %s\n", i, hd_rule_text(i));
}

void hd_markdown_print(const struct hd_results *r, struct hd_bytes *out)
{
    hd_bytes_printf(out, "# Hunt\n\n");
    table(r, out);
    hd_bytes_printf(out, "\n## Findings\n");
    for (size_t i = 0; i < r->jobs; i++)
        if (r->job[i].findings)
            job(&r->job[i], out);
    symptoms(out);
}
