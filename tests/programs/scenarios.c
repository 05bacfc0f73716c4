/*
 * scenarios.c - a program out of the scenarios of tests/pass and tests/fail that
 * call nothing of heddle's: `scenarios NAME VARIANT` is that variant as a main().
 *
 *     scenarios              lists them, in lines `NAME VARIANT EXPECTED CHECKED`:
 *                            names of classes with commas in between, or `-`
 *
 * What they promise is in one place this way, and tested in both forms.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <heddle/heddle.h>

extern const struct hd_scenario *const __start_test_programs[];
extern const struct hd_scenario *const __stop_test_programs[];

static const char *const class_name[HD_CLASS_COUNT] = {
#define X(id, name, text) [HD_##id] = name,
    HD_CLASSES(X)
#undef X
};

static void list_variant(const struct hd_scenario *s, const struct hd_variant *v)
{
    const char *comma = "";
    printf("%s %s ", s->name, v->name);
    for (int i = 0; i < HD_EXPECT_MAX && v->expect[i]; i++, comma = ",")
        printf("%s%s", comma, class_name[v->expect[i]]);
    printf("%s ", *comma ? "" : "-");
    comma = "";
    for (int c = 1; c < HD_CLASS_COUNT; c++)
        if (s->policies & HD_CLASS_BIT(c)) {
            printf("%s%s", comma, class_name[c]);
            comma = ",";
        }
    printf("%s\n", *comma ? "" : "-");
}

static const struct hd_scenario *scenario_find(const char *name)
{
    for (const struct hd_scenario *const *s = __start_test_programs;
         s < __stop_test_programs; s++)
        if (!strcmp((*s)->name, name))
            return *s;
    return NULL;
}

static const struct hd_variant *variant_find(const struct hd_scenario *s,
                                             const char *name)
{
    for (const struct hd_variant *v = s->variants; v->name; v++)
        if (!strcmp(v->name, name))
            return v;
    return NULL;
}

static void list(void)
{
    for (const struct hd_scenario *const *s = __start_test_programs;
         s < __stop_test_programs; s++)
        for (const struct hd_variant *v = (*s)->variants; v->name; v++)
            list_variant(*s, v);
}

int main(int argc, char **argv)
{
    static const struct hd_input none;
    const struct hd_scenario *s = argc == 3 ? scenario_find(argv[1]) : NULL;
    const struct hd_variant *v = s != NULL ? variant_find(s, argv[2]) : NULL;
    if (argc == 1) {
        list();
        return 0;
    }
    if (v == NULL) {
        fprintf(stderr, "scenarios: there is no such variant\n");
        return 2;
    }
    v->run(&none);
    /* Where what waits for ever is looked for, the others go on. */
    if (s->policies != 0)
        pthread_exit(NULL);
    return 0;
}
