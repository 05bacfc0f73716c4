/*
 * standalone_main.c - an engine that is none: runs a fuzz target once on each file
 * of the command line.
 *
 * scripts/oss-fuzz-check links it where honggfuzz's library would be, which Debian
 * has no package of, and so finds out whether the targets compile and link with
 * honggfuzz's flags, and run.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

int main(int argc, char **argv)
{
    static uint8_t data[INPUT_MAX];
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (!file) {
            fprintf(stderr, "cannot read %s\n", argv[i]);
            return EXIT_FAILURE;
        }
        size_t size = fread(data, 1, sizeof data, file);
        fclose(file);
        LLVMFuzzerTestOneInput(data, size);
    }
    printf("Done %d runs\n", argc - 1);
    return EXIT_SUCCESS;
}
