#include "frames.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static uint8_t *batch_buffer(void) {
    uint8_t *buffer = malloc(BATCH_BYTES_MAX);
    if (!buffer) abort();
    return buffer;
}

void connection_init(Connection *connection, int descriptor) {
    *connection = (Connection){.descriptor = descriptor, .input = batch_buffer(), .output = batch_buffer()};
}

void connection_close(Connection *connection) {
    close(connection->descriptor);
    free(connection->input);
    free(connection->output);
}

int connection_read(Connection *connection) {
    size_t held = connection->input_end - connection->input_start;
    memmove(connection->input, connection->input + connection->input_start, held);
    connection->input_start = 0;
    connection->input_end = held;
    for (;;) {
        ssize_t count = read(connection->descriptor, connection->input + held, BATCH_BYTES_MAX - held);
        if (count > 0) {
            connection->input_end += (size_t)count;
            return 1;
        }
        if (count == 0 || errno != EINTR) return 0;
    }
}

static uint32_t load_u32(const uint8_t *bytes) {
    uint32_t value;
    memcpy(&value, bytes, 4);
    return ntohl(value);
}

static void store_u32(uint8_t *bytes, uint32_t value) {
    value = htonl(value);
    memcpy(bytes, &value, 4);
}

int connection_next(Connection *connection, Frame *frame) {
    const uint8_t *bytes = connection->input + connection->input_start;
    size_t held = connection->input_end - connection->input_start;
    if (held < FRAME_HEADER_BYTES) return 0;
    uint32_t length = load_u32(bytes);
    if (length > BATCH_BYTES_MAX / 2) {
        fprintf(stderr, "c-floor: a frame of %u bytes\n", length);
        exit(1);
    }
    if (held < FRAME_HEADER_BYTES + (size_t)length) return 0;
    *frame = (Frame){length, load_u32(bytes + 4), bytes[8], bytes + FRAME_HEADER_BYTES};
    connection->input_start += FRAME_HEADER_BYTES + length;
    return 1;
}

uint8_t *connection_append(Connection *connection, uint32_t length, uint32_t stream_id, uint8_t type) {
    if (connection->output_end + FRAME_HEADER_BYTES + length > BATCH_BYTES_MAX) {
        fprintf(stderr, "c-floor: a batch outgrew %d bytes\n", BATCH_BYTES_MAX);
        exit(1);
    }
    uint8_t *header = connection->output + connection->output_end;
    store_u32(header, length);
    store_u32(header + 4, stream_id);
    header[8] = type;
    header[9] = 0;
    connection->output_end += FRAME_HEADER_BYTES + length;
    return header + FRAME_HEADER_BYTES;
}

int connection_flush(Connection *connection) {
    size_t sent = 0;
    while (sent < connection->output_end) {
        ssize_t count = send(connection->descriptor, connection->output + sent, connection->output_end - sent,
                             MSG_NOSIGNAL);
        if (count < 0) {
            if (errno == EINTR) continue;
            return 0;
        }
        sent += (size_t)count;
    }
    connection->output_end = 0;
    return 1;
}
