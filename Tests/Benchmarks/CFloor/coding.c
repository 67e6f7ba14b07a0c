#include <CGoldenMessages.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bump.h"
#include "floor.h"

enum { BATCH = 1000, RECORD_BYTES_MAX = 4096 };

static double thread_seconds(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void require(int holds, const char *what) {
    if (holds) return;
    fprintf(stderr, "c-floor: %s\n", what);
    exit(1);
}

static size_t encode(const Motcua__Testing__V1__Record *record, uint8_t *target) {
    require(motcua__testing__v1__record__get_packed_size(record) <= RECORD_BYTES_MAX, "the record is too large");
    return motcua__testing__v1__record__pack(record, target);
}

void measure_coding(const char *path, double seconds) {
    static uint8_t bytes[RECORD_BYTES_MAX], written[RECORD_BYTES_MAX];
    FILE *file = fopen(path, "rb");
    require(file != NULL, "the record cannot be read");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    Bump kept, bump;
    bump_init(&kept, 1 << 16);
    bump_init(&bump, 1 << 16);
    Motcua__Testing__V1__Record *record = motcua__testing__v1__record__unpack(&kept.allocator, length, bytes);
    require(record && encode(record, written) == length && memcmp(written, bytes, length) == 0,
            "the record is written as it was read");
    double costs[2];
    for (int part = 0; part < 2; part++) {
        double start = 0, elapsed = 0;
        long count = -BATCH;  // The first batch warms up.
        do {
            for (int index = 0; index < BATCH; index++) {
                if (part == 0) {
                    require(encode(record, written) == length, "an encoding of another length");
                } else {
                    bump_reset(&bump);
                    Motcua__Testing__V1__Record *read =
                        motcua__testing__v1__record__unpack(&bump.allocator, length, bytes);
                    require(read && read->version == record->version, "another record");
                }
            }
            count += BATCH;
            if (count == 0) start = thread_seconds();
            elapsed = thread_seconds() - start;
        } while (count == 0 || elapsed < seconds / 2);
        costs[part] = elapsed / (double)count * 1e9;
    }
    printf("{\"encode_ns\": %.1f, \"decode_ns\": %.1f}\n", costs[0], costs[1]);
}
