import Foundation
import GRDB
import Identity
import Logging
import Messages
import RPC
import RPCTesting
import Surveys
import WorkingTime

/// The surveys service over a directory of its own, reached through an in-process channel.
struct Desk {
    /// 2026-02-25T09:00+07:00.
    static let now = Instant(millisecondsSinceEpoch: 1_771_984_800_000)

    let directory: String
    let host: SurveysHost
    private let server: InProcessServer
    private let channel: any Channel

    var invitations: SurveysV1.InvitationsClient { .init(channel) }
    var answers: SurveysV1.AnswersClient { .init(channel) }
    var summaries: SurveysV1.SummariesClient { .init(channel) }
    var journal: SurveysV1.JournalClient { .init(channel) }

    /// - Parameter directory: Of an earlier desk, to go on after its end.
    static func open(_ directory: String? = nil) throws -> Desk {
        let directory = directory ?? NSTemporaryDirectory() + "motcua-surveys-\(UUID().uuidString)"
        let host = try SurveysHost.open(
            directory: directory, clock: { now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let server = InProcessServer(services: host.services, interceptors: [FixedCaller()])
        return Desk(
            directory: directory, host: host, server: server, channel: server.makeChannel())
    }

    func remove() async throws {
        await host.close()
        try FileManager.default.removeItem(atPath: directory)
    }

    func invite(
        _ dossierID: String, unit: String = "H26.001.00", at instant: Instant = now,
        requestID: String = UUID().uuidString
    ) async throws {
        _ = try await invitations.inviteCitizen(
            .with {
                $0.requestID = requestID
                $0.dossierID = dossierID
                $0.unit = unit
                $0.eventTime = .init(instant)
            })
    }

    func claim(_ dossierID: String, requestID: String = UUID().uuidString) async throws -> String {
        try await invitations.claimToken(
            .with {
                $0.requestID = requestID
                $0.dossierID = dossierID
            }
        ).token
    }

    func submit(
        _ token: String, overall: SurveysV1.Satisfaction = .satisfied,
        _ ratings: [SurveysV1.Aspect: SurveysV1.Satisfaction] = [:], remarks: String = "",
        requestID: String = UUID().uuidString
    ) async throws {
        let order = ratings.sorted { $0.key.rawValue < $1.key.rawValue }
        _ = try await answers.submitAnswer(
            .with {
                $0.requestID = requestID
                $0.token = token
                $0.overall = overall
                $0.remarks = remarks
                $0.ratings = order.map { (aspect, satisfaction) in
                    .with {
                        $0.aspect = aspect
                        $0.satisfaction = satisfaction
                    }
                }
            })
    }

    func summary(_ unit: String = "", _ period: String = "2026-02") async throws
        -> SurveysV1.Summary
    {
        try await summaries.getSummary(
            .with {
                $0.unit = unit
                $0.period = period
            })
    }

    func count(_ table: String) async throws -> Int {
        try await host.store.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0
        }
    }

    func events() async throws -> [SurveysV1.SurveysEvent] {
        try await journal.follow(.with { $0.untilHead = true }) { entries in
            var events: [SurveysV1.SurveysEvent] = []
            for try await entry in entries { events.append(try .init(serialized: entry.payload)) }
            return events
        }
    }
}

struct FixedCaller: ServerInterceptor {
    func admit(_ context: inout CallContext) throws(Status) {
        context[CallerKey.self] = .with { $0.principal = "tran.thi.binh" }
    }
}

/// The status that a call fails with.
func status(_ call: () async throws -> some Any) async throws -> Status? {
    do {
        _ = try await call()
        return nil
    } catch let status as Status {
        return status
    }
}
