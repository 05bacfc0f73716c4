/*
 * symbolize.h - relative program counters to "function file:line".
 *
 * One llvm-symbolizer process per symbolizer, fed over pipes.  Without the
 * tool (said once on stderr) there is "function+0xoffset" from the symbol
 * tables of the programs themselves: what the worker sent, or hd_function_at()
 * when the binary is this very process.
 */
#ifndef HD_REPORT_SYMBOLIZE_H
#define HD_REPORT_SYMBOLIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "../repro/account.h"

struct hd_symbolizer {
    char binary[4200];
    bool own;  /* the binary is this process's own */
    pid_t pid; /* of the tool; 0: not started, -1: there is none */
    FILE *to, *from;
};

/* Nothing is started before the first look-up. */
void hd_symbolizer_init(struct hd_symbolizer *s, const char *binary);
void hd_symbolizer_close(struct hd_symbolizer *s);

/*
 * Writes "function file:line" for a return address.  known (may be NULL, n
 * entries) are functions that the process itself looked up.
 */
void hd_symbolize(struct hd_symbolizer *s, uint64_t pc,
                  const struct hd_account_symbol *known, size_t n, char *text,
                  size_t size);

/*
 * The local variable, "v" or "v+4", of the function that pc returns into, at that
 * offset from its frame pointer.  False if there is none that is known: without
 * the tool, without debug information, or where ASan moved it elsewhere.
 */
bool hd_symbolize_local(struct hd_symbolizer *s, uint64_t pc, int64_t offset,
                        char *text, size_t size);

/* Path of the tool, or NULL. */
const char *hd_symbolizer_tool(void);

#endif
