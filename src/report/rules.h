/*
 * rules.h - the twelve rules that the catalog's bugs break, and which symptom
 * points to which.  (What each rule covers is taken from how the catalog uses
 * it; the wording is ours.)
 */
#ifndef HD_REPORT_RULES_H
#define HD_REPORT_RULES_H

#include <stddef.h>

enum { HD_RULE_COUNT = 12 };

struct hd_symptom {
    const char *symptom;
    int rule[3]; /* 0: no more */
    const char *look;
};

/* Text of rule 1..12; NULL for any other number. */
const char *hd_rule_text(int number);

/* The numbers of a symptom's rules, "1, 12". */
void hd_symptom_rules(const struct hd_symptom *s, char *text, size_t size);

extern const struct hd_symptom hd_symptoms[];
extern const size_t hd_symptom_count;

#endif
