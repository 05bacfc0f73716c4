/*
 * schedule_print.c - schedules as text, and schedules against the scenario
 * that they name.
 *
 * The text is canonical: one schedule has one text, byte for byte, so that two
 * hunts that found the same wrote the same file.
 */
#include "schedule_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char first_word[] = "heddle-schedule";

bool hd_schedule_is(const uint8_t *bytes, size_t size)
{
    size_t n = sizeof first_word - 1;
    return size >= n && memcmp(bytes, first_word, n) == 0 &&
           (size == n || bytes[n] == ' ' || bytes[n] == '\n' || bytes[n] == '\r');
}

void hd_schedule_free(struct hd_schedule *s)
{
    for (size_t i = 0; i < s->params; i++)
        free(s->param[i].name);
    for (size_t i = 0; i < s->devs; i++) {
        free(s->dev[i].task);
        free(s->dev[i].choice_task);
        free(s->dev[i].op);
        free(s->dev[i].function);
    }
    free(s->param);
    free(s->dev);
    free(s->scenario);
    free(s->variant);
    free(s->flavor);
    free(s->carrier);
    free(s->compiler);
    free(s->build);
    free(s->signature);
    hd_bytes_free(&s->bytes);
    *s = (struct hd_schedule){0};
}

/* Text from outside (a signature quotes the code under test), on one line. */
static void print_text(struct hd_bytes *out, const char *key, const char *text)
{
    hd_bytes_printf(out, "%s ", key);
    size_t start = out->size, size = strlen(text);
    for (size_t at = 0; at < size;) {
        size_t good = hd_utf8_printable((const uint8_t *)text + at, size - at);
        hd_bytes_put(out, text + at, good);
        at += good;
        if (at < size) {
            hd_bytes_u8(out, '?');
            at++;
        }
    }
    /* The parser takes neither an empty text nor one with spaces around it. */
    if (out->size == start)
        hd_bytes_u8(out, '?');
    if (out->data[start] == ' ')
        out->data[start] = '?';
    if (out->data[out->size - 1] == ' ')
        out->data[out->size - 1] = '?';
    hd_bytes_u8(out, '\n');
}

static void print_dev(const struct hd_schedule_dev *d, uint32_t gap,
                      struct hd_bytes *out)
{
    hd_bytes_printf(out, "deviation %s %" PRIu32 " %" PRIu32 " %s ", d->task, gap,
                    d->dev.offset, hd_choice_name(d->dev.kind));
    if (d->dev.kind == HD_CHOICE_SWITCH || d->dev.kind == HD_CHOICE_NEXT)
        hd_bytes_printf(out, "%s", d->choice_task);
    else
        hd_bytes_printf(out, "%" PRIu32, d->dev.choice);
    if (d->op || d->occurrence || d->function)
        hd_bytes_printf(out, " @ %s %" PRIu32, d->op ? d->op : "-", d->occurrence);
    if (d->function)
        hd_bytes_printf(out, " %s+0x%" PRIx64, d->function, d->function_offset);
    hd_bytes_u8(out, '\n');
}

static void print_devs(const struct hd_schedule *s, struct hd_bytes *out)
{
    if (s->devs == 0)
        return;
    struct hd_plan plan = {0};
    for (size_t i = 0; i < s->devs; i++)
        hd_plan_add(&plan, s->dev[i].dev);
    uint32_t *gap = reallocarray(NULL, s->devs, sizeof *gap);
    if (!gap)
        hd_die("out of memory (%zu deviations)", s->devs);
    hd_plan_gaps(&plan, gap);
    for (size_t i = 0; i < s->devs; i++)
        print_dev(&s->dev[i], gap[i], out);
    free(gap);
    hd_plan_free(&plan);
}

static void print_hex(struct hd_bytes *out, const struct hd_bytes *bytes)
{
    for (size_t i = 0; i < bytes->size; i++) {
        hd_bytes_u8(out, (uint8_t)"0123456789abcdef"[bytes->data[i] >> 4]);
        hd_bytes_u8(out, (uint8_t)"0123456789abcdef"[bytes->data[i] & 15]);
    }
    if (bytes->size == 0)
        hd_bytes_printf(out, "none");
}

void hd_schedule_print(const struct hd_schedule *s, struct hd_bytes *out)
{
    HD_CHECK(s->cls < HD_CLASS_COUNT);
    bool passes = s->cls == HD_NO_CLASS;
    hd_bytes_printf(out, "%s %d\n", first_word, passes ? 2 : 1);
    hd_bytes_printf(out, "scenario %s/%s\n", s->scenario, s->variant);
    hd_bytes_printf(out, "flavor %s\n", s->flavor);
    hd_bytes_printf(out, "carrier %s\n", s->carrier);
    print_text(out, "compiler", s->compiler);
    hd_bytes_printf(out, "build %s\n", s->build[0] ? s->build : "none");
    hd_bytes_printf(out, "option steps-max %" PRIu32 "\n", s->steps_max);
    hd_bytes_printf(out, "option starve-max-ns %" PRId64 "\n", s->starve_max_ns);
    for (size_t i = 0; i < s->params; i++)
        hd_bytes_printf(out, "param %s %" PRId64 "\n", s->param[i].name,
                        s->param[i].value);
    print_devs(s, out);
    hd_bytes_printf(out, "plan ");
    print_hex(out, &s->bytes);
    hd_bytes_printf(out, "\nclass %s\n", passes ? "none" : hd_class_name(s->cls));
    print_text(out, "signature", passes ? "none" : s->signature);
    hd_bytes_printf(out, "trace-hash %016" PRIx64 "\n", s->trace_hash);
}

__attribute__((format(printf, 3, 4))) static enum hd_err refuse(
    struct hd_schedule_error *error, int line, const char *format, ...)
{
    error->line = line;
    va_list ap;
    va_start(ap, format);
    vsnprintf(error->what, sizeof error->what, format, ap);
    va_end(ap);
    return HD_E_SYNTAX;
}

static bool has_variant(const struct hd_scenario *sc, const char *name)
{
    for (size_t i = 0; i < HD_VARIANTS_MAX && sc->variants[i].name; i++)
        if (strcmp(sc->variants[i].name, name) == 0)
            return true;
    return false;
}

/* Parameter i of the file against the scenario's and against the bytes. */
static enum hd_err bind_param(const struct hd_schedule *s, size_t i,
                              const struct hd_param *param, int64_t in_bytes,
                              struct hd_schedule_error *error)
{
    const struct hd_schedule_param *got = &s->param[i];
    uint32_t step;
    if (strcmp(got->name, param->name) != 0)
        return refuse(error, got->line,
                      "parameter `%.40s` stands where `%s` belongs", got->name,
                      param->name);
    if (!hd_param_step(param, got->value, &step))
        return refuse(error, got->line, "parameter `%s` cannot be %" PRId64,
                      param->name, got->value);
    if (got->value != in_bytes)
        return refuse(error, got->line,
                      "parameter `%s` is %" PRId64 " here and %" PRId64
                      " in the plan's bytes",
                      param->name, got->value, in_bytes);
    return HD_E_OK;
}

enum hd_err hd_schedule_bind(const struct hd_schedule *s,
                             const struct hd_scenario *sc, struct hd_input *in,
                             struct hd_plan *plan, struct hd_schedule_error *error)
{
    *error = (struct hd_schedule_error){0};
    *in = (struct hd_input){{0}};
    hd_plan_clear(plan);
    if (strcmp(s->scenario, sc->name) != 0)
        return refuse(error, s->scenario_line,
                      "the file is for scenario `%.40s`, not `%s`", s->scenario,
                      sc->name);
    if (!has_variant(sc, s->variant))
        return refuse(error, s->scenario_line,
                      "scenario `%s` has no variant `%.40s`", sc->name, s->variant);
    size_t count = hd_params_count(sc->params);
    for (size_t i = count; i < s->params; i++)
        return refuse(error, s->param[i].line,
                      "scenario `%s` has no parameter `%.40s`", sc->name,
                      s->param[i].name);
    if (s->params < count)
        return refuse(error, s->plan_line, "`param %s` is missing",
                      sc->params[s->params].name);
    if (s->params_size != hd_params_size(sc->params))
        return refuse(
            error, s->plan_line,
            "the plan has %zu bytes before its deviations, the parameters "
            "take %zu",
            s->params_size, hd_params_size(sc->params));
    struct hd_input decoded;
    hd_params_decode(sc->params, s->bytes.data, s->params_size, &decoded);
    for (size_t i = 0; i < count; i++) {
        enum hd_err err = bind_param(s, i, &sc->params[i], decoded.param[i], error);
        if (err)
            return err;
    }
    *in = decoded;
    for (size_t i = 0; i < s->devs; i++)
        hd_plan_add(plan, s->dev[i].dev);
    return HD_E_OK;
}
