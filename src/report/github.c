/*
 * github.c - format `github`: one workflow command per distinct finding, which
 * GitHub shows as an annotation at the line.  A known finding is a notice, so that
 * the log still has it; an input that could not be used is a warning.
 */
#include "escape.h"
#include "findings.h"

static void put_property(struct hd_bytes *out, char before, const char *name,
                         const char *value)
{
    hd_bytes_printf(out, "%c%s=", before, name);
    hd_escape_github_property(out, value);
}

static void put_case(const struct hd_findings *r, const struct hd_report_case *c,
                     struct hd_bytes *out)
{
    const struct hd_place *p = hd_case_place(c);
    struct hd_bytes title = {0};
    hd_text_put(out, c->known ? "::notice" : "::error");
    /* Only a path below the root names a file of the repository. */
    if (p && p->file[0] != '/') {
        put_property(out, ' ', "file", p->file);
        hd_bytes_printf(out, ",line=%u", p->line);
    }
    hd_bytes_printf(&title, "%s in %s/%s%s", hd_class_name(c->cls), c->scenario,
                    c->variant, c->known ? " (known)" : "");
    hd_bytes_u8(&title, 0);
    put_property(out, p && p->file[0] != '/' ? ',' : ' ', "title",
                 (const char *)title.data);
    hd_bytes_free(&title);
    hd_text_put(out, "::");
    hd_escape_github_message(out, c->message);
    hd_text_put(out, "%0A");
    hd_escape_github_message(out, c->signature);
    hd_bytes_printf(out, "%%0A%zu of the files, flavor %s%%0A", c->inputs,
                    hd_case_flavor(r, c));
    hd_escape_github_message(out, c->replay);
    hd_text_put(out, "\n");
}

static void write_github(const struct hd_findings *r, struct hd_bytes *out)
{
    for (size_t i = 0; i < r->case_count; i++)
        put_case(r, &r->cases[i], out);
    for (size_t i = 0; i < r->inputs; i++) {
        const struct hd_report_input *in = &r->input[i];
        if (in->state == HD_INPUT_FOUND || in->state == HD_INPUT_NOTHING)
            continue;
        hd_text_put(out, "::warning title=heddle report::");
        hd_escape_github_message(out, in->path);
        hd_bytes_printf(out, " %s\n", hd_input_state_text(in->state));
    }
}

const struct hd_report_format hd_format_github = {"github", write_github};
