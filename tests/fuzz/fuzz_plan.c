/*
 * fuzz_plan.c - libFuzzer target: any bytes as a plan, as parameters, as a
 * framed input and as a finding from a worker.  Aborts where a promise of
 * plan.h, bytes.h or finding.h does not hold.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/base/error.h"
#include "../../src/engine/finding.h"
#include "../../src/engine/plan.h"

static const struct hd_param params[HD_PARAMS_MAX] = {
    {"one", 7, 7, HD_LINEAR, 1, "a single step takes no byte"},
    {"few", -2, 4, HD_LINEAR, 1, "one byte"},
    {"uneven", 0, 1000, HD_LINEAR, 3, "two bytes, the last step is short"},
    {"wide", INT32_MIN, (int64_t)INT32_MIN + (1u << 31), HD_LINEAR, 1,
     "four bytes"},
    {"time", 0, 1000000000, HD_LOG, 1000000, "log-scaled"},
    {"far", INT64_MIN, INT64_MAX, HD_LOG, INT64_MAX, "the whole range"},
};

static void same_plan(const struct hd_plan *a, const struct hd_plan *b)
{
    HD_CHECK(a->count == b->count);
    HD_CHECK(a->count == 0 ||
             memcmp(a->dev, b->dev, a->count * sizeof *a->dev) == 0);
}

static void check_plan(const uint8_t *data, size_t size)
{
    struct hd_plan first = {0}, again = {0}, shorter = {0};
    struct hd_bytes bytes = {0}, canonical = {0};
    hd_plan_decode(&first, data, size);
    HD_CHECK(first.count == size / HD_DEVIATION_SIZE);
    hd_plan_encode(&first, &bytes);
    HD_CHECK(bytes.size == first.count * HD_DEVIATION_SIZE);
    hd_plan_decode(&again, bytes.data, bytes.size);
    same_plan(&first, &again);
    hd_plan_encode(&again, &canonical);
    HD_CHECK(bytes.size == canonical.size);
    HD_CHECK(bytes.size == 0 ||
             memcmp(bytes.data, canonical.data, bytes.size) == 0);
    /* Without the first deviation every other task's stay where they are. */
    if (first.count > 0) {
        hd_plan_decode(&shorter, data + HD_DEVIATION_SIZE,
                       size - HD_DEVIATION_SIZE);
        for (size_t i = 0; i < shorter.count; i++)
            if (first.dev[i + 1].task != first.dev[0].task)
                HD_CHECK(memcmp(&shorter.dev[i], &first.dev[i + 1],
                                sizeof *shorter.dev) == 0);
    }
    hd_plan_free(&first);
    hd_plan_free(&again);
    hd_plan_free(&shorter);
    hd_bytes_free(&bytes);
    hd_bytes_free(&canonical);
}

static void check_params(const uint8_t *data, size_t size)
{
    struct hd_input in, again;
    struct hd_bytes bytes = {0};
    hd_params_decode(params, data, size, &in);
    for (size_t i = 0; i < hd_params_count(params); i++) {
        uint32_t step;
        HD_CHECK(in.param[i] >= params[i].min && in.param[i] <= params[i].max);
        HD_CHECK(hd_param_step(&params[i], in.param[i], &step));
        HD_CHECK(hd_param_value(&params[i], step) == in.param[i]);
    }
    hd_params_encode(params, &in, &bytes);
    HD_CHECK(bytes.size == hd_params_size(params));
    hd_params_decode(params, bytes.data, bytes.size, &again);
    HD_CHECK(memcmp(&in, &again, sizeof in) == 0);
    hd_bytes_free(&bytes);
}

static void check_frame(const uint8_t *data, size_t size)
{
    struct hd_framed f = hd_frame_split(data, size);
    HD_CHECK(f.data == data && f.data_size <= size);
    HD_CHECK(f.plan_size <= size - f.data_size);
    struct hd_bytes joined = {0};
    hd_frame_join(&joined, f.data, f.data_size, f.plan, f.plan_size);
    struct hd_framed g = hd_frame_split(joined.data, joined.size);
    HD_CHECK(g.data_size == f.data_size && g.plan_size == f.plan_size);
    HD_CHECK(f.data_size == 0 || memcmp(g.data, f.data, f.data_size) == 0);
    HD_CHECK(f.plan_size == 0 || memcmp(g.plan, f.plan, f.plan_size) == 0);
    if (f.plan)
        HD_CHECK(joined.size == size && memcmp(joined.data, data, size) == 0);
    hd_bytes_free(&joined);
}

static void check_finding(const uint8_t *data, size_t size)
{
    struct hd_reader in = {.data = data, .size = size};
    struct hd_finding f;
    if (!hd_finding_read(&f, &in)) {
        HD_CHECK(!f.site && f.sites == 0);
        return;
    }
    struct hd_bytes bytes = {0};
    hd_finding_write(&f, &bytes);
    HD_CHECK(bytes.size == in.at && memcmp(bytes.data, data, in.at) == 0);
    hd_bytes_free(&bytes);
    free(f.site);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_plan(data, size);
    check_params(data, size);
    check_frame(data, size);
    check_finding(data, size);
    return 0;
}
