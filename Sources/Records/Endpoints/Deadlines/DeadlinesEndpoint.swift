import Foundation
import Identity
import Messages
import RPC
import Storage
import WorkingTime

struct DeadlinesEndpoint: RecordsV1.DeadlinesService {
    let store: Store
    let clocks: ClockBookCache
    /// Whose commands on one dossier these are too.
    let dossiers: DossiersEndpoint
    let clock: @Sendable () -> Instant

    /// A calendar of fifty years has fewer.
    static let calendarBytesMax = 1 << 20
    static let halfDaysMax = 366
    /// So many open deadlines a dry run derives: it tells more by telling soon.
    static let dryRunDossiersMax = 20_000

    var today: CivilDate { clock().local(in: .vietnam).date }
}

// Calendars.
extension DeadlinesEndpoint {
    func importCalendar(
        _ request: RecordsV1.ImportCalendarRequest, context: CallContext
    ) async throws -> RecordsV1.ImportCalendarResponse {
        let text = request.text.precomposedStringWithCanonicalMapping
        if text.isEmpty {
            throw Status(invalid: [FieldViolation("text", .required, "send the calendar's lines")])
        }
        if text.utf8.count > Self.calendarBytesMax {
            throw Status(invalid: [
                FieldViolation("text", .tooLong, "send at most \(Self.calendarBytesMax) bytes")
            ])
        }
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        // On the store's readers: it takes longer than the connection's thread may.
        let now = clock()
        let day = today
        let clocks = clocks
        let (calendar, replaced) = try await store.read { database in
            let calendar: WorkCalendar
            do throws(CalendarRejection) {
                calendar = try WorkCalendar(parsing: text)
            } catch {
                throw Status(error)
            }
            let table = ClockTable(database: database, standard: clocks.standard)
            return (
                calendar, try table.calendarInForce(on: max(day, calendar.effectiveFrom))
            )
        }
        if request.dryRun { return try await tried(calendar, text: text, replacing: replaced) }
        let response = try await store.writer.run(command, at: now) {
            transaction -> Result<RecordsV1.ImportCalendarResponse, Status> in
            transaction.auditSubject = "calendars"
            let table = ClockTable(database: transaction.database, standard: clocks.standard)
            let refusal = try table.refusal(
                of: calendar, text: text, on: day, replacing: replaced)
            if let refusal {
                return .failure(Status(refusal))
            }
            var response = RecordsV1.ImportCalendarResponse()
            response.wasKnown = try table.isKnown(calendar, text: text)
            if !response.wasKnown {
                try table.insert(calendar, text: text, at: now)
                var event = RecordsV1.CalendarImported()
                event.version = calendar.version
                event.effectiveDay = calendar.effectiveFrom.description
                try transaction.append(
                    event: RecordsV1.RecordsEvent.with { $0.event = .calendarImported(event) },
                    subject: "calendars")
                let organisation = try clocks.organisations.current(in: transaction.database)
                if let cause = try table.isBehind(on: day, organisation: organisation) {
                    _ = try table.open(
                        for: cause, on: day, organisationVersion: organisation.version, at: now)
                }
            }
            let stored = ClockTable.StoredCalendar(
                calendar: calendar, importTime: try table.importTime(ofCalendar: calendar.version))
            response.calendar = RecordsV1.Calendar(
                stored, inForce: try table.calendarVersionInForce(on: day))
            return .success(response)
        }
        try await renewClock()
        return response
    }

    func listCalendars(
        _ request: RecordsV1.ListCalendarsRequest, context: CallContext
    ) async throws -> RecordsV1.ListCalendarsResponse {
        try await store.read { database in
            let table = ClockTable(database: database, standard: clocks.standard)
            let inForce = try clocks.current(in: database).calendar.version
            let stored = try table.calendars()
            return RecordsV1.ListCalendarsResponse.with { response in
                response.calendars = stored.map { RecordsV1.Calendar($0, inForce: inForce) }
            }
        }
    }

    private func tried(
        _ calendar: WorkCalendar, text: String, replacing replaced: WorkCalendar
    ) async throws -> RecordsV1.ImportCalendarResponse {
        let day = today
        return try await store.read { database in
            let table = ClockTable(database: database, standard: clocks.standard)
            let refusal = try table.refusal(
                of: calendar, text: text, on: day, replacing: replaced)
            if let refusal {
                throw Status(refusal)
            }
            var response = RecordsV1.ImportCalendarResponse()
            response.wasKnown = try table.isKnown(calendar, text: text)
            let stored = ClockTable.StoredCalendar(calendar: calendar, importTime: nil)
            let book = try clocks.current(in: database)
            response.calendar = RecordsV1.Calendar(stored, inForce: book.calendar.version)
            let deadlines = Deadlines(book: book.replacing(calendar: calendar))
            let reading = try OpenDeadlines(database: database).read(
                after: 0, upTo: .max, limit: Self.dryRunDossiersMax)
            response.examinedCount = Int32(reading.deadlines.count)
            response.movingCount = Int32(
                reading.deadlines.count { deadlines.derive($0.facts)?.due != $0.due })
            response.examinedAll = reading.deadlines.count < Self.dryRunDossiersMax
            return response
        }
    }

    private func renewClock() async throws {
        _ = try await store.read { try clocks.read(in: $0) }
    }
}

// Shifts.
extension DeadlinesEndpoint {
    func setShifts(
        _ request: RecordsV1.SetShiftsRequest, context: CallContext
    ) async throws -> RecordsV1.Shifts {
        let wanted = try ShiftChange(request)
        let command = try Command(
            principal: try context.caller.principal, method: context.method, request: request)
        let now = clock()
        let day = today
        let clocks = clocks
        let response = try await store.writer.run(command, at: now) {
            transaction -> Result<RecordsV1.Shifts, Status> in
            transaction.auditSubject = "shifts"
            let database = transaction.database
            let organisation = try clocks.organisations.current(in: database)
            if organisation.agencies[wanted.agency] == nil, organisation.version > 0 {
                return .failure(.unknownAgency)
            }
            let before = try clocks.current(in: database)
            if let violation = wanted.violation(by: before.calendar) {
                return .failure(Status(invalid: [violation]))
            }
            let change = wanted.onlyNew(beside: before)
            guard change.rule != nil || !change.halfDays.isEmpty else {
                return .success(RecordsV1.Shifts(of: wanted.agency, on: day, by: before))
            }
            let table = ClockTable(database: database, standard: clocks.standard)
            let version = try table.open(
                for: .shifts, on: day, organisationVersion: organisation.version, at: now)
            if let rule = change.rule { try table.insert(rule, in: version) }
            for half in change.halfDays { try table.insert(half, in: version) }
            var event = RecordsV1.ShiftsSet()
            event.agency = wanted.agency
            event.clockVersion = version
            try transaction.append(
                event: RecordsV1.RecordsEvent.with { $0.event = .shiftsSet(event) },
                subject: wanted.agency)
            let after = try table.book(version, organisation: organisation)
            return .success(RecordsV1.Shifts(of: wanted.agency, on: day, by: after))
        }
        try await renewClock()
        return response
    }

    func getShifts(
        _ request: RecordsV1.GetShiftsRequest, context: CallContext
    ) async throws -> RecordsV1.Shifts {
        var check = FieldCheck()
        check.name(request.agency, "agency")
        let day = check.day(request.day, "day")
        try check.finish()
        let book = try await store.read { try clocks.read(in: $0) }
        return RecordsV1.Shifts(of: request.agency, on: day ?? today, by: book)
    }

    func getRederivation(
        _ request: RecordsV1.GetRederivationRequest, context: CallContext
    ) async throws -> RecordsV1.Rederivation {
        try await store.read { database in
            guard let pass = try RederivationTable(database: database).latest() else {
                return RecordsV1.Rederivation()
            }
            return RecordsV1.Rederivation(pass)
        }
    }
}
