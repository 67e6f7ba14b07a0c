import Foundation
import Gateway
import Identity
import Logging
import Messages
import Operations
import RPC
import RPCTesting
import Synchronization
import Testing
import WorkingTime

/// The four services as far as the gateway sees them: journals to follow, and facts to take.
final class FakeServices: Sendable {
    struct Taken: Hashable {
        var method: Method
        var request: [UInt8]
    }

    struct State {
        var journals: [Upstream: [CommonV1.JournalEntry]] = [:]
        var epoch = "0f8fad5b-d9cb-469f-a165-70867728950e"
        var taken: [Taken] = []
        var callers: [CommonV1.Caller] = []
        /// Failures to answer with, by method, first to last.
        var failures: [Method: [Status]] = [:]
        /// The same, after the request has been taken: the answer is lost.
        var lostAnswers: [Method: Int] = [:]
        var replies: [Method: [UInt8]] = [:]
        /// Calls of Follow so far, and whether they end at the head although not asked to.
        var follows = 0
        var followsEnd = false
        /// Methods whose calls wait at the gate, and the deadlines that those calls had.
        var held: Set<String> = []
        var deadlines: [ContinuousClock.Instant?] = []
    }

    let state = Mutex(State())
    let gate = Gate()
    let seal: CallerSeal
    let servers: [Upstream: InProcessServer]
    let health = Dictionary(
        uniqueKeysWithValues: Upstream.allCases.map { ($0, Health(services: [])) })

    init() throws {
        seal = try CallerSeal(secret: Array(repeating: 5, count: CallerSeal.secretBytes))
        // Set below: the handlers need `self`.
        let box = Box()
        let admission = SealedCallerAdmission(seal: seal, gatewayUID: InProcessServer.peer.userID)
        servers = health.reduce(into: [:]) { servers, each in
            servers[each.key] = InProcessServer(
                services: [Fake(of: each.key, box: box), each.value], interceptors: [admission])
        }
        for health in health.values { health.set(serving: true) }
        box.services.withLock { $0 = self }
    }

    var upstreams: Upstreams {
        Upstreams(
            channels: servers.mapValues { $0.makeChannel() as any Channel }, seal: seal)
    }

    func append(_ event: some Message, subject: String, to upstream: Upstream) throws {
        append(
            try event.serialized(), type: type(of: event).fullName, subject: subject, to: upstream)
    }

    func append(_ payload: [UInt8], type: String, subject: String, to upstream: Upstream) {
        state.withLock { state in
            var entry = CommonV1.JournalEntry()
            entry.epoch = state.epoch
            entry.sequence = Int64(state.journals[upstream, default: []].count + 1)
            entry.recordTime = .init(Instant(millisecondsSinceEpoch: 1_770_000_000_000))
            entry.type = type
            entry.subject = subject
            entry.payload = payload
            state.journals[upstream, default: []].append(entry)
        }
    }

    fileprivate final class Box: Sendable {
        let services = Mutex<FakeServices?>(nil)
        var state: FakeServices { services.withLock { $0! } }
    }

    private struct Fake: Service {
        let handlers: [Handler]

        init(of upstream: Upstream, box: Box) {
            handlers = MessageRegistry.product.calls.map(\.method)
                .filter { Upstream(serving: $0.service) == upstream }
                .compactMap { method in
                    switch method.kind {
                    case .unary:
                        return .unary(method) { (request: RawMessage, context) -> RawMessage in
                            try await box.state.hold(context)
                            return try box.state.take(
                                request.bytes, of: method, from: context.caller)
                        }
                    case .serverStreaming where method.name == "Follow":
                        return .serverStreaming(method) {
                            (
                                request: CommonV1.FollowRequest,
                                out: ResponseWriter<CommonV1.JournalEntry>, _
                            ) in
                            try await box.state.stream(upstream, from: request, to: out)
                        }
                    case .serverStreaming:
                        return .serverStreaming(method) {
                            (request: RawMessage, out: ResponseWriter<RawMessage>, context) in
                            try await out.write(request)
                            try await box.state.hold(context)
                        }
                    case .clientStreaming:
                        return .clientStreaming(method) {
                            (requests: RequestStream<RawMessage>, context) -> RawMessage in
                            try await box.state.hold(context)
                            for try await _ in requests {}
                            return RawMessage()
                        }
                    case .bidirectional:
                        return nil
                    }
                }
        }
    }

    private func hold(_ context: CallContext) async throws {
        let isHeld = state.withLock { state in
            guard state.held.contains(context.method.path) else { return false }
            state.deadlines.append(context.deadline)
            return true
        }
        if isHeld { try await gate.pass() }
    }

    private func take(_ request: [UInt8], of method: Method, from caller: CommonV1.Caller) throws
        -> RawMessage
    {
        try state.withLock { state in
            state.callers.append(caller)
            if let failure = state.failures[method]?.first {
                state.failures[method]!.removeFirst()
                throw failure
            }
            state.taken.append(Taken(method: method, request: request))
            if let lost = state.lostAnswers[method], lost > 0 {
                state.lostAnswers[method] = lost - 1
                throw Status(.unavailable, "the answer is lost")
            }
            return RawMessage(bytes: state.replies[method] ?? request)
        }
    }

    private func stream(
        _ upstream: Upstream, from request: CommonV1.FollowRequest,
        to out: ResponseWriter<CommonV1.JournalEntry>
    ) async throws {
        var position = request.afterSequence
        state.withLock { $0.follows += 1 }
        while true {
            let (epoch, entries, ends) = state.withLock {
                ($0.epoch, $0.journals[upstream, default: []], $0.followsEnd)
            }
            guard request.epoch.isEmpty || request.epoch == epoch, position <= Int64(entries.count)
            else {
                throw Status(.failedPrecondition, "another journal")
            }
            for entry in entries where entry.sequence > position {
                try await out.write(entry)
                position = entry.sequence
            }
            if request.untilHead || ends { return }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// A gateway over fakes, in a temporary directory that several gateways may open one after the
/// other.
struct GatewayUnderTest {
    let fakes: FakeServices
    let directory = NSTemporaryDirectory() + "motcua-gateway-\(UUID().uuidString)"

    /// Opens the gateway, follows while `body` runs, and closes it.
    func run(
        rolesOfCaller roles: [CommonV1.Role] = [.operator, .official],
        _ body: (any Channel) async throws -> Void
    ) async throws {
        try await runWithHost(rolesOfCaller: roles) { channel, _ in try await body(channel) }
    }

    func runWithHost(
        rolesOfCaller roles: [CommonV1.Role] = [.operator, .official],
        _ body: (any Channel, GatewayHost) async throws -> Void
    ) async throws {
        try await runWithServer(rolesOfCaller: roles) { server, host in
            let channel = server.makeChannel()
            try await body(channel, host)
            await channel.close()
        }
    }

    /// - Parameter body: Makes channels of its own.
    func runWithServer(
        rolesOfCaller roles: [CommonV1.Role] = [.operator, .official],
        _ body: (InProcessServer, GatewayHost) async throws -> Void
    ) async throws {
        let now = Instant(millisecondsSinceEpoch: 1_770_000_000_000)
        let host = try GatewayHost.open(
            directory: directory, upstreams: fakes.upstreams, clock: { now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var operatorCaller = CommonV1.Caller()
        operatorCaller.principal = "operator"
        operatorCaller.roles = roles
        let proof = CallerProof(
            principals: Principals([InProcessServer.peer.userID: operatorCaller]),
            verifier: AccessToken.Signer().verifier, clock: { now })
        let server = InProcessServer(
            services: host.services, interceptors: [CallerAdmission(proof: proof)])
        let following = Task { await host.follow() }
        do {
            try await body(server, host)
        } catch {
            following.cancel()
            await following.value
            throw error
        }
        following.cancel()
        await following.value
        await host.close()
    }
}

/// Expects a condition to come true, within ten seconds.
func expectEventually(
    _ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("did not come true within ten seconds", sourceLocation: sourceLocation)
}
