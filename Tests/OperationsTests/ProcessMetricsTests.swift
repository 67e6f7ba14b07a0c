import Foundation
import Messages
import Operations
import RPC
import RPCTesting
import Testing

@Suite struct ProcessMetricsTests {
    private func value(_ name: String, _ families: [OperationsV1.MetricFamily]) -> Double? {
        families.first { $0.name == name }?.samples.first?.value
    }

    @Test func theKernelsFiguresAreOfThisProcess() throws {
        let before = ProcessMetrics.families()
        let now = Date().timeIntervalSince1970
        let start = try #require(value("process_start_time_seconds", before))
        #expect(start <= now + 1 && start > now - 24 * 3600)
        let resident = try #require(value("process_resident_memory_bytes", before))
        #expect(resident > 1e6 && resident < 16e9)
        let cpu = try #require(value("process_cpu_seconds_total", before))
        #expect(cpu > 0)

        let descriptors = try #require(value("process_open_fds", before))
        let files = (0..<5).compactMap { _ in FileHandle(forReadingAtPath: "/dev/null") }
        let during = try #require(value("process_open_fds", ProcessMetrics.families()))
        // Other tests may open and close some meanwhile.
        #expect(files.count == 5 && abs(during - descriptors - 5) <= 64)
        let most = try #require(value("process_max_fds", before))
        #expect(most >= during)
    }

    @Test func callsBecomeFamiliesWithCumulativeBuckets() async throws {
        let clock = ManualClock()
        let echo = EchoService()
        let router = Router(services: [echo])
        let server = InProcessServer(router, clock: clock)
        let channel = server.makeChannel()
        let held = Task { () -> Note in
            try await channel.unary(EchoService.hold, Note("x"), options: .init())
        }
        #expect(await eventually { echo.gate.arrivals == 1 })
        let during = CallMetrics.server(router.callCounts)
        #expect(value("motcua_rpc_server_in_flight", during) == 1)
        clock.advance(by: .milliseconds(75))
        echo.gate.open()
        _ = try await held.value
        let families = CallMetrics.server(router.callCounts)
        let names = families.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(value("motcua_rpc_server_in_flight", families) == 0)
        #expect(value("motcua_rpc_server_request_bytes_total", families) == 3)
        let durations = try #require(
            families.first { $0.name == "motcua_rpc_server_duration_seconds" }?.samples.first)
        let histogram = try #require(durations.histogram)
        #expect(histogram.count == 1 && histogram.sum == 0.075)
        for bucket in histogram.buckets {
            #expect(bucket.cumulativeCount == (bucket.upperBound >= 0.1 ? 1 : 0))
        }
        #expect(histogram.buckets.first?.upperBound == 0.00005)
        #expect(histogram.buckets.last?.upperBound == 30)
        let handled = try #require(
            families.first { $0.name == "motcua_rpc_server_handled_total" }?.samples)
        #expect(handled.map { $0.labels.map(\.value) } == [[EchoService.name, "Hold", "OK"]])
    }

    @Test func twoChannelsOfAMethodAreOneSample() async throws {
        let server = InProcessServer(services: [EchoService()])
        let channels = [server.makeChannel(), server.makeChannel()]
        for channel in channels {
            let _: Note = try await channel.unary(EchoService.echo, Note("x"), options: .init())
        }
        let families = CallMetrics.client(channels.flatMap(\.callCounts))
        #expect(families.first?.name == "motcua_rpc_client_started_total")
        #expect(families.first?.samples.map(\.value) == [2])
    }
}
