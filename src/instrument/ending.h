/* ending.h - pulls in heddle's abort(), exit() and __assert_fail(). */
#ifndef HD_INSTRUMENT_ENDING_H
#define HD_INSTRUMENT_ENDING_H

void hd__ending_hooks(void);

#endif
