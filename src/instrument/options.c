/*
 * options.c - the sanitizers' defaults that a program with heddle needs.  The
 * environment (ASAN_OPTIONS...) still overrides them.
 *
 * In one object with hd_sanitizer_options(), which the engine refers to, so
 * that these strong definitions always win over the runtimes' weak ones.
 */
#include "options.h"

const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__ubsan_default_options(void);

/* heddle's handler names the task; a fatal report must be a single one. */
const char *__asan_default_options(void)
{
    return "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_"
           "abort=0:"
           "detect_stack_use_after_return=1:allocator_may_return_"
           "null=1:"
           "external_symbolizer_path=/usr/bin/llvm-symbolizer-19";
}

/*
 * The same race must be reported again in the next execution; fatal signals
 * are heddle's to explain; and a report is a finding, not an exit status.  A child
 * that the program forks may make threads: nothing of it is reported.
 */
const char *__tsan_default_options(void)
{
    return "report_signal_unsafe=0:exitcode=66:atexit_sleep_ms=0:"
           "suppress_equal_stacks=0:suppress_equal_addresses=0:"
           "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_"
           "abort=0:"
           "die_after_fork=0:report_thread_leaks=0:report_destroy_locked=0:"
           "symbolize=0";
}

const char *__ubsan_default_options(void)
{
    return "print_stacktrace=0";
}

void hd__sanitizer_options(void)
{
}
