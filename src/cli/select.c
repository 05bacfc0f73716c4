/* select.c - from words of the command line to scenarios and flavors. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine/run.h"
#include "../repro/buildid.h"
#include "../repro/program.h"
#include "cli.h"

static void choice_add(struct hd_selection *s, struct hd_choice c)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->choice[i].variant == c.variant)
            return;
    s->choice = realloc(s->choice, (s->count + 1) * sizeof *s->choice);
    if (!s->choice)
        hd_die("out of memory");
    s->choice[s->count++] = c;
}

static void variants_add(struct hd_selection *s, const struct hd_scenario *sc)
{
    for (int i = 0; i < HD_VARIANTS_MAX && sc->variants[i].name; i++)
        choice_add(s, (struct hd_choice){sc, &sc->variants[i]});
}

void hd_cli_select_program(struct hd_selection *s)
{
    variants_add(s, &hd_program_given->scenario);
}

void hd_cli_select_all(struct hd_selection *s)
{
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list);
    for (size_t i = 0; i < n; i++)
        variants_add(s, list[i]);
}

/* How many scenarios a number or a prefix means; *found is the last of them. */
static size_t scenario_match(const char *name, const struct hd_scenario **found)
{
    const struct hd_scenario *const *list;
    size_t n = hd_scenarios(&list), hits = 0, len = strlen(name);
    bool digits = len > 0 && strspn(name, "0123456789") == len && len < 9;
    for (size_t i = 0; i < n; i++) {
        bool same = digits ? list[i]->number > 0 && list[i]->number == atoi(name)
                           : !strncmp(list[i]->name, name, len);
        if (same) {
            *found = list[i];
            hits++;
        }
    }
    return hits;
}

static const struct hd_scenario *scenario_select(const struct hd_command *c,
                                                 const char *name)
{
    const struct hd_scenario *s = hd_scenario_find(name);
    if (s)
        return s;
    size_t hits = *name ? scenario_match(name, &s) : 0;
    if (hits == 1)
        return s;
    if (hits)
        hd_usage_error(c, "'%s' is the beginning of %zu scenarios", name, hits);
    else
        hd_usage_error(c, "no scenario '%s' (heddle list shows them)", name);
    return NULL;
}

bool hd_cli_select(const struct hd_command *c, const char *word,
                   struct hd_selection *s)
{
    char name[256];
    snprintf(name, sizeof name, "%s", word);
    char *slash = strchr(name, '/');
    if (slash)
        *slash = 0;
    const struct hd_scenario *sc = scenario_select(c, name);
    if (!sc)
        return false;
    if (!slash) {
        variants_add(s, sc);
        return true;
    }
    const struct hd_variant *v = hd_variant_find(sc, slash + 1);
    if (!v) {
        hd_usage_error(c, "scenario %s has no variant '%s'", sc->name, slash + 1);
        return false;
    }
    choice_add(s, (struct hd_choice){sc, v});
    return true;
}

bool hd_cli_select_one(const struct hd_command *c, const char *word,
                       struct hd_choice *out)
{
    struct hd_selection s = {.count = 0};
    bool ok = hd_cli_select(c, word, &s);
    if (ok && s.count != 1) {
        hd_usage_error(c, "'%s' has %zu variants: say which, as in %s/%s", word,
                       s.count, s.choice[0].scenario->name,
                       s.choice[0].variant->name);
        ok = false;
    }
    if (ok)
        *out = s.choice[0];
    free(s.choice);
    return ok;
}

bool hd_cli_select_flavor(const struct hd_command *c, const char *word,
                          const char **out)
{
    for (const char *const *f = hd_flavors; *f; f++)
        if (!strcmp(*f, word)) {
            *out = *f;
            return true;
        }
    hd_usage_error(c, "no flavor '%s': none, race, asan or tsan", word);
    return false;
}

static void flavor_add(struct hd_words *out, const char *flavor)
{
    for (size_t i = 0; i < out->count; i++)
        if (!strcmp(out->word[i], flavor))
            return;
    hd_words_add(out, flavor);
}

bool hd_cli_select_flavors(const struct hd_command *c, const struct hd_words *words,
                           const char *def, struct hd_words *out)
{
    for (size_t i = 0; i < words->count; i++) {
        const char *p = words->word[i], *flavor;
        do {
            char one[32];
            size_t n = strcspn(p, ",");
            snprintf(one, sizeof one, "%.*s", (int)n, p);
            p += n + (p[n] == ',');
            if (!strcmp(one, "all")) {
                for (const char *const *f = hd_flavors; *f; f++)
                    flavor_add(out, *f);
            } else if (hd_cli_select_flavor(c, one, &flavor)) {
                flavor_add(out, flavor);
            } else {
                return false;
            }
        } while (*p);
    }
    if (!out->count)
        hd_words_add(out, def);
    return true;
}
