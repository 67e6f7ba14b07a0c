import Identity
import Messages
import RPC
import Storage
import WorkingTime

extension QueuesEndpoint {
    /// Days of figures in one answer.
    static let figureDaysMax = 366

    func getFigures(
        _ request: RecordsV1.GetFiguresRequest, context: CallContext
    ) async throws -> RecordsV1.GetFiguresResponse {
        let days = try Self.days(of: request)
        let view = QueueView(caller: try context.caller, now: clock())
        return try await store.read { [organisations] database in
            let organisation = try organisations.read(in: database)
            let table = FiguresTable(database: database)
            let agency = try view.agency(
                request.agency, "agency", in: organisation, isUnit: table.isUnit
            ).get()
            let agencies = organisation.agencies(
                within: agency, or: try table.units(), on: min(days.upperBound, view.day))
            var total = AgencyFigures()
            var response = RecordsV1.GetFiguresResponse()
            for (day, figures) in try table.days(days, of: agencies) {
                total += figures
                response.days.append(
                    .with {
                        $0.day = day.description
                        $0.figures = .init(figures)
                    })
            }
            let before = try table.standing(before: days.lowerBound, of: agencies)
            response.total = .init(total)
            response.waitingBefore = before.waiting
            response.waitingAfter = before.waiting + total.waitingChange
            response.openBefore = before.open
            response.openAfter = before.open + total.openChange
            return response
        }
    }

    func getDossierFigures(
        _ request: RecordsV1.GetDossierFiguresRequest, context: CallContext
    ) async throws -> RecordsV1.DossierFigures {
        var check = FieldCheck()
        check.name(request.dossierID, "dossier_id")
        try check.finish()
        let key = try context.dossierKey(request.dossierID)
        let now = clock()
        return try await store.read { [clocks, organisations] database in
            guard let dossier = try key.flatMap(DossierTable(database: database).find),
                try context.sees(dossier, at: now, in: try organisations.read(in: database))
            else { throw Status.dossierNotFound }
            var figures = RecordsV1.DossierFigures()
            figures.contactCount = Int64(dossier.contacts.count)
            guard let facts = DeadlineFacts(dossier) else { return figures }
            // What has ended is told by the clock that ran then.
            let book =
                facts.isOpen
                ? try clocks.read(in: database)
                : try clocks.book(dossier.clockVersion, in: database)
            let deadlines = Deadlines(book: book)
            let end = dossier.finishTime ?? now
            let ledger = deadlines.explain(facts, until: end)
            figures.agencyMinutes = Int64(ledger.minutes(heldBy: .agency))
            figures.citizenMinutes = Int64(ledger.minutes(heldBy: .citizen))
            figures.otherAgencyMinutes = Int64(ledger.minutes(heldBy: .otherAgency))
            figures.suspendedMinutes = Int64(ledger.minutes(heldBy: .nobody))
            figures.elapsedMinutes = Int64(ledger.elapsedMinutes)
            figures.agencyWorkingMinutes = Int64(
                dossier.agencyMinutes ?? deadlines.agencyMinutes(facts, until: end))
            figures.from = .init(ledger.from)
            figures.until = .init(ledger.until)
            return figures
        }
    }

    private static func days(
        of request: RecordsV1.GetFiguresRequest
    ) throws(Status) -> ClosedRange<CivilDate> {
        var check = FieldCheck()
        check.name(request.agency, "agency")
        func day(_ text: String, _ field: String) -> CivilDate? {
            guard let day = try? CivilDate(parsing: text) else {
                check.add(
                    FieldViolation(
                        field, text.isEmpty ? .required : .malformed, "write it as 2026-03-02"))
                return nil
            }
            return day
        }
        let from = day(request.fromDay, "from_day")
        let to = day(request.toDay, "to_day")
        if let from, let to {
            if to < from {
                check.add(FieldViolation("to_day", .outOfRange, "it lies before from_day"))
            } else if to.daysSinceEpoch - from.daysSinceEpoch >= figureDaysMax {
                check.add(
                    FieldViolation(
                        "to_day", .outOfRange, "ask for \(figureDaysMax) days at most"))
            }
        }
        try check.finish()
        guard let from, let to else { preconditionFailure("a day that is missing was refused") }
        return from...to
    }
}

extension RecordsV1.Figures {
    init(_ figures: AgencyFigures) {
        self.init()
        submitted = figures[.submitted]
        accepted = figures[.accepted]
        refused = figures[.refused]
        withdrawnUnaccepted = figures[.withdrawnUnaccepted]
        withdrawnAccepted = figures[.withdrawnAccepted]
        stopped = figures[.stopped]
        finishedOnTime = figures[.finishedOnTime]
        finishedLate = figures[.finishedLate]
        finishedNoLimit = figures[.finishedNoLimit]
        returned = figures[.returned]
        contacts = figures[.contacts]
        agencyMinutes = figures[.agencyMinutes]
    }
}
