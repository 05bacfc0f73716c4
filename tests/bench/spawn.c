/*
 * Runs a program again and again, with fork and exec, as a loop in a shell would,
 * and prints how often in a second: what `heddle hunt -- PROGRAM` is compared with.
 *
 *     spawn N PROGRAM
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    long n = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    if (n < 1) {
        fprintf(stderr, "usage: spawn N PROGRAM\n");
        return 2;
    }
    double start = now();
    for (long i = 0; i < n; i++) {
        pid_t pid;
        int status;
        if (posix_spawn(&pid, argv[2], NULL, NULL, &argv[2], environ) != 0 ||
            waitpid(pid, &status, 0) != pid || status != 0) {
            fprintf(stderr, "spawn: %s does not run\n", argv[2]);
            return 1;
        }
    }
    printf("%.0f\n", (double)n / (now() - start));
    return 0;
}
