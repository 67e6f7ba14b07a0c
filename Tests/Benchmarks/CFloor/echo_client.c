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

enum { LATENCIES_MAX = 1 << 22 };
static const double WARM_UP_SECONDS = 0.3;
static const int64_t TIMEOUT_NANO = 30000000000;

// The caller's side of the connection.
typedef struct {
    Connection connection;
    Bump bump;
    uint32_t next_id;
    char *text;
} Caller;

static void send_request(Caller *caller) {
    Motcua__Testing__V1__EchoMessage message = MOTCUA__TESTING__V1__ECHO_MESSAGE__INIT;
    message.text = caller->text;
    Motcua__Testing__V1__EnvelopeEntry entries[2] = {MOTCUA__TESTING__V1__ENVELOPE_ENTRY__INIT,
                                                      MOTCUA__TESTING__V1__ENVELOPE_ENTRY__INIT};
    entries[0].key = "x-request-id";
    entries[0].value = "0123456789abcdef";
    entries[1].key = "traceparent";
    entries[1].value = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    Motcua__Testing__V1__EnvelopeEntry *metadata[2] = {&entries[0], &entries[1]};
    bump_reset(&caller->bump);
    Motcua__Testing__V1__EnvelopeRequest request = MOTCUA__TESTING__V1__ENVELOPE_REQUEST__INIT;
    request.service = "motcua.testing.v1.Echo";
    request.method = "Echo";
    request.payload.data =
        bump_alloc(&caller->bump, motcua__testing__v1__echo_message__get_packed_size(&message));
    request.payload.len = motcua__testing__v1__echo_message__pack(&message, request.payload.data);
    request.timeout_nano = TIMEOUT_NANO;
    request.n_metadata = 2;
    request.metadata = metadata;
    size_t length = motcua__testing__v1__envelope_request__get_packed_size(&request);
    uint8_t *place =
        connection_append(&caller->connection, (uint32_t)length, caller->next_id, FRAME_REQUEST);
    caller->next_id += 2;
    motcua__testing__v1__envelope_request__pack(&request, place);
}

static void check_response(Caller *caller, const Frame *frame) {
    bump_reset(&caller->bump);
    Motcua__Testing__V1__EnvelopeResponse *response =
        motcua__testing__v1__envelope_response__unpack(&caller->bump.allocator, frame->length, frame->data);
    Motcua__Testing__V1__EchoMessage *message =
        response && !response->status
            ? motcua__testing__v1__echo_message__unpack(&caller->bump.allocator, response->payload.len,
                                                         response->payload.data)
            : NULL;
    if (!message || frame->type != FRAME_RESPONSE || strcmp(message->text, caller->text) != 0) {
        fprintf(stderr, "c-floor: an echo says what was said\n");
        exit(1);
    }
}

static int by_value(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static Caller connected(const char *path, int text_bytes) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        fprintf(stderr, "c-floor: %s is too long for a socket\n", path);
        exit(1);
    }
    strcpy(address.sun_path, path);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address)) {
        perror(path);
        exit(1);
    }
    Caller caller = {.next_id = 1, .text = malloc((size_t)text_bytes + 1)};
    memset(caller.text, 'x', (size_t)text_bytes);
    caller.text[text_bytes] = 0;
    connection_init(&caller.connection, descriptor);
    return caller;
}

void load_echo(const char *path, pid_t server, int in_flight, int text_bytes, double seconds) {
    Caller caller = connected(path, text_bytes);
    bump_init(&caller.bump, BATCH_BYTES_MAX);
    uint32_t *latencies = malloc(LATENCIES_MAX * sizeof *latencies);
    uint64_t start = now_ns() + (uint64_t)(WARM_UP_SECONDS * 1e9), end = UINT64_MAX, last = 0;
    uint64_t calls = 0, latency_count = 0;
    double client_cpu = 0, server_cpu = 0;
    int is_measuring = 0;
    for (int index = 0; index < in_flight; index++) send_request(&caller);
    for (;;) {
        if (!connection_flush(&caller.connection) || !connection_read(&caller.connection)) {
            fprintf(stderr, "c-floor: the server is gone\n");
            exit(1);
        }
        Frame frame;
        while (connection_next(&caller.connection, &frame)) {
            check_response(&caller, &frame);
            send_request(&caller);
            calls++;
        }
        uint64_t now = now_ns();
        if (is_measuring && in_flight == 1 && latency_count < LATENCIES_MAX)
            latencies[latency_count++] = (uint32_t)(now - last);
        last = now;
        if (now >= end) break;
        if (!is_measuring && now >= start) {
            is_measuring = 1;
            calls = 0;
            client_cpu = cpu_seconds(0);
            server_cpu = cpu_seconds(server);
            start = last = now_ns();
            end = start + (uint64_t)(seconds * 1e9);
        }
    }
    printf("{\"calls\": %llu, \"seconds\": %.6f, \"client_cpu\": %.6f, \"server_cpu\": %.6f",
           (unsigned long long)calls, (double)(last - start) / 1e9, cpu_seconds(0) - client_cpu,
           cpu_seconds(server) - server_cpu);
    if (latency_count > 0) {
        qsort(latencies, latency_count, sizeof *latencies, by_value);
        printf(", \"p50_us\": %.3f, \"p99_us\": %.3f", latencies[latency_count / 2] / 1e3,
               latencies[latency_count * 99 / 100] / 1e3);
    }
    printf("}\n");
}
