// Memory for one message at a time: allocating moves an offset, freeing does nothing.
#pragma once
#include <protobuf-c/protobuf-c.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct {
    uint8_t *base;
    size_t used;
    size_t capacity;
    ProtobufCAllocator allocator;
} Bump;

static void *bump_alloc(void *data, size_t size) {
    Bump *bump = data;
    size_t start = (bump->used + 15) & ~(size_t)15;
    if (start + size > bump->capacity) abort();
    bump->used = start + size;
    return bump->base + start;
}

static void bump_free(void *data, void *block) {
    (void)data;
    (void)block;
}

// `bump` must stay where it is: the allocator points back at it.
static inline void bump_init(Bump *bump, size_t capacity) {
    bump->base = malloc(capacity);
    if (!bump->base) abort();
    bump->used = 0;
    bump->capacity = capacity;
    bump->allocator = (ProtobufCAllocator){.alloc = bump_alloc, .free = bump_free, .allocator_data = bump};
}

static inline void bump_reset(Bump *bump) { bump->used = 0; }
