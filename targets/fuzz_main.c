/*
 * fuzz_main.c - what makes a catalog target a fuzzer's binary.
 *
 * Compiled once per scenario, variant and flavor with
 * -DHD_FUZZ_TARGET='"NAME/VARIANT"' and linked with that scenario, libheddle
 * and a fuzzing engine.  The input is `parameters | deviations`; a finding
 * ends the process, so that the engine keeps the input.  It belongs to the
 * harness and is not code under test: no -fsanitize=thread for this file.
 */
#include <heddle/fuzz.h>

#ifndef HD_FUZZ_TARGET
#error "define HD_FUZZ_TARGET as a string, \"NAME/VARIANT\""
#endif

/* Engines call it; no header declares it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return hd_fuzz_scenario(HD_FUZZ_TARGET, data, size);
}
