import Crypto
import Foundation
import Identity
import Messages
import RPC
import Storage
import WorkingTime

extension OrganisationEndpoint {
    /// So often an import is planned anew because others changed the organisation meanwhile.
    private static let plansMax = 16

    func importOrganisation(
        _ request: RecordsV1.ImportOrganisationRequest, context: CallContext
    ) async throws -> RecordsV1.ImportOrganisationResponse {
        let bytes = request.jsonLines
        if let violation = Self.violation(bytes) { throw Status(invalid: [violation]) }
        let actor = try context.caller.principal
        let command = try Command(principal: actor, method: context.method, request: request)
        // On the store's readers: it takes longer than the connection's thread may.
        let reading = try await store.read { _ in OrganisationReader.read(bytes) }
        if request.dryRun {
            return try await store.read { database in
                let known = try organisations.read(in: database)
                return .init(OrganisationPlan(reading.lines, onto: known), reading)
            }
        }
        var isAnswered = try await store.read {
            try Idempotency.isAnswered(command, in: $0)
        }
        var unchanged: Int?
        for _ in 0..<Self.plansMax where !isAnswered {
            let prepared = try await store.read { database in
                let known = try organisations.read(in: database)
                let plan = OrganisationPlan(reading.lines, onto: known)
                return Prepared(plan, onto: known)
            }
            var response = RecordsV1.ImportOrganisationResponse(prepared.plan, reading)
            // What earlier turns of this import made stands by now: it was imported all the same.
            let own = prepared.plan.unchanged - (unchanged ?? prepared.plan.unchanged)
            unchanged = unchanged ?? prepared.plan.unchanged
            response.imported += Int32(max(0, own))
            response.unchanged -= Int32(max(0, own))
            do {
                return try await keep(prepared, response, of: request, context, command)
            } catch is OrganisationMoved {
                isAnswered = try await store.read {
                    try Idempotency.isAnswered(command, in: $0)
                }
            }
        }
        guard isAnswered else {
            throw Status(.unavailable, "the organisation is being changed: send the request again")
        }
        return try await store.writer.run(command, at: clock()) { _ in
            .failure(Status(.unavailable, "the answer was forgotten: send the request anew"))
        }
    }

    /// Turn by turn; the last one answers the request. After a break the same request is planned
    /// anew: what was kept stands, and the rest is done.
    private func keep(
        _ prepared: Prepared, _ response: RecordsV1.ImportOrganisationResponse,
        of request: RecordsV1.ImportOrganisationRequest, _ context: CallContext,
        _ command: Command
    ) async throws -> RecordsV1.ImportOrganisationResponse {
        let actor = try context.caller.principal
        let organisations = organisations
        let digest = [UInt8](SHA256.hash(data: request.jsonLines))
        var before = prepared.before
        for (index, turn) in prepared.turns.enumerated() {
            let isLast = index == prepared.turns.count - 1
            var part = RecordsV1.ImportOrganisationRequest()
            // The version is this turn's alone: no other turn of this request begins from it.
            part.requestID = SHA256.hash(data: Data("\(request.requestID)/\(before.version)".utf8))
                .map { String(format: "%02x", $0) }.joined()
            let step =
                isLast
                ? command
                : try Command(
                    principal: actor, method: context.method, request: part,
                    contentDigest: digest)
            let base = before
            let after = try await store.read { _ in
                turn.isEmpty ? base : base.applying(turn, version: base.version + 1)
            }
            let kept = try await store.writer.run(step, at: clock()) { transaction in
                transaction.auditSubject = "organisation"
                let table = OrganisationTable(database: transaction.database)
                guard try table.version() == base.version else { throw OrganisationMoved() }
                if !turn.isEmpty {
                    try Self.save(turn, from: base, to: after, organisations, &transaction)
                }
                return .success(isLast ? response : RecordsV1.ImportOrganisationResponse())
            }
            organisations.keep(after)
            if isLast { return kept }
            before = after
        }
        return response
    }
}

/// Another change came between a plan and its turn.
private struct OrganisationMoved: Error {}

private struct Prepared: Sendable {
    let plan: OrganisationPlan
    let turns: [OrganisationChange]
    let before: Organisation

    init(_ plan: OrganisationPlan, onto before: Organisation) {
        self.plan = plan
        self.before = before
        turns = plan.change.turns(onto: before)
    }
}

extension RecordsV1.ImportOrganisationResponse {
    fileprivate init(_ plan: OrganisationPlan, _ reading: OrganisationReader.Reading) {
        self.init()
        let refused = (reading.refused + plan.refused).sorted { $0.line < $1.line }
        imported = Int32(plan.imported)
        unchanged = Int32(plan.unchanged)
        rejected = refused.prefix(OrganisationEndpoint.rejectedMax).map { refused in
            .with {
                $0.line = Int32(refused.line)
                $0.reason = refused.problem.reason
            }
        }
        rejectedCount = Int32(refused.count)
    }
}
