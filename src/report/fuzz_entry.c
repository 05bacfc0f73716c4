/*
 * fuzz_entry.c - the entry points for fuzzing engines (heddle/fuzz.h).
 *
 * The way without a finding allocates nothing: the plan's memory is kept from
 * input to input.
 */
#include <heddle/fuzz.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/error.h"
#include "../engine/engine.h"
#include "../engine/run.h"
#include "../engine/strategy.h"
#include "../feedback/engine.h"
#include "suppress.h"
#include "text.h"

/* AFL++'s runtime, where it is linked: where the current input lies. */
extern const unsigned char *__afl_fuzz_ptr __attribute__((weak));

static struct hd_plan plan;

/*
 * AFL++'s driver calls once with bytes of its own before the first input, to warm
 * up.  Those may show a bug as well as any others; a process that dies then would
 * look like a target that cannot start, and the finding would have no input.
 */
static bool is_warm_up(const uint8_t *data)
{
    return &__afl_fuzz_ptr && __afl_fuzz_ptr && data != __afl_fuzz_ptr;
}

/* Once, before the first execution. */
static void suppressions_load(void)
{
    char why[600];
    if (!hd_suppressions_load_env(why, sizeof why))
        return;
    fprintf(stderr, "heddle: %s: %s\n", HD_SUPPRESSIONS_ENV, why);
    exit(HD_EXIT_USAGE);
}

/*
 * libFuzzer's signal handlers run on the stack of whichever task they interrupt.
 * What they call - they ask for the time - is not called by that task, and must
 * not be scheduled.
 */
enum { SIGNALS = 32 };
static struct sigaction engine_action[SIGNALS];

static void on_signal(int sig, siginfo_t *info, void *context)
{
    const struct sigaction *a = &engine_action[sig];
    struct hd_task *self = hd__cur;
    hd__cur = NULL;
    if (a->sa_flags & SA_SIGINFO)
        a->sa_sigaction(sig, info, context);
    else
        a->sa_handler(sig);
    hd__cur = self;
}

static void guard_signals(void)
{
    static bool done;
    if (done)
        return;
    done = true;
    for (int sig = 1; sig < SIGNALS; sig++) {
        struct sigaction a;
        if (sigaction(sig, NULL, &a) != 0)
            continue;
        if (!(a.sa_flags & SA_SIGINFO) &&
            (a.sa_handler == SIG_DFL || a.sa_handler == SIG_IGN))
            continue;
        engine_action[sig] = a;
        a.sa_sigaction = on_signal;
        a.sa_flags |= SA_SIGINFO;
        sigaction(sig, &a, NULL);
    }
}

static void options_init(struct hd_options *opt)
{
    static const struct hd_strategy *strategy;
    guard_signals();
    if (!strategy) {
        suppressions_load();
        strategy = hd_strategy_find("plan");
    }
    *opt = (struct hd_options)HD_OPTIONS_DEFAULT;
    opt->strategy = strategy;
    opt->plan = &plan;
}

/* Prints the primary finding first, then the others, and aborts. */
__attribute__((noreturn, noinline)) static void finding_abort(
    const struct hd_result *r, struct hd_report *report, const struct hd_variant *v)
{
    struct hd_symbolizer symbolizer;
    hd_symbolizer_init(&symbolizer, NULL);
    report->flavor = hd_flavor();
    report->deviations = r->plan->count;
    report->preemptions = r->preemptions;
    report->starvation_ns = r->starvation_ns;
    report->symbolizer = &symbolizer;
    int primary = v ? hd_primary(r->finding, r->findings, v->expect) : 0;
    if (primary < 0)
        primary = 0;
    fprintf(stderr, "heddle: ");
    hd_report_finding(stderr, &r->finding[primary], report);
    for (size_t i = 0; i < r->findings; i++)
        if ((int)i != primary) {
            fprintf(stderr, "heddle: in the same execution: ");
            hd_report_finding(stderr, &r->finding[i], report);
        }
    hd_symbolizer_close(&symbolizer);
    fflush(stderr);
    abort();
}

/* The last name is kept: an engine asks for the same one every time. */
static const struct hd_scenario *scenario_of(const char *name,
                                             const struct hd_variant **variant)
{
    static const char *last;
    static const struct hd_scenario *scenario;
    static const struct hd_variant *v;
    if (last != name) {
        char text[200];
        snprintf(text, sizeof text, "%s", name);
        char *slash = strchr(text, '/');
        if (slash)
            *slash = 0;
        scenario = hd_scenario_find(text);
        v = scenario && slash ? hd_variant_find(scenario, slash + 1) : NULL;
        if (!v) {
            fprintf(stderr, "heddle: this program has no scenario %s\n", name);
            exit(HD_EXIT_USAGE);
        }
        last = name;
    }
    *variant = v;
    return scenario;
}

int hd_fuzz_scenario(const char *scenario_variant, const uint8_t *data, size_t size)
{
    const struct hd_variant *v;
    const struct hd_scenario *s = scenario_of(scenario_variant, &v);
    if (is_warm_up(data))
        return 0;
    struct hd_options opt;
    struct hd_input in;
    size_t params = hd_params_size(s->params);
    hd_params_decode(s->params, data, size, &in);
    if (params > size)
        params = size;
    hd_plan_decode(&plan, data + params, size - params);
    options_init(&opt);
    const struct hd_result *r = hd_run_scenario(s, v, &in, &opt);
    if (__builtin_expect(r->findings == 0, 1)) {
        hd_feedback_executed(s->params, data, size);
        return 0;
    }
    char replay[300];
    snprintf(replay, sizeof replay, "heddle replay FILE --scenario %s --flavor %s",
             scenario_variant, hd_flavor());
    struct hd_report report = {
        .scenario = s, .variant = v->name, .in = &in, .replay = replay};
    finding_abort(r, &report, v);
}

struct data_call {
    void (*test)(const uint8_t *data, size_t size);
    const uint8_t *data;
    size_t size;
};

static void data_main(void *arg)
{
    const struct data_call *c = arg;
    c->test(c->data, c->size);
}

int hd_fuzz_data(void (*test)(const uint8_t *data, size_t size),
                 const uint8_t *input, size_t size)
{
    struct hd_options opt;
    struct hd_framed f = hd_frame_split(input, size);
    struct data_call call = {test, f.data, f.data_size};
    if (is_warm_up(input))
        return 0;
    hd_plan_decode(&plan, f.plan, f.plan_size);
    options_init(&opt);
    const struct hd_result *r = hd_run(data_main, &call, &opt);
    if (__builtin_expect(r->findings == 0, 1)) {
        hd_feedback_executed(NULL, input, size);
        return 0;
    }
    struct hd_report report = {.replay = "run this fuzz target on the saved input"};
    finding_abort(r, &report, NULL);
}
