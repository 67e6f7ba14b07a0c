import Foundation
import Identity
import Messages
import RPC
import Storage
import WorkingTime

// The clock of one dossier.
extension DeadlinesEndpoint {
    /// A longer explanation does not fit into a frame: it is asked for in pieces.
    static let linesMax = 20_000

    func suspendClock(
        _ request: RecordsV1.SuspendClockRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        let cause = Hold.Cause(request.cause)
        if cause == nil || cause == .supplement || cause == .consultation {
            check.add(
                FieldViolation(
                    "cause", cause == nil ? .required : .notOffered,
                    "choose HOLD_CAUSE_PAYMENT, HOLD_CAUSE_OTHER_AGENCY or HOLD_CAUSE_DECISION; a "
                        + "supplement is asked for with RequestSupplement"))
        }
        check.prose(request.reason, "reason")
        check.prose(request.legalBasis, "legal_basis")
        let from = check.instant(request.fromTime, "from_time")
        try check.finish()
        let reason = request.reason.precomposedStringWithCanonicalMapping
        let legalBasis = request.legalBasis.precomposedStringWithCanonicalMapping
        return try await dossiers.change(request.dossierID, by: request, context) { edit, _ in
            edit.suspend(
                cause: cause ?? .decision, reason: reason, legalBasis: legalBasis, from: from)
        }
    }

    func resumeClock(
        _ request: RecordsV1.ResumeClockRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        let to = check.instant(request.toTime, "to_time")
        try check.finish()
        return try await dossiers.change(request.dossierID, by: request, context) { edit, _ in
            edit.resume(to: to)
        }
    }

    func extendDeadline(
        _ request: RecordsV1.ExtendDeadlineRequest, context: CallContext
    ) async throws -> RecordsV1.Dossier {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        check.name(request.letterNumber, "letter_number")
        check.prose(request.reason, "reason")
        if request.units < 1 {
            check.add(FieldViolation("units", .required, "say how many units more, from 1"))
        }
        try check.finish()
        let letterNumber = request.letterNumber.precomposedStringWithCanonicalMapping
        let reason = request.reason.precomposedStringWithCanonicalMapping
        let clocks = clocks
        return try await dossiers.change(request.dossierID, by: request, context) { edit, table in
            edit.extend(
                units: Int(request.units), letterNumber: letterNumber, reason: reason,
                deadlines: try clocks.deadlines(in: table.database))
        }
    }

    func explainDeadline(
        _ request: RecordsV1.ExplainDeadlineRequest, context: CallContext
    ) async throws -> RecordsV1.ExplainDeadlineResponse {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        let wanted = check.instant(request.untilTime, "until_time")
        try check.finish()
        let now = clock()
        return try await store.read { database in
            let table = DossierTable(database: database)
            let dossier = try dossier(request.dossierID, for: context, in: table)
            guard let facts = DeadlineFacts(dossier) else {
                throw Status(ClockRejection.notRunning(dossier.state))
            }
            let end = facts.isOpen ? now : try dossier.finishTime ?? table.lastTime(of: dossier.id)
            if let wanted, wanted < facts.acceptTime || wanted > max(end, now) {
                throw Status(invalid: [
                    FieldViolation(
                        "until_time", .outOfRange,
                        "choose a time between acceptance and now, or leave it out")
                ])
            }
            // What has ended is told by the clock that ran then.
            let book =
                facts.isOpen
                ? try clocks.current(in: database)
                : try clocks.book(dossier.clockVersion, in: database)
            let until = min(wanted ?? end, end)
            let response = RecordsV1.ExplainDeadlineResponse(
                dossier, facts, by: Deadlines(book: book), until: until, today: today)
            guard response.lines.count <= Self.linesMax else { throw Status.explanationTooLong }
            return response
        }
    }

    func getDeadlineMoves(
        _ request: RecordsV1.GetDeadlineMovesRequest, context: CallContext
    ) async throws -> RecordsV1.GetDeadlineMovesResponse {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        try check.finish()
        return try await store.read { database in
            let table = DossierTable(database: database)
            let dossier = try dossier(request.dossierID, for: context, in: table)
            let clock = ClockTable(database: database, standard: clocks.standard)
            var response = RecordsV1.GetDeadlineMovesResponse()
            let organisation = try clocks.organisations.current(in: database)
            for move in try table.moves(of: dossier.id) {
                let version = try clock.versionRow(move.clockVersion)
                let changed = try clock.changedDay(
                    behind: move, of: dossier, organisation: organisation)
                response.moves.append(
                    RecordsV1.DeadlineMove(
                        move, calendar: version?.calendar ?? clocks.standard.calendar.version,
                        change: version?.cause, changed: changed))
            }
            return response
        }
    }

    private func dossier(
        _ name: String, for context: CallContext, in table: DossierTable
    ) throws -> Dossier {
        let organisation = try clocks.organisations.current(in: table.database)
        guard let dossier = try table.find(DossierKey(name)),
            try context.sees(dossier, at: clock(), in: organisation)
        else { throw Status.dossierNotFound }
        return dossier
    }
}

extension FieldCheck {
    fileprivate mutating func instant(
        _ timestamp: GoogleProtobuf.Timestamp?, _ field: String
    ) -> Instant? {
        guard let timestamp else { return nil }
        guard let instant = timestamp.instant else {
            add(FieldViolation(field, .malformed, "it is no time of the years 1 to 9999"))
            return nil
        }
        return instant
    }
}
