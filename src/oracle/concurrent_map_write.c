/*
 * concurrent_map_write.c - a map is used while another task is inside a write
 * of it: what Go's runtime dies of.
 */
#include "registry.h"

static void on_event(const struct hd_event *e)
{
    const char *items[] = {
        hd__item_at(e->task->op.pc, hd_op_names[e->task->op.kind], "map"),
        hd__item_at(e->other->op.pc, hd_op_names[e->other->op.kind], "map"),
    };
    hd__found(HD_CONCURRENT_MAP_WRITE, items, 2, "%s of %s by %s and %s", e->text,
              hd__object_name(e->object), hd__task_path(e->other),
              hd__task_path(e->task));
}

const struct hd_oracle hd_oracle_concurrent_map_write = {
    .cls = HD_CONCURRENT_MAP_WRITE,
    .events = HD_EVENT_BIT(MAP_CLASH),
    .on_event = on_event,
};
