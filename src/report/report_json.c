/*
 * report_json.c - format `json` of `heddle report`: {"schema": "heddle/report/1"}.
 * docs/formats.md documents every key.
 */
#include "findings.h"
#include "json_value.h"

static json_t *place_of(const struct hd_place *p)
{
    json_t *o = json_object();
    hd_json_put(o, "function", hd_json_text(p->function));
    hd_json_put(o, "file", hd_json_text(p->file));
    hd_json_put(o, "line", p->file ? hd_json_number(p->line) : json_null());
    return o;
}

static json_t *sites_of(const struct hd_report_case *c)
{
    json_t *a = json_array();
    for (size_t i = 0; i < c->sites; i++) {
        json_t *o = json_object(), *frames = json_array();
        hd_json_put(o, "task", hd_json_text(c->site[i].task));
        hd_json_put(o, "state", hd_json_text(c->site[i].what));
        for (size_t k = 0; k < c->site[i].frames; k++)
            hd_json_append(frames, place_of(&c->site[i].frame[k]));
        hd_json_put(o, "stack", frames);
        hd_json_append(a, o);
    }
    return a;
}

static json_t *files_of(const struct hd_findings *r, const struct hd_report_case *c)
{
    json_t *a = json_array();
    for (size_t i = 0; i < c->inputs; i++)
        hd_json_append(a, hd_json_text(r->input[c->input[i]].path));
    return a;
}

static json_t *case_of(const struct hd_findings *r, const struct hd_report_case *c)
{
    const struct hd_report_input *in = &r->input[c->smallest];
    json_t *o = json_object();
    hd_json_put(o, "class", hd_json_text(hd_class_name(c->cls)));
    hd_json_put(o, "signature", hd_json_text(c->signature));
    hd_json_put(o, "scenario", hd_json_text(c->scenario));
    hd_json_put(o, "variant", hd_json_text(c->variant));
    hd_json_put(o, "flavor", hd_json_text(in->flavor));
    hd_json_put(o, "message", hd_json_text(c->message));
    hd_json_put(o, "known", json_boolean(c->known));
    hd_json_put(o, "confirmed", json_boolean(c->confirmed));
    hd_json_put(o, "smallest", hd_json_text(in->path));
    hd_json_put(o, "deviations", hd_json_number(in->deviations));
    hd_json_put(o, "preemptions", hd_json_number(c->preemptions));
    hd_json_put(o, "replay", hd_json_text(c->replay));
    hd_json_put(o, "sites", sites_of(c));
    hd_json_put(o, "files", files_of(r, c));
    return o;
}

static json_t *input_of(const struct hd_report_input *in)
{
    json_t *o = json_object();
    hd_json_put(o, "path", hd_json_text(in->path));
    hd_json_put(o, "state", hd_json_text(hd_input_state_name(in->state)));
    hd_json_put(o, "scenario", hd_json_text(in->scenario));
    hd_json_put(o, "variant", hd_json_text(in->variant));
    hd_json_put(o, "flavor", hd_json_text(in->flavor));
    hd_json_put(o, "raw", json_boolean(in->raw));
    hd_json_put(o, "size", hd_json_number(in->size));
    hd_json_put(o, "deviations", hd_json_number(in->deviations));
    hd_json_put(o, "moved", json_boolean(in->moved));
    hd_json_put(o, "lost", hd_json_text(in->lost));
    return o;
}

static void write_json(const struct hd_findings *r, struct hd_bytes *out)
{
    json_t *root = json_object(), *cases = json_array(), *inputs = json_array();
    hd_json_put(root, "schema", json_string("heddle/report/1"));
    hd_json_put(root, "directory", hd_json_text(r->directory));
    hd_json_put(root, "interrupted", json_boolean(r->interrupted));
    hd_json_put(root, "new",
                r->baseline ? hd_json_number(hd_findings_new(r)) : json_null());
    for (size_t i = 0; i < r->case_count; i++)
        hd_json_append(cases, case_of(r, &r->cases[i]));
    hd_json_put(root, "findings", cases);
    for (size_t i = 0; i < r->inputs; i++)
        hd_json_append(inputs, input_of(&r->input[i]));
    hd_json_put(root, "inputs", inputs);
    hd_json_dump(root, out);
}

const struct hd_report_format hd_format_json = {"json", write_json};
