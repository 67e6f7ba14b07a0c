import Crypto
import Identity
import Messages
import RPC
import Storage
import WorkingTime

/// How far the journals are followed, and what became of facts that were refused.
struct JourneysEndpoint: GatewayV1.JourneysService {
    static let pageSizeDefault = 50
    static let pageSizeMax = 100

    let followers: [Upstream: Follower]
    let upstreams: Upstreams
    let store: GatewayStore
    let clock: @Sendable () -> Instant

    func getProgress(
        _ request: GatewayV1.GetProgressRequest, context: CallContext
    ) async throws -> GatewayV1.GetProgressResponse {
        let parked = try await store.openParkedCounts()
        var response = GatewayV1.GetProgressResponse()
        for upstream in Upstream.allCases {
            var progress = GatewayV1.JournalProgress()
            progress.service = upstream.rawValue
            if let cursor = try await store.cursor(of: upstream) {
                progress.epoch = cursor.epoch
                progress.sequence = cursor.sequence
            }
            progress.parked = parked[upstream.rawValue] ?? 0
            progress.stall = followers[upstream]?.stall ?? ""
            response.journals.append(progress)
        }
        return response
    }

    func listParkedFacts(
        _ request: GatewayV1.ListParkedFactsRequest, context: CallContext
    ) async throws -> GatewayV1.ListParkedFactsResponse {
        guard (0...Self.pageSizeMax).contains(Int(request.pageSize)) else {
            throw Status.invalidArgument(
                field: "page_size",
                remedy: "ask for 1 to \(Self.pageSizeMax), or 0 for \(Self.pageSizeDefault)")
        }
        guard let after = request.pageToken.isEmpty ? 0 : Int64(request.pageToken), after >= 0
        else {
            throw Status.invalidArgument(
                field: "page_token",
                remedy: "send the next_page_token of the last response, or nothing")
        }
        let limit = request.pageSize == 0 ? Self.pageSizeDefault : Int(request.pageSize)
        let facts = try await store.parkedFacts(after: after, limit: limit + 1)
        var response = GatewayV1.ListParkedFactsResponse()
        response.facts = facts.prefix(limit).map(Self.message)
        if facts.count > limit { response.nextPageToken = String(facts[limit - 1].id) }
        return response
    }

    /// Only a fact that was delivered is marked as resolved; a refusal comes back to the operator
    /// as it is. However often and by how many it is retried, it takes effect once.
    func retryParkedFact(
        _ request: GatewayV1.RetryParkedFactRequest, context: CallContext
    ) async throws -> GatewayV1.ParkedFact {
        guard let id = Int64(request.parkedFactID), let parked = try await store.parkedFact(id)
        else {
            throw Status(
                .notFound,
                "there is no parked fact \(request.parkedFactID); list them to see what there is")
        }
        guard parked.resolveTime == nil else { return Self.message(parked) }
        let now = clock()
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        try await deliver(
            try Self.facts(of: parked), of: id,
            mark: Self.mark(
                principal: try context.caller.principal, requestID: request.requestID))
        return try await store.store.writer.run(command, at: now) { transaction in
            transaction.auditSubject = "parked-facts/\(id)"
            let resolved = try GatewayStore.resolve(id, at: now, in: transaction.database)
            return .success(Self.message(resolved ?? parked))
        }
    }

    private static func facts(of parked: GatewayStore.ParkedFact) throws(Status) -> [Fact] {
        switch parked.content {
        case .fact(let path, let request):
            guard let method = MessageRegistry.product.call(path: path)?.method else {
                throw Status(.failedPrecondition, "\(path) is not a method of this version")
            }
            return [Fact(method: method, request: request)]
        case .event(let bytes):
            guard let upstream = Upstream(rawValue: parked.upstream) else {
                throw Status(
                    .failedPrecondition, "\(parked.upstream) is not a service of this version")
            }
            do throws(MessageError) {
                return try Journey.react(to: .init(serialized: bytes), of: upstream)
            } catch {
                throw .unreadableEvent(error)
            }
        }
    }

    private func deliver(_ facts: [Fact], of id: Int64, mark wanted: String) async throws {
        let mark = try await store.beginRetry(id, mark: wanted)
        do {
            for fact in facts {
                try await upstreams.send(
                    try fact.renewed(mark: mark), timeout: Follower.factTimeout)
            }
        } catch let status as Status where !status.code.isTransient {
            try await store.endRetry(id, mark: mark)
            throw status
        }
    }

    /// What tells one retry's `request_id` from another's: the same call repeated has the same.
    private static func mark(principal: String, requestID: String) -> String {
        SHA256.hash(data: Array("\(principal)\0\(requestID)".utf8)).prefix(4)
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    private static func message(_ fact: GatewayStore.ParkedFact) -> GatewayV1.ParkedFact {
        var message = GatewayV1.ParkedFact()
        message.parkedFactID = String(fact.id)
        message.service = fact.upstream
        message.sequence = fact.sequence
        message.method = fact.content.method
        message.code = fact.code
        message.message = fact.message
        message.parkTime = .init(fact.parkTime)
        message.resolveTime = fact.resolveTime.map { .init($0) }
        return message
    }
}
