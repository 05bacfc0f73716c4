/* search.c - asks a worker to search, and gathers its frames. */
#include "search.h"

#include <stdlib.h>

/* Handles one frame; *over says whether it was the last. */
static enum hd_err frame(struct hd_slot *s, struct hd_search *out, bool *over)
{
    enum hd_wire_type type;
    struct hd_done done;
    enum hd_err e = hd_slot_receive(s, &type);
    *over = true;
    if (e)
        return e;
    struct hd_reader in = {.data = s->payload.data, .size = s->payload.size};
    *over = type == HD_WIRE_DONE;
    if (type == HD_WIRE_DONE && hd_done_read(&done, &in)) {
        s->busy = false;
        out->runs = done.next - done.first;
        out->complete = done.complete;
        free(done.tally);
        return HD_E_OK;
    }
    if (type == HD_WIRE_FOUND && !out->found) {
        out->found = hd_account_read(&out->account, in.data, in.size);
        if (out->found)
            return HD_E_OK;
        hd_account_free(&out->account);
    }
    return type == HD_WIRE_PROGRESS ? HD_E_OK : HD_E_PROTOCOL;
}

enum hd_err hd_search(struct hd_slot *s, const struct hd_request *q,
                      struct hd_search *out)
{
    bool over = false;
    *out = (struct hd_search){.runs = 0};
    enum hd_err e = hd_slot_send(s, q);
    while (!e && !over)
        e = frame(s, out, &over);
    if (e && out->found)
        hd_account_free(&out->account);
    return e;
}
