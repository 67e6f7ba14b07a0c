import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct QueuesEndpoint: RecordsV1.QueuesService {
    let store: Store
    let clocks: ClockBookCache
    let organisations: OrganisationCache
    let clock: @Sendable () -> Instant

    func listQueue(
        _ request: RecordsV1.ListQueueRequest, context: CallContext
    ) async throws -> RecordsV1.ListQueueResponse {
        let query = try QueueQuery(request.queue)
        var check = FieldCheck()
        let size = PageSize.resolve(request.pageSize, default: 50)
        if size == nil { check.add(PageSize.violation) }
        try check.finish()
        let token = PageToken(scope: query.text)
        var cursor: QueueTable.Cursor?
        if !request.pageToken.isEmpty {
            cursor = token.key(in: request.pageToken).flatMap(QueueTable.Cursor.init(text:))
            if cursor == nil { throw Status.badPageToken }
        }
        let caller = try context.caller
        let view = QueueView(caller: caller, now: clock())
        let (page, book) = try await store.read { [cursor, clocks, organisations] database in
            let book = try clocks.read(in: database)
            let rules = try RegimeTable(database: database).rules()
            let range = try query.range(
                in: try organisations.read(in: database), book: book, view: view.by(rules),
                isUnit: FiguresTable(database: database).isUnit
            ).get()
            let page = try QueueTable(database: database).page(
                range, after: cursor, limit: size ?? 0)
            return (page, book)
        }
        var response = RecordsV1.ListQueueResponse()
        let items = page.rows.map { RecordsV1.QueueItem($0, now: view.now, book: book) }
        let count = try PageSize.fitting(items)
        response.items = Array(items.prefix(count))
        if count < items.count || !page.isLast {
            let last = page.rows[count - 1]
            response.nextPageToken = token.text(
                after: "\(last.key.milliseconds) \(last.number)")
        }
        return response
    }

    func countQueue(
        _ request: RecordsV1.CountQueueRequest, context: CallContext
    ) async throws -> RecordsV1.Count {
        let query = try QueueQuery(request.queue)
        let view = QueueView(caller: try context.caller, now: clock())
        return try await store.read { [clocks, organisations] database in
            let rules = try RegimeTable(database: database).rules()
            let range = try query.range(
                in: try organisations.read(in: database), book: try clocks.read(in: database),
                view: view.by(rules), isUnit: FiguresTable(database: database).isUnit
            ).get()
            return RecordsV1.Count(
                try QueueTable(database: database).count(range, max: QueueTable.countMax))
        }
    }

    func getAgencySummary(
        _ request: RecordsV1.GetAgencySummaryRequest, context: CallContext
    ) async throws -> RecordsV1.GetAgencySummaryResponse {
        var check = FieldCheck()
        check.name(request.agency, "agency")
        let size = PageSize.resolve(request.pageSize, default: 50)
        if size == nil { check.add(PageSize.violation) }
        try check.finish()
        let token = PageToken(scope: "summary \(request.agency)")
        var after = ""
        if !request.pageToken.isEmpty {
            guard let key = token.key(in: request.pageToken) else { throw Status.badPageToken }
            after = key
        }
        let view = QueueView(caller: try context.caller, now: clock())
        return try await store.read { [after, clocks, organisations] database in
            let organisation = try organisations.read(in: database)
            let view = view.by(try RegimeTable(database: database).rules())
            let agency = try view.agency(
                request.agency, "agency", in: organisation,
                isUnit: FiguresTable(database: database).isUnit
            ).get()
            let book = try clocks.read(in: database)
            let table = QueueTable(database: database)
            func line(_ agency: String, max: Int) throws -> RecordsV1.AgencySummary {
                var line = RecordsV1.AgencySummary()
                line.agency = agency
                line.name = organisation.agency(agency, on: view.day)?.name ?? ""
                func count(_ kind: RecordsV1.QueueKind) throws -> RecordsV1.Count {
                    let keys = view.keys(kind, clock: book.clock(for: agency))
                    return RecordsV1.Count(
                        try table.count(
                            QueueRange(scope: .agency(agency), keys: keys), max: max))
                }
                line.open = try count(.unspecified)
                line.dueSoon = try count(.dueSoon)
                line.overdue = try count(.overdue)
                return line
            }
            let below = organisation.agencies.keys.filter { id in
                id > after && organisation.agency(id, on: view.day)?.parent == agency
            }.sorted()
            let shown = below.prefix(size ?? 0)
            var response = RecordsV1.GetAgencySummaryResponse()
            response.total = try line(agency, max: QueueTable.countMax)
            response.children = try shown.map { try line($0, max: QueueTable.lineCountMax) }
            if let last = shown.last, shown.count < below.count {
                response.nextPageToken = token.text(after: last)
            }
            return response
        }
    }
}

extension QueueTable.Cursor {
    init?(text: String) {
        let parts = text.split(separator: " ").map { Int64($0) }
        guard parts.count == 2, let key = parts[0], let number = parts[1] else { return nil }
        self.init(key: key, number: number)
    }
}

extension RecordsV1.Count {
    init(_ count: QueueCount) {
        self.init()
        self.count = Int64(count.count)
        isExact = count.isExact
    }
}

extension RecordsV1.QueueItem {
    fileprivate init(_ row: QueueRow, now: Instant, book: ClockBook) {
        self.init()
        dossierID = row.dossierID
        code = row.code ?? ""
        state = row.state.message
        procedureID = row.procedureID
        procedureName = row.procedureName
        receivingUnit = row.receivingUnit
        applicantInitials = row.applicantInitials
        submitTime = .init(row.submitTime)
        dueStatus = .init(rawValue: Int32(row.due.statusNumber))
        dueTime = row.due.time.map { .init($0) }
        clockStopped = row.key == .clockStopped
        let isOpen = row.state.hasOpenDeadline(isAccepted: row.due != .notAccepted)
        if isOpen, !clockStopped, let due = row.due.time {
            let minutes = book.clock(for: row.receivingUnit).workingMinutes(from: now, to: due)
            workingMinutesLeft = Int32(clamping: minutes ?? 0)
        }
        stepNumber = Int32(row.stepNumber)
        stepName = row.stepName
        assignee = row.assignee
        stepDueTime = row.stepDue.map { .init($0) }
    }
}
