/* options.h - pulls in the sanitizers' default options. */
#ifndef HD_INSTRUMENT_OPTIONS_H
#define HD_INSTRUMENT_OPTIONS_H

void hd__sanitizer_options(void);

#endif
