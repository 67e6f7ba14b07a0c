import Identity
import Messages
import RPC
import WorkingTime

/// A queue that somebody asked for, whose fields stand; whether he may see it, the organisation
/// says.
struct QueueQuery: Sendable {
    private let scope: RecordsV1.Queue.Scope
    private let kind: RecordsV1.QueueKind

    init(_ queue: RecordsV1.Queue?) throws(Status) {
        var check = FieldCheck()
        guard let queue, let scope = queue.scope else {
            check.add(
                FieldViolation(
                    "queue.scope", .required, "name an agency, an official, a counter or a step"))
            try check.finish()
            throw Status.badPageToken
        }
        self.scope = scope
        kind = queue.kind
        switch scope {
        case .agency(let agency): check.name(agency, "queue.agency")
        case .official(let official): check.name(official, "queue.official")
        case .counter(let unit): check.name(unit, "queue.counter")
        case .step(let step):
            check.name(step.agency, "queue.step.agency")
            check.name(step.procedureID, "queue.step.procedure_id")
            if step.stepNumber < 1 {
                check.add(
                    FieldViolation(
                        "queue.step.step_number", .required, "name the step, from 1"))
            }
        }
        switch queue.kind {
        case .unspecified, .dueSoon, .overdue: break
        case .reception, .handOver:
            guard case .counter = scope else {
                check.add(
                    FieldViolation(
                        "queue.kind", .outOfRange,
                        "reception and hand-over are queues of a counter: name one"))
                break
            }
        default:
            check.add(
                FieldViolation("queue.kind", .unknown, "choose one of the kinds or leave it out"))
        }
        try check.finish()
    }

    /// What a page token is good for.
    var text: String {
        switch scope {
        case .agency(let agency): "queue \(kind.rawValue) agency \(agency)"
        case .official(let official): "queue \(kind.rawValue) official \(official)"
        case .counter(let unit): "queue \(kind.rawValue) counter \(unit)"
        case .step(let step):
            "queue \(kind.rawValue) step \(step.agency) \(step.stepNumber) \(step.procedureID)"
        }
    }

    /// The range of the index that this is for a caller and an instant.
    func range(
        in organisation: Organisation, book: ClockBook, view: QueueView,
        isUnit: (String) throws -> Bool
    ) throws -> Result<QueueRange, Status> {
        func answering(_ agency: String, _ field: String) throws -> Result<String, Status> {
            try view.agency(agency, field, in: organisation, isUnit: isUnit)
        }
        switch scope {
        case .agency(let agency):
            return try answering(agency, "queue.agency").map { agency in
                range(.agency(agency), clock: book.clock(for: agency), view)
            }
        case .official(let official):
            return view.official(official, in: organisation).map { _ in
                range(.official(official), clock: book.clock(for: view.caller.agency), view)
            }
        case .counter(let unit):
            return try answering(unit, "queue.counter").map { unit in
                let scope: QueueScope =
                    switch kind {
                    case .reception: .reception(unit)
                    case .handOver: .handOver(unit)
                    default: .counter(unit)
                    }
                return range(scope, clock: book.clock(for: unit), view)
            }
        case .step(let step):
            return try answering(step.agency, "queue.step.agency").map { agency in
                range(
                    .step(Int(step.stepNumber), of: step.procedureID, in: agency),
                    clock: book.clock(for: agency), view)
            }
        }
    }

    private func range(_ scope: QueueScope, clock: WorkClock, _ view: QueueView) -> QueueRange {
        QueueRange(scope: scope, keys: view.keys(kind, clock: clock))
    }
}

/// Who looks, and when.
struct QueueView: Sendable {
    let caller: CommonV1.Caller
    let now: Instant
    var rules = RegimeRules.none

    /// The same by other rules.
    func by(_ rules: RegimeRules) -> QueueView {
        var view = self
        view.rules = rules
        return view
    }

    var day: CivilDate { now.local(in: .vietnam).date }

    /// Overdue is what should have been done before now; due soon what falls due from now until the
    /// warning time has been worked.
    func keys(_ kind: RecordsV1.QueueKind, clock: WorkClock) -> ClosedRange<Int64> {
        let now = now.millisecondsSinceEpoch
        switch kind {
        case .overdue: return Int64.min...(now - 1)
        case .dueSoon:
            let minutes = rules.applied(to: .inForce(on: day)).dueSoonMinutes
            let soon = clock.add(workingMinutes: minutes, to: self.now)
            return now...max(now, soon?.millisecondsSinceEpoch ?? now)
        default: return Int64.min...Int64.max
        }
    }

    /// Who answers for an agency now, if the caller may see what it does.
    ///
    /// - Parameter isUnit: Whether an agency that the organisation does not know took dossiers in.
    func agency(
        _ agency: String, _ field: String, in organisation: Organisation,
        isUnit: (String) throws -> Bool
    ) rethrows -> Result<String, Status> {
        let jurisdiction = Jurisdiction(agency: caller.agency)
        guard jurisdiction.covers(agency, on: day, in: organisation) else {
            return .failure(.outsideAgency(caller.agency))
        }
        let isKnown =
            organisation.agencies.isEmpty || organisation.answering(for: agency, on: day) != nil
        guard try isKnown || isUnit(agency) else {
            return .failure(
                Status(invalid: [
                    FieldViolation(field, .unknown, "there is no such agency in force: \(agency)")
                ]))
        }
        return .success(organisation.path(of: agency, orByIdentifierOn: day).last ?? agency)
    }

    /// Everybody sees his own queue, a head those of his agency's officials.
    func official(_ official: String, in organisation: Organisation) -> Result<Void, Status> {
        caller.arranges(workOf: official, on: day, in: organisation)
            ? .success(()) : .failure(.notYourOfficial(official))
    }
}
