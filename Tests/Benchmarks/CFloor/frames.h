// ttRPC frames over a blocking socket: whole batches in, whole batches out.
#pragma once
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HEADER_BYTES = 10, FRAME_REQUEST = 1, FRAME_RESPONSE = 2, BATCH_BYTES_MAX = 1 << 20 };

typedef struct {
    uint32_t length;
    uint32_t stream_id;
    uint8_t type;
    const uint8_t *data;
} Frame;

typedef struct {
    int descriptor;
    uint8_t *input;
    size_t input_start, input_end;
    uint8_t *output;
    size_t output_end;
} Connection;

void connection_init(Connection *connection, int descriptor);
void connection_close(Connection *connection);
// Waits for bytes. False when the peer is gone.
int connection_read(Connection *connection);
// The next whole frame that was read; false when there is none. Valid until the next read.
int connection_next(Connection *connection, Frame *frame);
// Room for a frame with that many bytes of data; its header is written.
uint8_t *connection_append(Connection *connection, uint32_t length, uint32_t stream_id, uint8_t type);
// Writes what was appended, in one write where the socket takes it. False when the peer is gone.
int connection_flush(Connection *connection);
