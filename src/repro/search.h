/*
 * search.h - exhaustive search (strategy dfs) in a worker, from the front end.
 */
#ifndef HD_REPRO_SEARCH_H
#define HD_REPRO_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "slot.h"

struct hd_search {
    uint64_t runs;
    bool found; /* what the request wants; then: */
    struct hd_account account;
    bool complete; /* everything within the bounds was run, and nothing found */
};

/*
 * Sends a VERIFY request and waits for its end.  HD_E_OK, or an error with its line
 * in s->error (HD_E_STOPPED: see slot.h).  The account is to be freed if found.
 */
enum hd_err hd_search(struct hd_slot *s, const struct hd_request *q,
                      struct hd_search *out);

#endif
