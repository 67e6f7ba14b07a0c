#include <CGoldenMessages.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bump.h"
#include "floor.h"
#include "frames.h"

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void answer(Connection *connection, Bump *bump, const Frame *frame) {
    bump_reset(bump);
    Motcua__Testing__V1__EnvelopeRequest *request =
        motcua__testing__v1__envelope_request__unpack(&bump->allocator, frame->length, frame->data);
    if (!request || frame->type != FRAME_REQUEST || strcmp(request->method, "Echo") != 0 ||
        strcmp(request->service, "motcua.testing.v1.Echo") != 0) {
        fprintf(stderr, "c-floor: a frame that is no echo\n");
        exit(1);
    }
    Motcua__Testing__V1__EchoMessage *message = motcua__testing__v1__echo_message__unpack(
        &bump->allocator, request->payload.len, request->payload.data);
    if (!message) {
        fprintf(stderr, "c-floor: a payload that is no message\n");
        exit(1);
    }
    size_t size = motcua__testing__v1__echo_message__get_packed_size(message);
    Motcua__Testing__V1__EnvelopeResponse response = MOTCUA__TESTING__V1__ENVELOPE_RESPONSE__INIT;
    response.payload.data = bump_alloc(bump, size);
    response.payload.len = motcua__testing__v1__echo_message__pack(message, response.payload.data);
    size_t length = motcua__testing__v1__envelope_response__get_packed_size(&response);
    uint8_t *place = connection_append(connection, (uint32_t)length, frame->stream_id, FRAME_RESPONSE);
    motcua__testing__v1__envelope_response__pack(&response, place);
}

void serve_echo(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "c-floor: %s is too long for a socket\n", path);
        exit(1);
    }
    strcpy(address.sun_path, path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 16))
        fail(path);
    Bump bump;
    bump_init(&bump, BATCH_BYTES_MAX);
    for (;;) {
        int descriptor = accept(listener, NULL, NULL);
        if (descriptor < 0) fail("accept");
        Connection connection;
        connection_init(&connection, descriptor);
        while (connection_read(&connection)) {
            Frame frame;
            while (connection_next(&connection, &frame)) answer(&connection, &bump, &frame);
            if (!connection_flush(&connection)) break;
        }
        connection_close(&connection);
    }
}
