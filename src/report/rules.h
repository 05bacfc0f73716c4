/*
 * rules.h - the twelve rules that the catalog's bugs break, and which symptom
 * points to which.  (What each rule covers is taken from how the catalog uses
 * it; the wording is ours.)
 */
#ifndef HD_REPORT_RULES_H
#define HD_REPORT_RULES_H

#include <stddef.h>

#include <heddle/class.h>

enum { HD_RULE_COUNT = 12 };

struct hd_symptom {
    const char *symptom;
    int rule[3]; /* 0: no more */
    const char *look;
    unsigned classes; /* that a finding of it has */
};

/* Text of rule 1..12; NULL for any other number. */
const char *hd_rule_text(int number);

/* The numbers of a symptom's rules, "1, 12". */
void hd_symptom_rules(const struct hd_symptom *s, char *text, size_t size);

/* What a finding of that class in code that breaks these rules (0: no more) is seen
 * as; NULL if no symptom says it. */
const struct hd_symptom *hd_symptom_of(enum hd_class cls, const int *rules,
                                       size_t n);

extern const struct hd_symptom hd_symptoms[];
extern const size_t hd_symptom_count;

#endif
