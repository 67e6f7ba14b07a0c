import Foundation
import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct OrganisationEndpoint: RecordsV1.OrganisationService {
    let store: Store
    let organisations: OrganisationCache
    let clock: @Sendable () -> Instant

    /// So many reasons of refused lines are told.
    static let rejectedMax = 1_000
    /// One page of an export, in bytes: with its longest line within a frame of 4 MiB.
    static let exportBytesMax = 2 << 20
    /// In one event: beyond this, whoever follows reads the organisation again.
    static let eventAgenciesMax = 100

    func importOrganisation(
        _ request: RecordsV1.ImportOrganisationRequest, context: CallContext
    ) async throws -> RecordsV1.ImportOrganisationResponse {
        let bytes = request.jsonLines
        if let violation = Self.violation(bytes) { throw Status(invalid: [violation]) }
        // On the store's readers: it takes longer than the connection's thread may.
        let (reading, known, prepared) = try await store.read { database in
            let reading = OrganisationReader.read(bytes)
            let known = try organisations.read(in: database)
            return (reading, known, OrganisationPlan(reading.lines, onto: known))
        }
        return try await change(request, context) { transaction, organisation in
            let plan =
                organisation.version == known.version
                ? prepared : OrganisationPlan(reading.lines, onto: organisation)
            let refused = (reading.refused + plan.refused).sorted { $0.line < $1.line }
            var response = RecordsV1.ImportOrganisationResponse()
            response.imported = Int32(plan.imported)
            response.unchanged = Int32(plan.unchanged)
            response.rejected = refused.prefix(Self.rejectedMax).map { refused in
                .with {
                    $0.line = Int32(refused.line)
                    $0.reason = refused.problem.reason
                }
            }
            response.rejectedCount = Int32(refused.count)
            if !request.dryRun {
                try Self.save(plan.change, since: organisation, &transaction)
            }
            return .success(response)
        }
    }

    private static func violation(_ bytes: [UInt8]) -> FieldViolation? {
        if bytes.isEmpty {
            return FieldViolation("json_lines", .required, "send at least one line")
        }
        if bytes.count > OrganisationReader.bytesMax {
            return FieldViolation(
                "json_lines", .tooLong,
                "send at most \(OrganisationReader.bytesMax) bytes at a time; cut the file between "
                    + "lines, agencies first")
        }
        if CatalogueReader.lineCount(bytes) > OrganisationReader.linesMax + 1 {
            return FieldViolation(
                "json_lines", .tooLong,
                "send at most \(OrganisationReader.linesMax) lines at a time, agencies first")
        }
        return nil
    }

    func exportOrganisation(
        _ request: RecordsV1.ExportOrganisationRequest, context: CallContext
    ) async throws -> RecordsV1.ExportOrganisationResponse {
        try await store.read { database in
            let organisation = try organisations.read(in: database)
            // Pages of one version belong together.
            let token = PageToken(scope: "organisation \(organisation.version)")
            var start = 0
            if !request.pageToken.isEmpty {
                guard let key = token.key(in: request.pageToken).flatMap(Int.init), key >= 0 else {
                    throw Status.badPageToken
                }
                start = key
            }
            let lines = try OrganisationLines.lines(of: organisation)
            var response = RecordsV1.ExportOrganisationResponse()
            var next = start
            while next < lines.count,
                response.jsonLines.count + lines[next].count <= Self.exportBytesMax
            {
                response.jsonLines += lines[next]
                next += 1
            }
            if next < lines.count { response.nextPageToken = token.text(after: String(next)) }
            return response
        }
    }

    func reorganiseAgencies(
        _ request: RecordsV1.ReorganiseAgenciesRequest, context: CallContext
    ) async throws -> RecordsV1.ReorganiseAgenciesResponse {
        let reorganisation = try Reorganisation(request)
        return try await change(request, context) { transaction, organisation in
            switch reorganisation.outcome(onto: organisation) {
            case .failure(let invalid): return .failure(Status(invalid: invalid.violations))
            case .success(let outcome):
                let table = OrganisationTable(database: transaction.database)
                var response = RecordsV1.ReorganiseAgenciesResponse()
                response.closed = Int32(outcome.handOvers.count)
                response.opened = Int32(outcome.opened)
                response.changed = Int32(outcome.changed)
                response.handOvers = try outcome.handOvers.map { handOver in
                    let open = try handOver.units.map(table.openDossierCount).reduce(0, +)
                    return RecordsV1.AgencyHandOver(handOver, openDossiers: open)
                }
                if !request.dryRun {
                    try Self.save(outcome.change, since: organisation, &transaction)
                }
                return .success(response)
            }
        }
    }

    /// Runs a command on the organisation as it stands and keeps what was committed.
    private func change<Reply: Message>(
        _ request: some IdempotentRequest, _ context: CallContext,
        _ body:
            @escaping @Sendable (inout Transaction, Organisation) throws -> Result<Reply, Status>
    ) async throws -> Reply {
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        let reply = try await store.writer.run(command, at: clock()) { transaction in
            transaction.auditSubject = "organisation"
            return try body(
                &transaction, try organisations.current(in: transaction.database))
        }
        _ = try await store.read { try organisations.read(in: $0) }
        return reply
    }

    private static func save(
        _ change: OrganisationChange, since before: Organisation, _ transaction: inout Transaction
    ) throws {
        if change.isEmpty { return }
        let table = OrganisationTable(database: transaction.database)
        let version = try table.save(change)
        try QueueTable(database: transaction.database).keepPaths(
            of: try table.organisation(), on: transaction.now.local(in: .vietnam).date)
        let agencies = change.agencyIDs(since: before)
        var body = RecordsV1.OrganisationChanged()
        body.version = version
        body.agencies = agencies.count <= eventAgenciesMax ? agencies : []
        var event = RecordsV1.RecordsEvent()
        event.event = .organisationChanged(body)
        try transaction.append(event: event, subject: "organisation")
    }
}
