import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct ProceduresEndpoint: RecordsV1.ProceduresService {
    let store: Store
    let organisations: OrganisationCache
    let clock: @Sendable () -> Instant

    func getProcedure(
        _ request: RecordsV1.GetProcedureRequest, context: CallContext
    ) async throws -> RecordsV1.Procedure {
        guard !request.procedureID.isEmpty else {
            throw Status.procedureMissing
        }
        guard request.version >= 0 else {
            throw Status(invalid: [
                FieldViolation("version", .outOfRange, "leave it out for the version in force")
            ])
        }
        let day = clock().local(in: .vietnam).date
        let kept = try await store.read { database in
            let catalogue = Catalogue(database: database)
            return request.version == 0
                ? try catalogue.current(request.procedureID, on: day)
                : try catalogue.kept(request.procedureID, version: request.version)
        }
        guard let kept, try kept.log.status != .draft || Self.seesDrafts(context) else {
            throw Status.procedureNotFound
        }
        return RecordsV1.Procedure(kept)
    }

    private static func seesDrafts(_ context: CallContext) throws(Status) -> Bool {
        let roles = [CommonV1.Role.official, .head, .operator].reduce(into: RoleSet()) {
            $0.insert(RoleSet($1))
        }
        return try !context.caller.roleSet.isDisjoint(with: roles)
    }

    func listProcedures(
        _ request: RecordsV1.ListProceduresRequest, context: CallContext
    ) async throws -> RecordsV1.ListProceduresResponse {
        guard let size = PageSize.resolve(request.pageSize, default: 50) else {
            throw Status(invalid: [PageSize.violation])
        }
        let authority = AuthorityLevel(rawValue: Int(request.authorityLevel.rawValue))
        let service = ServiceLevel(rawValue: Int(request.serviceLevel.rawValue))
        var check = FieldCheck()
        if authority == nil, request.authorityLevel != .unspecified {
            check.add(FieldViolation("authority_level", .unknown, "choose one of the levels"))
        }
        if service == nil, request.serviceLevel != .unspecified {
            check.add(FieldViolation("service_level", .unknown, "choose one of the levels"))
        }
        try check.finish()
        let day = clock().local(in: .vietnam).date
        let token = PageToken(
            scope: "procedures \(authority?.rawValue ?? 0) \(service?.rawValue ?? 0) "
                + request.offeredAt)
        var after = ""
        if !request.pageToken.isEmpty {
            guard let key = token.key(in: request.pageToken) else { throw Status.badPageToken }
            after = key
        }
        let found = try await store.read { [after] database in
            var offer: Catalogue.Offer?
            if !request.offeredAt.isEmpty {
                let organisation = try organisations.read(in: database)
                guard let agency = organisation.agency(request.offeredAt, on: day) else {
                    throw Status(invalid: [
                        FieldViolation(
                            "offered_at", .unknown, "name an agency in force, such as H26.001.00")
                    ])
                }
                offer = .init(agency: request.offeredAt, authority: AuthorityLevel(agency.level))
            }
            return try Catalogue(database: database).procedures(
                after: after, limit: size + 1, on: day, authority: authority, service: service,
                offer: offer)
        }
        var response = RecordsV1.ListProceduresResponse()
        let procedures = found.prefix(size).map { RecordsV1.Procedure($0) }
        let count = try PageSize.fitting(procedures)
        response.procedures = Array(procedures.prefix(count))
        if count < found.count { response.nextPageToken = token.text(after: found[count - 1].id) }
        return response
    }

    func searchProcedures(
        _ request: RecordsV1.SearchProceduresRequest, context: CallContext
    ) async throws -> RecordsV1.SearchProceduresResponse {
        guard let size = PageSize.resolve(request.pageSize, default: 20) else {
            throw Status(invalid: [PageSize.violation])
        }
        guard request.query.utf8.count <= Self.queryBytesMax,
            let words = Folding.words(ofQuery: request.query)
        else {
            throw Status(invalid: [
                FieldViolation(
                    "query", .outOfRange,
                    "write \(Folding.queryCharactersMin) letters to \(Folding.queryWordsMax) words")
            ])
        }
        let day = clock().local(in: .vietnam).date
        let found = try await store.read { database in
            let catalogue = Catalogue(database: database)
            let code = request.query.trimmingPrefix(while: \.isWhitespace)
                .prefix { !$0.isWhitespace }
            return NationalCode.isWellFormed(String(code))
                ? try catalogue.procedures(ofCode: String(code), limit: size, on: day)
                : try catalogue.search(words: words, limit: size, on: day)
        }
        var response = RecordsV1.SearchProceduresResponse()
        let procedures = found.map { RecordsV1.Procedure($0) }
        response.procedures = Array(procedures.prefix(try PageSize.fitting(procedures)))
        return response
    }

    private static let queryBytesMax = 1_000
}
