import Messages
import RPC
import Storage
import WorkingTime

extension ProceduresEndpoint {
    func listCoverage(
        _ request: RecordsV1.ListCoverageRequest, context: CallContext
    ) async throws -> RecordsV1.ListCoverageResponse {
        let asked = request.authorityLevel == .unspecified ? .commune : request.authorityLevel
        guard let authority = AuthorityLevel(rawValue: Int(asked.rawValue)) else {
            throw Status(invalid: [
                FieldViolation("authority_level", .unknown, "choose one of the levels")
            ])
        }
        let page = try CataloguePage(
            size: request.pageSize, token: request.pageToken,
            scope: "coverage \(authority.rawValue)")
        let day = clock().local(in: .vietnam).date
        return try await store.read { database in
            let services = try Catalogue(database: database).services(of: authority, on: day)
            let coverage = Coverage.all(
                of: authority, in: try organisations.read(in: database), on: day,
                services: services)
            let found = coverage.drop { $0.agency <= page.after }.prefix(page.size + 1)
            var response = RecordsV1.ListCoverageResponse()
            response.procedures = Int32(services.count)
            response.agencies = found.prefix(page.size).map(RecordsV1.AgencyCoverage.init)
            if found.count > page.size, let last = response.agencies.last {
                response.nextPageToken = page.token.text(after: last.agency)
            }
            return response
        }
    }
}

extension RecordsV1.AgencyCoverage {
    fileprivate init(_ coverage: Coverage) {
        self.init()
        agency = coverage.agency
        name = coverage.name
        offered = Int32(coverage.offered)
        full = Int32(coverage.byService[.full] ?? 0)
        partial = Int32(coverage.byService[.partial] ?? 0)
        information = Int32(coverage.byService[.information] ?? 0)
    }
}
