/* mem.h - whether it is the runtime that is using the heap; see mem.c. */
#ifndef HD_BASE_MEM_H
#define HD_BASE_MEM_H

/* Greater than 0 while a call of the runtime's is under way. */
extern unsigned hd__heap_hidden;

#endif
