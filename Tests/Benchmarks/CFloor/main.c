#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "floor.h"

uint64_t now_ns(void) {
    struct timespec point;
    clock_gettime(CLOCK_MONOTONIC, &point);
    return (uint64_t)point.tv_sec * 1000000000u + (uint64_t)point.tv_nsec;
}

double cpu_seconds(pid_t process) {
    // The kernel's encoding of a process's CPU clock, as clock_getcpuclockid(3) gives it.
    clockid_t clock = process ? (clockid_t)(~(unsigned)process << 3 | 2) : CLOCK_PROCESS_CPUTIME_ID;
    struct timespec time;
    if (clock_gettime(clock, &time)) {
        perror("the CPU clock of the server");
        exit(1);
    }
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "serve") == 0) {
        serve_echo(arguments[2]);
    } else if (count == 7 && strcmp(arguments[1], "load") == 0) {
        load_echo(arguments[2], atoi(arguments[3]), atoi(arguments[4]), atoi(arguments[5]), atof(arguments[6]));
    } else if (count == 4 && strcmp(arguments[1], "coding") == 0) {
        measure_coding(arguments[2], atof(arguments[3]));
    } else {
        fprintf(stderr, "c-floor serve SOCKET\n"
                        "c-floor load SOCKET SERVER_PID IN_FLIGHT TEXT_BYTES SECONDS\n"
                        "c-floor coding FILE SECONDS\n");
        return 2;
    }
    return 0;
}
