import Identity
import Logging
import Messages
import Operations
import RPC
import RPCTesting
import Synchronization
import Testing
import WorkingTime

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }

    func logger(_ level: Logger.Level = .trace) -> Logger {
        Logger(label: "motcua.test") { label in
            var handler = JSONLogHandler(
                label: label, clock: { Instant(millisecondsSinceEpoch: 1_767_225_599_007) },
                write: { [self] line in lines.withLock { $0.append(line) } })
            handler.logLevel = level
            return handler
        }
    }
}

@Suite struct JSONLogTests {
    private static let head =
        #"{"time":"2025-12-31T23:59:59.007Z","level":"notice","label":"motcua.test","#

    @Test func anEventIsOneLineOfJSONWithItsMetadataByName() {
        let lines = Lines()
        lines.logger().notice(
            "serving",
            metadata: [
                "socket": "/run/motcua/gateway.sock", "count": .stringConvertible(12),
                "duration_ms": .stringConvertible(0.5), "is_up": .stringConvertible(true),
                "names": ["một", "cửa"], "inner": ["b": "2", "a": "1"],
            ])
        #expect(
            lines.all == [
                Self.head + #""message":"serving","count":12,"duration_ms":0.5,"#
                    + #""inner":{"a":"1","b":"2"},"is_up":true,"names":["một","cửa"],"#
                    + #""socket":"/run/motcua/gateway.sock"}"# + "\n"
            ])
    }

    @Test func whatWouldBreakALineOrPretendToBeAFieldDoesNot() {
        let lines = Lines()
        lines.logger().notice(
            "a \"b\"\n\\c\r\t\u{1}\u{7f}",
            metadata: ["level": "fake", "time": "never", "x\"y": "z\u{0}"])
        #expect(
            lines.all == [
                Self.head + #""message":"a \"b\"\n\\c\r\t\u0001\u007f","#
                    + #""level_":"fake","time_":"never","x\"y":"z\u0000"}"# + "\n"
            ])
    }

    @Test func aLoggersOwnMetadataIsThereAndAnEventsGoesBeforeIt() {
        let lines = Lines()
        var logger = lines.logger()
        logger[metadataKey: "process"] = "records"
        logger[metadataKey: "kept"] = "1"
        logger.notice("x", metadata: ["process": "payments"])
        #expect(
            lines.all == [Self.head + #""message":"x","kept":"1","process":"payments"}"# + "\n"])
    }
}

@Suite struct CallLogTests {
    private struct Known: ServerInterceptor {
        func admit(_ context: inout CallContext) throws(Status) {
            var caller = CommonV1.Caller()
            caller.principal = "an"
            context[CallerKey.self] = caller
        }
    }

    /// Ends each call as it is told, when the gate opens.
    private struct Counter: Service {
        static let take = Method(service: "motcua.test.v1.Counter", name: "Take")
        static let watch = Method(
            service: "motcua.test.v1.Counter", name: "Watch", kind: .serverStreaming)
        let code: StatusCode
        let gate: Gate

        var handlers: [Handler] {
            [
                .unary(Self.take) { (note: Note, _) in
                    try await end()
                    return note
                },
                .serverStreaming(Self.watch) { (_: Note, _: ResponseWriter<Note>, _) in
                    try await end()
                },
            ]
        }

        private func end() async throws {
            try await gate.pass()
            guard code != .ok else { return }
            throw Status(
                code, reason: "ILLEGAL_MOVE", message: "Nguyễn Văn An, 0912345678: not this way")
        }
    }

    /// The line of a call that takes so long.
    private func line(
        _ code: StatusCode, _ duration: Duration = .milliseconds(3),
        kind: Method.Kind = .unary, level: Logger.Level = .trace
    ) async throws -> String? {
        let lines = Lines()
        let clock = ManualClock()
        let gate = Gate()
        let router = Router(
            services: [Counter(code: code, gate: gate)],
            interceptors: [TraceAdmission(begins: true), Known()],
            observer: CallLog(logger: lines.logger(level)))
        let channel = InProcessServer(router, clock: clock).makeChannel()
        let options = CallOptions(
            timeout: .seconds(100_000), metadata: ["x-request-id": "r-7"], retries: .none)
        let call = Task {
            guard kind == .unary else {
                return try await channel.serverStreaming(
                    Counter.watch, Note("abc"), options: options
                ) { (notes: ResponseStream<Note>) in for try await _ in notes {} }
            }
            let _: Note = try await channel.unary(Counter.take, Note("abc"), options: options)
        }
        #expect(await eventually { gate.arrivals == 1 })
        clock.advance(by: duration)
        gate.open()
        _ = await call.result
        return lines.all.first
    }

    @Test(arguments: StatusCode.allCases)
    func aCallIsLoggedAtTheLevelOfItsEnd(code: StatusCode) async throws {
        let line = try #require(try await line(code))
        let level =
            switch code {
            case .ok: "debug"
            case .internal, .unknown, .dataLoss: "warning"
            default: "info"
            }
        #expect(line.contains("\"level\":\"\(level)\""), "\(line)")
        for field in [
            "\"code\":\"\(code.name)\"", "\"duration_ms\":3.0", "\"peer_uid\":1000",
            "\"method\":\"motcua.test.v1.Counter/Take\"", "\"principal\":\"an\"",
            "\"request_id\":\"r-7\"", "\"trace_id\":\"", "\"request_bytes\":5",
        ] {
            #expect(line.contains(field), "\(field) in \(line)")
        }
        #expect(line.contains("\"reason\":\"ILLEGAL_MOVE\"") == (code != .ok))
    }

    @Test func aSlowUnaryCallIsAWarningAndALongStreamIsNot() async throws {
        let threshold = CallLog.slowThreshold
        #expect(try await line(.ok, threshold)?.contains("\"level\":\"warning\"") == true)
        let almost = threshold - .microseconds(1)
        #expect(try await line(.ok, almost)?.contains("\"level\":\"debug\"") == true)
        let stream = try await line(.ok, .seconds(3600), kind: .serverStreaming)
        #expect(stream?.contains("\"level\":\"debug\"") == true)
    }

    @Test func atTheUsualLevelACallThatWentWellIsSilent() async throws {
        #expect(try await line(.ok, level: .info) == nil)
        #expect(try await line(.notFound, level: .info) != nil)
        #expect(try await line(.notFound, level: .notice) == nil)
    }

    /// Known personal data in the request, the answer, the refusal's sentence and the token.
    @Test func nothingPersonalAndNoSecretIsEverLogged() async throws {
        let person = "Trần Thị Bình 0987654321"
        let lines = Lines()
        let echo = EchoService()
        let router = Router(
            services: [echo], interceptors: [TraceAdmission(begins: true)],
            observer: CallLog(logger: lines.logger()),
            onFailure: { error, _ in lines.logger().error("failed", metadata: ["e": "\(error)"]) })
        let channel = InProcessServer(router).makeChannel()
        let options = CallOptions(
            metadata: ["authorization": "Bearer secret-token"], retries: .none)
        let _: Note = try await channel.unary(EchoService.echo, Note(person), options: options)
        for code in StatusCode.allCases where code != .ok {
            await #expect(throws: Status.self) {
                let _: Note = try await channel.unary(
                    EchoService.refuse, Note(person, count: Int64(code.rawValue)), options: options)
            }
        }
        await #expect(throws: Status.self) {
            let _: Note = try await channel.unary(EchoService.fail, Note(person), options: options)
        }
        #expect(lines.all.count == 1 + 16 + 2)
        for line in lines.all {
            for secret in [person, "Bình", "0987654321", "secret-token", "Bearer"] {
                #expect(!line.contains(secret), "\(line)")
            }
        }
    }
}
