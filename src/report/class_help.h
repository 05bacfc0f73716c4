/*
 * class_help.h - what to do about a finding of each class, for reports that are
 * read away from the documentation.
 */
#ifndef HD_REPORT_CLASS_HELP_H
#define HD_REPORT_CLASS_HELP_H

#include <heddle/class.h>

/*
 * Where the documentation is published; reports point into it.  A packager or a
 * fork sets another one with -DHD_DOCS_URI=...; it ends with a slash.
 */
#ifndef HD_DOCS_URI
#define HD_DOCS_URI "https://heddle.example/docs/"
#endif

/* One or two sentences: what usually causes it and what the fix looks like. */
const char *hd_class_help(enum hd_class c);

#endif
