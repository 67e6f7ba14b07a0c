import GRDB
import Identity
import Messages
import RPC
import RPCTesting
import Testing
import WorkingTime

@testable import Records

/// What one official reaches from his seat.
struct Seat {
    let queues: RecordsV1.QueuesClient
    let dossiers: RecordsV1.DossiersClient
    let assignments: RecordsV1.AssignmentsClient
    let deadlines: RecordsV1.DeadlinesClient

    private struct Sitting: ServerInterceptor {
        let caller: CommonV1.Caller

        func admit(_ context: inout CallContext) throws(Status) {
            context[CallerKey.self] = caller
        }
    }

    init(_ counter: Counter, _ caller: CommonV1.Caller) {
        let server = InProcessServer(
            services: counter.host.services, interceptors: [Sitting(caller: caller)])
        let channel = server.makeChannel()
        queues = .init(channel)
        dossiers = .init(channel)
        assignments = .init(channel)
        deadlines = .init(channel)
    }
}

extension Counter {
    func seat(
        _ principal: String = "nguyen.van.an", agency: String = "",
        _ roles: [CommonV1.Role] = [.official]
    ) -> Seat {
        var caller = CommonV1.Caller()
        caller.principal = principal
        caller.agency = agency
        caller.roles = roles
        return Seat(self, caller)
    }

    func writeDirectly(
        _ sql: String, _ arguments: StatementArguments = StatementArguments()
    ) async throws {
        try await host.store.writer.perform { try $0.execute(sql: sql, arguments: arguments) }
    }

    /// What stands in the queues, and what would if every dossier were placed anew: each row is
    /// kind, id, key and number.
    func queueRows(
        on day: CivilDate
    ) async throws -> (stored: Set<String>, placed: Set<String>, expected: Set<String>) {
        try await host.store.read { database in
            let stored = try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, id, due_time, dossier_number FROM queue_entry
                    JOIN queue_scope USING (scope_number)
                    """
            ).map { "\($0[0] as Int) \($0[1] as String) \($0[2] as Int64) \($0[3] as Int64)" }
            let placed = try Row.fetchAll(
                database,
                sql: """
                    SELECT kind, queue_scope.id, due_time, dossier_number
                    FROM queue_place, json_each(scopes) JOIN queue_scope ON scope_number = value
                    """
            ).map { "\($0[0] as Int) \($0[1] as String) \($0[2] as Int64) \($0[3] as Int64)" }
            let organisation = try OrganisationTable(database: database).organisation()
            var expected: Set<String> = []
            let dossiers = try Row.fetchAll(database, sql: "SELECT number, dossier_id FROM dossier")
            for row in dossiers {
                let dossier = try DossierTable(database: database).find(.id(row[1]))!
                let place = QueuePlace(of: dossier) {
                    organisation.path(of: $0, orByIdentifierOn: day)
                }
                for scope in place?.scopes ?? [] {
                    expected.insert(
                        "\(scope.kind.rawValue) \(scope.id) \(place!.key.milliseconds) "
                            + "\(row[0] as Int64)")
                }
            }
            return (Set(stored), Set(placed), expected)
        }
    }
}

extension RecordsV1.Queue {
    init(_ scope: RecordsV1.Queue.Scope, _ kind: RecordsV1.QueueKind = .unspecified) {
        self.init()
        self.scope = scope
        self.kind = kind
    }
}

extension RecordsV1.QueuesClient {
    func ids(_ queue: RecordsV1.Queue, pageSize: Int32 = 100) async throws -> [String] {
        var ids: [String] = []
        var token = ""
        repeat {
            let page = try await listQueue(
                .with {
                    $0.queue = queue
                    $0.pageSize = pageSize
                    $0.pageToken = token
                })
            #expect(page.items.count <= pageSize)
            ids += page.items.map(\.dossierID)
            token = page.nextPageToken
        } while !token.isEmpty
        return ids
    }

    func count(_ queue: RecordsV1.Queue) async throws -> RecordsV1.Count {
        try await countQueue(.with { $0.queue = queue })
    }
}
