import Messages
import RPC
import Storage
import WorkingTime

extension OrganisationEndpoint {
    func getAgency(
        _ request: RecordsV1.GetAgencyRequest, context: CallContext
    ) async throws -> RecordsV1.Agency {
        let (organisation, day) = try await asked(request.agency, request.day)
        guard let agency = RecordsV1.Agency(request.agency, on: day, in: organisation) else {
            throw Status.agencyNotInForce(organisation.agencies[request.agency]!, on: day)
        }
        return agency
    }

    func listAgencies(
        _ request: RecordsV1.ListAgenciesRequest, context: CallContext
    ) async throws -> RecordsV1.ListAgenciesResponse {
        var check = FieldCheck()
        let size = PageSize.resolve(request.pageSize, default: 50)
        if size == nil { check.add(PageSize.violation) }
        let level = AgencyLevel(request.level)
        if level == nil, request.level != .unspecified {
            check.add(FieldViolation("level", .unknown, "choose one of the levels or leave it out"))
        }
        if !request.parent.isEmpty { check.agency(request.parent, "parent") }
        let day = check.day(request.day, "day", today: today)
        try check.finish()
        let token = PageToken(
            scope: "agencies \(request.level.rawValue) \(request.parent) \(day)")
        let after = try token.start(of: request.pageToken)
        let organisation = try await current()
        let ids = organisation.agencies.keys.filter { id in
            guard id > after, let period = organisation.agency(id, on: day) else { return false }
            return (level == nil || period.level == level)
                && (request.parent.isEmpty || period.parent == request.parent)
        }.sorted()
        var response = RecordsV1.ListAgenciesResponse()
        response.agencies = ids.prefix(size ?? 0).compactMap {
            RecordsV1.Agency($0, on: day, in: organisation)
        }
        if let last = response.agencies.last?.agency, response.agencies.count < ids.count {
            response.nextPageToken = token.text(after: last)
        }
        return response
    }

    func listCounters(
        _ request: RecordsV1.ListCountersRequest, context: CallContext
    ) async throws -> RecordsV1.ListCountersResponse {
        let (organisation, day) = try await asked(request.agency, request.day)
        var response = RecordsV1.ListCountersResponse()
        response.counters = organisation.counters(of: request.agency, on: day)
            .map(RecordsV1.Counter.init)
        return response
    }

    func listOfficials(
        _ request: RecordsV1.ListOfficialsRequest, context: CallContext
    ) async throws -> RecordsV1.ListOfficialsResponse {
        guard let size = PageSize.resolve(request.pageSize, default: 50) else {
            throw Status(invalid: [PageSize.violation])
        }
        let (organisation, day) = try await asked(request.agency, request.day)
        let token = PageToken(scope: "officials \(request.agency) \(day)")
        let after = try token.start(of: request.pageToken)
        let posts = Dictionary(
            grouping: organisation.posts(in: request.agency, on: day), by: \.official)
        let names = posts.keys.filter { $0 > after }.sorted()
        var response = RecordsV1.ListOfficialsResponse()
        response.officials = names.prefix(size).map { name in
            .with {
                $0.official = name
                $0.fullName = organisation.officials[name]?.fullName ?? ""
                $0.posts = posts[name]!.map { RecordsV1.Post($0, in: organisation) }
            }
        }
        if size < names.count { response.nextPageToken = token.text(after: names[size - 1]) }
        return response
    }

    func listPosts(
        _ request: RecordsV1.ListPostsRequest, context: CallContext
    ) async throws -> RecordsV1.ListPostsResponse {
        guard let size = PageSize.resolve(request.pageSize, default: 50) else {
            throw Status(invalid: [PageSize.violation])
        }
        let role = PostRole(request.role)
        if role == nil, request.role != .unspecified {
            throw Status(invalid: [
                FieldViolation("role", .unknown, "choose one of the roles or leave it out")
            ])
        }
        let (organisation, day) = try await asked(request.agency, request.day)
        let token = PageToken(
            scope: "posts \(request.agency) \(request.role.rawValue) \(day)")
        let after = try token.start(of: request.pageToken)
        let posts = organisation.posts(in: request.agency, on: day)
            .filter { (role == nil || $0.role == role) && $0.pageKey > after }
        var response = RecordsV1.ListPostsResponse()
        response.posts = posts.prefix(size).map { RecordsV1.Post($0, in: organisation) }
        if size < posts.count {
            response.nextPageToken = token.text(after: posts[size - 1].pageKey)
        }
        return response
    }

    func getAccountableHead(
        _ request: RecordsV1.GetAccountableHeadRequest, context: CallContext
    ) async throws -> RecordsV1.Post {
        let (organisation, day) = try await asked(request.agency, request.day)
        guard let head = organisation.head(of: request.agency, on: day) else {
            throw Status.noAccountableHead(request.agency, on: day)
        }
        return RecordsV1.Post(head, in: organisation)
    }

    private var today: CivilDate { clock().local(in: .vietnam).date }

    private func current() async throws -> Organisation {
        try await store.read { try organisations.read(in: $0) }
    }

    /// The organisation and the day that a question about one agency is about.
    private func asked(
        _ agency: String, _ day: String
    ) async throws -> (organisation: Organisation, day: CivilDate) {
        var check = FieldCheck()
        check.agency(agency, "agency")
        let day = check.day(day, "day", today: today)
        try check.finish()
        let organisation = try await current()
        guard organisation.agencies[agency] != nil else { throw Status.agencyNotFound }
        return (organisation, day)
    }
}

extension Post {
    /// Grows in the order of ``Organisation/posts(in:on:)``.
    fileprivate var pageKey: String { "\(role.rawValue) \(official) \(days.from)" }
}

extension PageToken {
    /// The key of the last one seen; empty for the first page.
    fileprivate func start(of text: String) throws(Status) -> String {
        if text.isEmpty { return "" }
        guard let key = key(in: text) else { throw Status.badPageToken }
        return key
    }
}
