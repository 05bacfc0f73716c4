/*
 * sarif.c - format `sarif`: the Static Analysis Results Interchange Format, version
 * 2.1.0 (OASIS, 2020), for code scanning services and editors.
 *
 * One result per distinct finding; its rule is the finding's class.  The execution
 * is one codeFlow with one threadFlow per task; executionOrder is the order of the
 * world, so that a viewer can interleave the tasks as the schedule did.  The steps
 * where the schedule departs from the default are essential, other steps are
 * important only if the task blocks there.  When the execution's story is not
 * known, the places where the tasks stand are the flow.
 *
 * A path below the working directory is relative to the base SRCROOT, so that
 * results match across machines.  The fingerprint is made of the signature, which
 * has no lines and no addresses.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "../base/error.h"
#include "class_help.h"
#include "escape.h"
#include "findings.h"
#include "json_value.h"

#define SCHEMA "https://json.schemastore.org/sarif-2.1.0.json"
#define ROOT "SRCROOT"

static json_t *message_of(const char *text)
{
    json_t *o = json_object();
    hd_json_put(o, "text", hd_json_text(text));
    return o;
}

/* ---- locations ---- */

static json_t *uri_of(const char *before, const char *path, const char *after)
{
    struct hd_bytes b = {0};
    hd_text_put(&b, before);
    hd_escape_uri(&b, path);
    hd_text_put(&b, after);
    hd_bytes_u8(&b, 0);
    json_t *s = hd_json_text((const char *)b.data);
    hd_bytes_free(&b);
    return s;
}

static json_t *artifact_of(const char *path)
{
    json_t *o = json_object();
    if (path[0] == '/') {
        hd_json_put(o, "uri", uri_of("file://", path, ""));
        return o;
    }
    while (path[0] == '.' && path[1] == '/')
        path += 2;
    hd_json_put(o, "uri", uri_of("", path, ""));
    hd_json_put(o, "uriBaseId", json_string(ROOT));
    return o;
}

/* function and message may be NULL; without a file there is no physical location.
 */
static json_t *location_of(const struct hd_place *p, const char *message)
{
    json_t *o = json_object();
    if (p->file) {
        json_t *physical = json_object();
        hd_json_put(physical, "artifactLocation", artifact_of(p->file));
        if (p->line) {
            json_t *region = json_object();
            hd_json_put(region, "startLine", hd_json_number(p->line));
            hd_json_put(physical, "region", region);
        }
        hd_json_put(o, "physicalLocation", physical);
    }
    if (p->function) {
        json_t *list = json_array(), *function = json_object();
        hd_json_put(function, "name", hd_json_text(p->function));
        hd_json_put(function, "kind", json_string("function"));
        hd_json_append(list, function);
        hd_json_put(o, "logicalLocations", list);
    }
    if (message)
        hd_json_put(o, "message", message_of(message));
    return o;
}

/* Every result has a place: if no frame has a file, the input's own. */
static json_t *locations_of(const struct hd_findings *r,
                            const struct hd_report_case *c)
{
    const struct hd_place *p = hd_case_place(c);
    struct hd_place input = {.file = r->input[c->smallest].path, .line = 1};
    json_t *a = json_array();
    hd_json_append(a, location_of(p ? p : &input, NULL));
    return a;
}

/* ---- the execution ---- */

static json_t *flow_location(const struct hd_report_step *s)
{
    static const char *const importance[] = {"unimportant", "important",
                                             "essential"};
    json_t *o = json_object();
    hd_json_put(o, "location", location_of(&s->place, s->what));
    hd_json_put(o, "executionOrder", hd_json_number(s->order));
    hd_json_put(o, "importance", json_string(importance[s->weight]));
    return o;
}

/* The thread flow of that task, made when it is first seen. */
static json_t *thread_flow(json_t *flows, const char *task)
{
    size_t i;
    json_t *flow;
    json_array_foreach(
        flows, i, flow) if (!strcmp(json_string_value(json_object_get(flow, "id")),
                                    task)) return json_object_get(flow,
                                                                  "locations");
    json_t *locations = json_array();
    flow = json_object();
    hd_json_put(flow, "id", hd_json_text(task));
    hd_json_put(flow, "locations", locations);
    hd_json_append(flows, flow);
    return locations;
}

/* Where the tasks stand, as if each had come there in the order of the finding. */
static void flow_of_sites(json_t *flows, const struct hd_report_case *c)
{
    static const struct hd_place unknown = {.function = NULL};
    for (size_t i = 0; i < c->sites; i++) {
        const struct hd_report_site *s = &c->site[i];
        struct hd_report_step step = {.order = (uint32_t)i + 1,
                                      .what = s->what,
                                      .place = s->frames ? s->frame[0] : unknown,
                                      .weight = HD_STEP_ESSENTIAL};
        hd_json_append(thread_flow(flows, s->task), flow_location(&step));
    }
}

static json_t *code_flows(const struct hd_report_case *c)
{
    json_t *list = json_array(), *flow = json_object(), *flows = json_array();
    for (size_t i = 0; i < c->steps; i++)
        hd_json_append(thread_flow(flows, c->step[i].task),
                       flow_location(&c->step[i]));
    if (!c->steps)
        flow_of_sites(flows, c);
    hd_json_put(flow, "threadFlows", flows);
    hd_json_append(list, flow);
    return list;
}

static json_t *stacks_of(const struct hd_report_case *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->sites; i++) {
        const struct hd_report_site *s = &c->site[i];
        json_t *stack = json_object(), *frames = json_array();
        struct hd_bytes text = {0};
        hd_bytes_printf(&text, "task %s, %s", s->task, s->what);
        hd_bytes_u8(&text, 0);
        hd_json_put(stack, "message", message_of((const char *)text.data));
        hd_bytes_free(&text);
        for (size_t k = 0; k < s->frames; k++) {
            json_t *frame = json_object();
            hd_json_put(frame, "location", location_of(&s->frame[k], NULL));
            hd_json_append(frames, frame);
        }
        hd_json_put(stack, "frames", frames);
        hd_json_append(list, stack);
    }
    return list;
}

/* ---- results ---- */

static json_t *fingerprints_of(const char *signature)
{
    char hex[32];
    json_t *o = json_object();
    snprintf(hex, sizeof hex, "%016" PRIx64,
             (uint64_t)XXH3_64bits(signature, strlen(signature)));
    hd_json_put(o, "heddleSignature/v1", json_string(hex));
    return o;
}

static json_t *properties_of(const struct hd_findings *r,
                             const struct hd_report_case *c)
{
    const struct hd_report_input *in = &r->input[c->smallest];
    json_t *o = json_object();
    hd_json_put(o, "signature", hd_json_text(c->signature));
    hd_json_put(o, "scenario", hd_json_text(c->scenario));
    hd_json_put(o, "variant", hd_json_text(c->variant));
    hd_json_put(o, "flavor", hd_json_text(in->flavor));
    hd_json_put(o, "deviations", hd_json_number(in->deviations));
    hd_json_put(o, "preemptions", hd_json_number(c->preemptions));
    hd_json_put(o, "confirmed", json_boolean(c->confirmed));
    hd_json_put(o, "replay", hd_json_text(c->replay));
    return o;
}

/* The file that replays the finding. */
static json_t *attachments_of(const char *path)
{
    json_t *list = json_array(), *o = json_object();
    hd_json_put(o, "description", message_of("replays this finding"));
    hd_json_put(o, "artifactLocation", artifact_of(path));
    hd_json_append(list, o);
    return list;
}

/* One sentence with a full stop, which viewers expect. */
static json_t *result_message(const struct hd_report_case *c)
{
    struct hd_bytes b = {0};
    size_t n = strlen(c->message);
    hd_bytes_printf(&b, "%s%s", c->message,
                    n && strchr(".!?", c->message[n - 1]) ? "" : ".");
    hd_bytes_u8(&b, 0);
    json_t *o = message_of((const char *)b.data);
    hd_bytes_free(&b);
    return o;
}

/* Nondeterminism says that heddle cannot see all of the code, not that it is wrong.
 */
static const char *level_of(enum hd_class c)
{
    return c == HD_NONDETERMINISM ? "warning" : "error";
}

static json_t *result_of(const struct hd_findings *r,
                         const struct hd_report_case *c)
{
    json_t *o = json_object();
    hd_json_put(o, "ruleId", json_string(hd_class_name(c->cls)));
    hd_json_put(o, "ruleIndex", json_integer(c->cls - 1));
    hd_json_put(o, "level", json_string(level_of(c->cls)));
    hd_json_put(o, "message", result_message(c));
    hd_json_put(o, "locations", locations_of(r, c));
    if (c->sites || c->steps)
        hd_json_put(o, "codeFlows", code_flows(c));
    hd_json_put(o, "stacks", stacks_of(c));
    hd_json_put(o, "partialFingerprints", fingerprints_of(c->signature));
    hd_json_put(o, "occurrenceCount", hd_json_number(c->inputs));
    if (r->baseline)
        hd_json_put(o, "baselineState",
                    json_string(c->known ? "unchanged" : "new"));
    hd_json_put(o, "attachments", attachments_of(r->input[c->smallest].path));
    hd_json_put(o, "properties", properties_of(r, c));
    return o;
}

/* ---- the run ---- */

static json_t *rule_of(enum hd_class c)
{
    json_t *o = json_object(), *config = json_object(), *help = json_object();
    struct hd_bytes text = {0};
    hd_json_put(o, "id", json_string(hd_class_name(c)));
    hd_bytes_printf(&text, "%s.", hd_class_text(c));
    hd_bytes_u8(&text, 0);
    text.data[0] = (uint8_t)(text.data[0] & ~0x20u); /* texts begin in lower case */
    hd_json_put(o, "shortDescription", message_of((const char *)text.data));
    text.size--;
    hd_bytes_printf(&text, " %s", hd_class_help(c));
    hd_bytes_u8(&text, 0);
    hd_json_put(o, "fullDescription", message_of((const char *)text.data));
    hd_bytes_free(&text);
    hd_json_put(help, "text", hd_json_text(hd_class_help(c)));
    hd_json_put(o, "help", help);
    hd_json_put(o, "helpUri", json_string(HD_DOCS_URI "oracles.md"));
    hd_json_put(config, "level", json_string(level_of(c)));
    hd_json_put(o, "defaultConfiguration", config);
    return o;
}

static json_t *tool_of(void)
{
    json_t *tool = json_object(), *driver = json_object(), *rules = json_array();
    hd_json_put(driver, "name", json_string("Heddle"));
    hd_json_put(driver, "version", json_string(HEDDLE_VERSION));
    hd_json_put(driver, "semanticVersion", json_string(HEDDLE_VERSION));
    hd_json_put(driver, "informationUri", json_string(HD_DOCS_URI "report.md"));
    for (int c = HD_NO_CLASS + 1; c < HD_CLASS_COUNT; c++)
        hd_json_append(rules, rule_of((enum hd_class)c));
    hd_json_put(driver, "rules", rules);
    hd_json_put(tool, "driver", driver);
    return tool;
}

/* What could not be read or run: the report is of the rest. */
static json_t *invocations_of(const struct hd_findings *r)
{
    json_t *list = json_array(), *o = json_object(), *notes = json_array();
    size_t whole = hd_findings_in_state(r, HD_INPUT_FAILED) +
                   hd_findings_in_state(r, HD_INPUT_SKIPPED);
    hd_json_put(o, "executionSuccessful", json_boolean(!whole));
    for (size_t i = 0; i < r->inputs; i++) {
        const struct hd_report_input *in = &r->input[i];
        if (in->state == HD_INPUT_FOUND || in->state == HD_INPUT_NOTHING)
            continue;
        json_t *note = json_object(), *where = json_array();
        struct hd_place place = {.file = in->path};
        struct hd_bytes text = {0};
        hd_bytes_printf(&text, "The input %s.", hd_input_state_text(in->state));
        hd_bytes_u8(&text, 0);
        hd_json_put(note, "level",
                    json_string(in->state == HD_INPUT_GONE ? "note" : "error"));
        hd_json_put(note, "message", message_of((const char *)text.data));
        hd_bytes_free(&text);
        hd_json_append(where, location_of(&place, NULL));
        hd_json_put(note, "locations", where);
        hd_json_append(notes, note);
    }
    hd_json_put(o, "toolExecutionNotifications", notes);
    hd_json_append(list, o);
    return list;
}

static json_t *bases_of(const struct hd_findings *r)
{
    json_t *o = json_object(), *root = json_object();
    hd_json_put(root, "uri", uri_of("file://", r->root, "/"));
    hd_json_put(root, "description",
                message_of("The folder in which heddle report was run."));
    hd_json_put(o, ROOT, root);
    return o;
}

static void write_sarif(const struct hd_findings *r, struct hd_bytes *out)
{
    json_t *log = json_object(), *runs = json_array(), *run = json_object();
    json_t *results = json_array();
    hd_json_put(log, "$schema", json_string(SCHEMA));
    hd_json_put(log, "version", json_string("2.1.0"));
    hd_json_put(run, "tool", tool_of());
    hd_json_put(run, "invocations", invocations_of(r));
    hd_json_put(run, "originalUriBaseIds", bases_of(r));
    hd_json_put(run, "columnKind", json_string("utf16CodeUnits"));
    for (size_t i = 0; i < r->case_count; i++)
        hd_json_append(results, result_of(r, &r->cases[i]));
    hd_json_put(run, "results", results);
    hd_json_append(runs, run);
    hd_json_put(log, "runs", runs);
    hd_json_dump(log, out);
}

const struct hd_report_format hd_format_sarif = {"sarif", write_sarif};
