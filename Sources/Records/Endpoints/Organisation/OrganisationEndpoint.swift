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

    static func violation(_ bytes: [UInt8]) -> FieldViolation? {
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
        let organisations = organisations
        if request.dryRun {
            return try await store.read { database in
                try Self.outcome(
                    of: reorganisation, onto: try organisations.read(in: database),
                    OrganisationTable(database: database)
                ).get().response
            }
        }
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        let reply = try await store.writer.run(command, at: clock()) {
            transaction -> Result<RecordsV1.ReorganiseAgenciesResponse, Status> in
            transaction.auditSubject = "organisation"
            let before = try organisations.current(in: transaction.database)
            let outcome = try Self.outcome(
                of: reorganisation, onto: before,
                OrganisationTable(database: transaction.database))
            switch outcome {
            case .failure(let status): return .failure(status)
            case .success(let (change, response)):
                if !change.isEmpty {
                    let after = before.applying(change, version: before.version + 1)
                    try Self.save(change, from: before, to: after, organisations, &transaction)
                }
                return .success(response)
            }
        }
        _ = try await store.read { try organisations.read(in: $0) }
        return reply
    }

    private static func outcome(
        of reorganisation: Reorganisation, onto organisation: Organisation,
        _ table: OrganisationTable
    ) throws -> Result<
        (change: OrganisationChange, response: RecordsV1.ReorganiseAgenciesResponse), Status
    > {
        switch reorganisation.outcome(onto: organisation) {
        case .failure(let invalid): return .failure(Status(invalid: invalid.violations))
        case .success(let outcome):
            var response = RecordsV1.ReorganiseAgenciesResponse()
            response.closed = Int32(outcome.handOvers.count)
            response.opened = Int32(outcome.opened)
            response.changed = Int32(outcome.changed)
            response.handOvers = try outcome.handOvers.map { handOver in
                let open = try handOver.units.map(table.openDossierCount).reduce(0, +)
                return RecordsV1.AgencyHandOver(handOver, openDossiers: open)
            }
            return .success((outcome.change, response))
        }
    }

    /// - Parameter after: What the change makes of `before`, which stands in this transaction.
    static func save(
        _ change: OrganisationChange, from before: Organisation, to after: Organisation,
        _ organisations: OrganisationCache, _ transaction: inout Transaction
    ) throws {
        let table = OrganisationTable(database: transaction.database)
        let version = try table.save(change)
        try organisations.note(after, in: transaction.database)
        if !change.agencies.isEmpty {
            let day = transaction.now.local(in: .vietnam).date
            let moved = after.agencies.keys.filter {
                before.path(of: $0, on: day) != after.path(of: $0, on: day)
            }
            try QueueTable(database: transaction.database).keepPaths(
                of: after, on: day, agencies: moved.sorted())
        }
        let agencies = change.agencyIDs(since: before)
        var body = RecordsV1.OrganisationChanged()
        body.version = version
        body.agencies = agencies.count <= eventAgenciesMax ? agencies : []
        var event = RecordsV1.RecordsEvent()
        event.event = .organisationChanged(body)
        try transaction.append(event: event, subject: "organisation")
    }
}
