/* cpus.h - how many processors code under test is told of. */
#ifndef HD_POSIX_CPUS_H
#define HD_POSIX_CPUS_H

/*
 * Programs size their pools by it.  With one, many would start no second worker and
 * hide every bug; with more than a few, executions would only grow longer.
 */
#define HD_CPUS 4

#endif
