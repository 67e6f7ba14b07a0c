import Identity
import Messages
import RPC
import Storage
import WorkingTime

// Drafts, publication, retirement.
extension ProceduresEndpoint {
    func saveDraft(
        _ request: RecordsV1.SaveDraftRequest, context: CallContext
    ) async throws -> RecordsV1.Procedure {
        let sent = request.procedure ?? .init()
        guard Self.isProcedureID(sent.procedureID) else {
            throw Status(invalid: [
                FieldViolation(
                    "procedure.procedure_id", sent.procedureID.isEmpty ? .required : .malformed,
                    "write a number of 1 to 9 digits, such as 1488")
            ])
        }
        let content: ProcedureContent
        switch ProcedureContent.read(sent, id: sent.procedureID) {
        case .success(let read): content = read
        case .failure(let invalid):
            throw Status(
                invalid: invalid.violations.map { violation in
                    FieldViolation(
                        "procedure.\(violation.field)", violation.reason, violation.remedy)
                })
        }
        let actor = try context.caller.principal
        let command = try Command(principal: actor, method: context.method, request: request)
        let now = clock()
        let organisations = organisations
        return try await store.writer.run(command, at: now) { transaction in
            let catalogue = Catalogue(database: transaction.database)
            let id = sent.procedureID
            transaction.auditSubject = id
            let organisation = try organisations.current(in: transaction.database)
            let unknown = content.unknownAgencies(in: organisation)
            guard unknown.isEmpty else { return .failure(Status(invalid: unknown)) }
            var revision = 0
            var version = (try catalogue.lastVersion(of: id) ?? 0) + 1
            if let draft = try catalogue.draftVersion(of: id),
                let log = try catalogue.log(of: id, version: draft)
            {
                (version, revision) = (draft, log.draftRevision)
            }
            if request.draftRevision != 0, request.draftRevision != revision {
                return .failure(
                    Status(revision == 0 ? .draftNotFound : .draftChanged(revision: revision)))
            }
            if revision > 0 { try catalogue.deleteDraft(of: id, version: version) }
            try catalogue.insertDraft(
                Procedure(id: id, version: version, content: content), by: actor, at: now,
                revision: revision + 1)
            return .success(try catalogue.message(id, version))
        }
    }

    func publishVersion(
        _ request: RecordsV1.PublishVersionRequest, context: CallContext
    ) async throws -> RecordsV1.Procedure {
        let now = clock()
        let today = now.local(in: .vietnam).date
        var check = FieldCheck()
        check.name(request.procedureID, "procedure_id")
        if request.version < 1 {
            check.add(FieldViolation("version", .required, "name the draft's version"))
        }
        check.prose(request.change, "change")
        check.prose(request.reason, "reason")
        let effectiveDay = check.day(request.effectiveDay, "effective_day") ?? today
        if effectiveDay < today {
            check.add(
                FieldViolation(
                    "effective_day", .outOfRange,
                    "dossiers of the past keep their version: name today or a later day"))
        }
        try check.finish()
        let actor = try context.caller.principal
        let command = try Command(principal: actor, method: context.method, request: request)
        return try await store.writer.run(command, at: now) { transaction in
            let catalogue = Catalogue(database: transaction.database)
            let id = request.procedureID
            transaction.auditSubject = id
            guard let draft = try catalogue.kept(id, version: request.version),
                draft.log.status == .draft
            else {
                let isKnown = try catalogue.lastVersion(of: id) != nil
                return .failure(Status(isKnown ? .draftNotFound : .procedureNotFound))
            }
            let revision = draft.log.draftRevision
            guard request.draftRevision == 0 || request.draftRevision == revision else {
                return .failure(Status(.draftChanged(revision: revision)))
            }
            if let code = draft.procedure.content.nationalCode,
                let holder = try catalogue.holder(ofCode: code, otherThan: id)
            {
                return .failure(Status(.nationalCodeTaken(by: holder)))
            }
            try catalogue.publish(
                draft.procedure,
                .init(
                    effectiveDay: effectiveDay, time: now, by: actor,
                    change: request.change.precomposedStringWithCanonicalMapping,
                    reason: request.reason.precomposedStringWithCanonicalMapping))
            try transaction.append(
                event: RecordsV1.RecordsEvent(imported: draft.procedure), subject: id)
            return .success(try catalogue.message(id, request.version))
        }
    }

    func retireProcedure(
        _ request: RecordsV1.RetireProcedureRequest, context: CallContext
    ) async throws -> RecordsV1.Procedure {
        var check = FieldCheck()
        check.name(request.procedureID, "procedure_id")
        check.prose(request.reason, "reason")
        try check.finish()
        let actor = try context.caller.principal
        let command = try Command(principal: actor, method: context.method, request: request)
        let now = clock()
        return try await store.writer.run(command, at: now) { transaction in
            let catalogue = Catalogue(database: transaction.database)
            let id = request.procedureID
            transaction.auditSubject = id
            guard
                let last = try catalogue.versionInForce(of: id, on: now.local(in: .vietnam).date)
                    ?? catalogue.scheduledVersion(of: id)
            else { return .failure(Status(try catalogue.absence(of: id))) }
            try catalogue.retire(
                id,
                .init(
                    time: now, by: actor,
                    reason: request.reason.precomposedStringWithCanonicalMapping))
            try transaction.append(event: RecordsV1.RecordsEvent(retired: id), subject: id)
            return .success(try catalogue.message(id, last))
        }
    }

    /// As catalogue lines write it.
    private static func isProcedureID(_ text: String) -> Bool {
        (1...9).contains(text.utf8.count) && text.utf8.first != 0x30
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension Catalogue {
    fileprivate func message(_ id: String, _ version: Int32) throws -> RecordsV1.Procedure {
        guard let kept = try kept(id, version: version) else {
            preconditionFailure("a version that was just written")
        }
        return RecordsV1.Procedure(kept)
    }
}

// The review log.
extension ProceduresEndpoint {
    func listVersions(
        _ request: RecordsV1.ListVersionsRequest, context: CallContext
    ) async throws -> RecordsV1.ListVersionsResponse {
        let id = request.procedureID
        guard !id.isEmpty else { throw Status.procedureMissing }
        let page = try CataloguePage(
            size: request.pageSize, token: request.pageToken, scope: "versions \(id)")
        guard let after = page.after.isEmpty ? 0 : Int32(page.after) else {
            throw Status.badPageToken
        }
        let day = clock().local(in: .vietnam).date
        let found = try await store.read { database in
            try Catalogue(database: database).versions(
                of: id, after: after, limit: page.size + 1, on: day)
        }
        if found.isEmpty, after == 0 { throw Status.procedureNotFound }
        var response = RecordsV1.ListVersionsResponse()
        response.versions = found.prefix(page.size).map(RecordsV1.VersionSummary.init)
        if found.count > page.size {
            response.nextPageToken = page.token.text(after: String(found[page.size - 1].version))
        }
        return response
    }

    func listDueReviews(
        _ request: RecordsV1.ListDueReviewsRequest, context: CallContext
    ) async throws -> RecordsV1.ListDueReviewsResponse {
        let today = clock().local(in: .vietnam).date
        var check = FieldCheck()
        let before = check.day(request.day, "day") ?? today
        try check.finish()
        let page = try CataloguePage(
            size: request.pageSize, token: request.pageToken, scope: "reviews \(before)")
        var place = (day: Int.min, id: "")
        if !page.after.isEmpty {
            let parts = page.after.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let day = Int(parts[0]) else { throw Status.badPageToken }
            place = (day, String(parts[1]))
        }
        let found = try await store.read { [place] database in
            try Catalogue(database: database).dueReviews(
                before: before, after: place, limit: page.size + 1, today: today)
        }
        var response = RecordsV1.ListDueReviewsResponse()
        response.versions = found.prefix(page.size).map(RecordsV1.VersionSummary.init)
        if found.count > page.size {
            let last = found[page.size - 1]
            let day = last.document?.reviewDate?.daysSinceEpoch ?? 0
            response.nextPageToken = page.token.text(after: "\(day) \(last.id)")
        }
        return response
    }
}

// Figures.
extension ProceduresEndpoint {
    /// Procedures that one page looks through at most, so that a complete catalogue costs no more
    /// than one full of gaps.
    private static let gapsScannedMax = 500

    func listGaps(
        _ request: RecordsV1.ListGapsRequest, context: CallContext
    ) async throws -> RecordsV1.ListGapsResponse {
        let page = try CataloguePage(
            size: request.pageSize, token: request.pageToken, scope: "gaps")
        let day = clock().local(in: .vietnam).date
        return try await store.read { database in
            let scanned = try Catalogue(database: database).procedures(
                after: page.after, limit: Self.gapsScannedMax, on: day)
            var response = RecordsV1.ListGapsResponse()
            var last = scanned.count == Self.gapsScannedMax ? scanned.last?.id : nil
            for procedure in scanned {
                let missing = procedure.content.missingParts
                if missing.isEmpty { continue }
                if response.gaps.count == page.size {
                    last = response.gaps.last?.procedureID
                    break
                }
                var gap = RecordsV1.Gap()
                gap.procedureID = procedure.id
                gap.version = procedure.version
                gap.name = procedure.content.name
                gap.missingParts = missing.map(\.rawValue)
                response.gaps.append(gap)
            }
            if let last { response.nextPageToken = page.token.text(after: last) }
            return response
        }
    }

    func getCatalogueCounts(
        _ request: RecordsV1.GetCatalogueCountsRequest, context: CallContext
    ) async throws -> RecordsV1.CatalogueCounts {
        let day = clock().local(in: .vietnam).date
        let counts = try await store.read { database in
            try Catalogue(database: database).counts(on: day)
        }
        func sum(
            _ number: (Catalogue.Count) -> Int, where isWanted: (Catalogue.Count) -> Bool
        ) -> Int32 {
            Int32(counts.filter(isWanted).reduce(0) { $0 + number($1) })
        }
        var response = RecordsV1.CatalogueCounts()
        response.procedures = sum(\.procedures) { _ in true }
        response.processes = sum(\.processes) { _ in true }
        response.byAuthority = ([nil] + AuthorityLevel.allCases).map { level in
            var count = RecordsV1.AuthorityCount()
            count.authorityLevel = .init(level)
            count.procedures = sum(\.procedures) { $0.authority == level }
            count.processes = sum(\.processes) { $0.authority == level }
            return count
        }
        response.byService = ([nil] + ServiceLevel.allCases).map { level in
            var count = RecordsV1.ServiceCount()
            count.serviceLevel = .init(level)
            count.procedures = sum(\.procedures) { $0.service == level }
            return count
        }
        return response
    }
}

/// One page that was asked for.
struct CataloguePage {
    let size: Int
    let token: PageToken
    /// Empty for the first page.
    let after: String

    init(size: Int32, token text: String, scope: String) throws(Status) {
        guard let size = PageSize.resolve(size, default: 50) else {
            throw Status(invalid: [PageSize.violation])
        }
        self.size = size
        token = PageToken(scope: scope)
        guard !text.isEmpty else {
            after = ""
            return
        }
        guard let key = token.key(in: text) else { throw .badPageToken }
        after = key
    }
}
