/*
 * One task writes to a map while main reads from it.  A race detector sees it
 * in every schedule, so the class of the folder is the one of the flavors
 * without.  The twin reads after the writer has been joined.
 */
#include <heddle/heddle.h>

static void write_key(void *map)
{
    hd_map_set(map, "key", map);
}

static void buggy(const struct hd_input *in)
{
    hd_map *map = hd_map_make();
    (void)in;
    hd_task *writer = hd_go(write_key, map);
    hd_map_get(map, "key", NULL);
    hd_join(writer);
}

static void fixed(const struct hd_input *in)
{
    hd_map *map = hd_map_make();
    void *value = NULL;
    (void)in;
    hd_join(hd_go(write_key, map));
    hd_assert(hd_map_get(map, "key", &value) && value == map);
}

HD_SCENARIO(map_write_read) = {
    .name = "fail-concurrent-map-write-write-read",
    .title = "a map is read while another task writes it",
    .variants =
        {
            {.name = "buggy",
             .run = buggy,
             .expect = {HD_DATA_RACE, HD_CONCURRENT_MAP_WRITE}},
            {.name = "fixed", .run = fixed},
        },
};
