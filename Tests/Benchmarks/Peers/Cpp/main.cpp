// The echo of C++ gRPC (callback API), as the benchmarks of the project measure it.
//
//     echo-grpc-cpp serve SOCKET
//     echo-grpc-cpp load SOCKET SERVER_PID IN_FLIGHT TEXT_BYTES SECONDS
#include <grpcpp/grpcpp.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "motcua/testing/v1/echo.grpc.pb.h"

using motcua::testing::v1::Echo;
using motcua::testing::v1::EchoMessage;

namespace {

constexpr auto warm_up = std::chrono::milliseconds(300);
constexpr auto timeout = std::chrono::seconds(30);

class EchoService final : public Echo::CallbackService {
    grpc::ServerUnaryReactor *Echo(grpc::CallbackServerContext *context, const EchoMessage *request,
                                   EchoMessage *reply) override {
        reply->set_text(request->text());
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }
};

void serve(const std::string &path) {
    EchoService service;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) std::exit(1);
    server->Wait();
}

double seconds_of(clockid_t clock) {
    timespec time;
    if (clock_gettime(clock, &time)) {
        std::perror("the CPU clock of the server");
        std::exit(1);
    }
    return double(time.tv_sec) + double(time.tv_nsec) / 1e9;
}

// What all callers share.
struct Load {
    Echo::Stub *stub;
    EchoMessage request;
    bool keeps_latencies;
    std::atomic<bool> is_measuring{false};
    std::atomic<bool> is_over{false};
    std::atomic<int> active{0};
    std::vector<double> latencies;
};

void set_up(grpc::ClientContext &context) {
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    context.AddMetadata("x-request-id", "0123456789abcdef");
    context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}

void check(const Load &load, const grpc::Status &status, const EchoMessage &reply) {
    if (status.ok() && reply.text() == load.request.text()) return;
    std::fprintf(stderr, "an echo says what was said: %s\n", status.error_message().c_str());
    std::exit(1);
}

// One of the callers; each answer sends the next request.
struct alignas(64) Caller {
    Load *load = nullptr;
    std::atomic<long> calls{0};
    std::unique_ptr<grpc::ClientContext> context;
    EchoMessage reply;

    void send() {
        context = std::make_unique<grpc::ClientContext>();
        set_up(*context);
        load->stub->async()->Echo(context.get(), &load->request, &reply, [this](grpc::Status status) {
            check(*load, status, reply);
            calls.store(calls.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
            if (load->is_over.load(std::memory_order_relaxed)) {
                load->active--;
            } else {
                send();
            }
        });
    }

    // Blocks its thread on each answer: the quickest way that the library has for one call at a time.
    void call_one_by_one() {
        double last = seconds_of(CLOCK_MONOTONIC);
        while (!load->is_over) {
            grpc::ClientContext own;
            set_up(own);
            EchoMessage answer;
            check(*load, load->stub->Echo(&own, load->request, &answer), answer);
            calls++;
            double now = seconds_of(CLOCK_MONOTONIC);
            if (load->is_measuring) load->latencies.push_back((now - last) * 1e6);
            last = now;
        }
        load->active--;
    }
};

struct Sample {
    long calls = 0;
    double point, client_cpu, server_cpu;

    Sample(const std::vector<Caller> &callers, pid_t server) {
        for (const Caller &caller : callers) calls += caller.calls;
        point = seconds_of(CLOCK_MONOTONIC);
        client_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        // The kernel's encoding of a process's CPU clock, as clock_getcpuclockid(3) gives it.
        server_cpu = seconds_of(clockid_t(~unsigned(server) << 3 | 2));
    }
};

void measure(const std::string &path, pid_t server, int in_flight, int text_bytes, double seconds) {
    auto channel = grpc::CreateChannel("unix:" + path, grpc::InsecureChannelCredentials());
    auto stub = Echo::NewStub(channel);
    Load load;
    load.stub = stub.get();
    load.request.set_text(std::string(size_t(text_bytes), 'x'));
    load.keeps_latencies = in_flight == 1;
    load.active = in_flight;
    std::vector<Caller> callers(static_cast<size_t>(in_flight));
    for (Caller &caller : callers) caller.load = &load;
    std::thread blocking;
    if (load.keeps_latencies) {
        blocking = std::thread([&] { callers[0].call_one_by_one(); });
    } else {
        for (Caller &caller : callers) caller.send();
    }
    std::this_thread::sleep_for(warm_up);
    load.is_measuring = true;
    Sample start(callers, server);
    std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
    Sample end(callers, server);
    load.is_over = true;
    while (load.active > 0) std::this_thread::yield();
    if (blocking.joinable()) blocking.join();
    std::printf("{\"calls\": %ld, \"seconds\": %.6f, \"client_cpu\": %.6f, \"server_cpu\": %.6f",
                end.calls - start.calls, end.point - start.point, end.client_cpu - start.client_cpu,
                end.server_cpu - start.server_cpu);
    if (!load.latencies.empty()) {
        std::sort(load.latencies.begin(), load.latencies.end());
        size_t count = load.latencies.size();
        std::printf(", \"p50_us\": %.3f, \"p99_us\": %.3f", load.latencies[count / 2],
                    load.latencies[count * 99 / 100]);
    }
    std::printf("}\n");
}

}  // namespace

int main(int count, char **arguments) {
    if (count == 3 && std::strcmp(arguments[1], "serve") == 0) {
        serve(arguments[2]);
    } else if (count == 7 && std::strcmp(arguments[1], "load") == 0) {
        measure(arguments[2], std::atoi(arguments[3]), std::atoi(arguments[4]), std::atoi(arguments[5]),
                std::atof(arguments[6]));
    } else {
        std::fprintf(stderr, "echo-grpc-cpp serve SOCKET\n"
                             "echo-grpc-cpp load SOCKET SERVER_PID IN_FLIGHT TEXT_BYTES SECONDS\n");
        return 2;
    }
    return 0;
}
