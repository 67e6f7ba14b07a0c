// What one blocking thread a side costs in C: the same frames, messages and work as the runtime's echo.
#pragma once
#include <stdint.h>
#include <sys/types.h>

// Serves one connection after another, for ever.
void serve_echo(const char *path);
// Measures, and prints one line of JSON.
void load_echo(const char *path, pid_t server, int in_flight, int text_bytes, double seconds);
// Encodes and decodes the record in a file, in CPU time; prints one line of JSON.
void measure_coding(const char *path, double seconds);

uint64_t now_ns(void);
// User and system time of a process with all its threads; 0 is this one.
double cpu_seconds(pid_t process);
