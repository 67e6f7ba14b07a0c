// Counts what a thread allocates. A program that links this has its malloc and its kin replaced by ones that count
// and then call glibc's.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Blocks that the calling thread has allocated since it began; a realloc counts as one.
uint64_t allocations_of_this_thread(void);

// False under a sanitizer, which replaces malloc itself.
bool allocations_are_counted(void);
