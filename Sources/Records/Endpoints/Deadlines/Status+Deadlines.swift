import RPC
import WorkingTime

extension Status {
    init(_ rejection: ClockRejection) {
        switch rejection {
        case .notRunning(let state):
            self.init(
                "CLOCK_NOT_RUNNING", ["state": state.protoName],
                "no clock runs in state \(state.label): it runs from acceptance to the end of "
                    + "processing")
        case .alreadyStopped(let since):
            let time = since.formatted(in: .vietnam)
            self.init(
                "CLOCK_ALREADY_STOPPED", ["since": time],
                "the clock has stood still since \(time): let it run again first")
        case .notStopped:
            self.init(
                "CLOCK_NOT_STOPPED", [:],
                "no decision has stopped the clock; a supplement ends with ReceiveSupplement")
        case .lateAlready(let due):
            let time = due.formatted(in: .vietnam)
            self.init(
                .failedPrecondition, reason: "LATE_ALREADY", domain: Self.domain,
                message: "the result was due on \(time) and is late: a stop that was written down "
                    + "afterwards does not take that back; begin after it or leave from_time out",
                metadata: ["due_time": time],
                fields: [
                    .init(
                        field: "from_time", remedy: "begin after \(time)",
                        reason: FieldViolation.Reason.outOfRange.rawValue)
                ])
        case .tooManyHolds(let most):
            self.init(
                "TOO_MANY_HOLDS", ["max": String(most)],
                "a dossier's clock is stopped at most \(most) times")
        case .overlaps(let until):
            let time = until.formatted(in: .vietnam)
            self.init(
                .failedPrecondition, reason: "HOLDS_OVERLAP", domain: Self.domain,
                message: "the clock stood still until \(time) already: begin there or later",
                metadata: ["until": time],
                fields: [
                    .init(
                        field: "from_time", remedy: "begin at \(time) or later",
                        reason: FieldViolation.Reason.outOfRange.rawValue)
                ])
        case .alreadyExtended(let letterNumber):
            self.init(
                "ALREADY_EXTENDED", ["letter_number": letterNumber],
                "the limit was extended by letter \(letterNumber), and may be only once")
        case .nothingToExtend:
            self.init(
                "NOTHING_TO_EXTEND", [:], "the procedure states no limit that could be extended")
        case .extensionTooLate(let last):
            let time = last?.formatted(in: .vietnam)
            self.init(
                "EXTENSION_TOO_LATE", ["last_time": time ?? ""],
                time.map { "an extension had to be granted by \($0)" }
                    ?? "the limit is too short to be extended")
        }
    }
}

extension Status {
    /// So many faults of a calendar are told.
    private static let problemsMax = 100

    static let unknownAgency = Status(invalid: [
        FieldViolation("agency", .unknown, "the organisation has no agency of this identifier")
    ])

    static let explanationTooLong = Status(
        .outOfRange, reason: "EXPLANATION_TOO_LONG", domain: domain,
        message: "the explanation has more lines than one answer holds: give an earlier until_time")

    /// One answer for an unknown number and for another head's.
    static let escalationNotFound = Status(
        .notFound, reason: "ESCALATION_NOT_FOUND", domain: domain,
        message: "there is no such escalation before you; list them for their numbers")

    static let unownedIsForOperators = Status(
        .permissionDenied, reason: "OPERATOR_REQUIRED", domain: domain,
        message: "what has no head is for operators: leave unowned out for what is before you")

    /// Every line at fault, by its number.
    init(_ rejection: CalendarRejection) {
        let problems = rejection.problems.prefix(Self.problemsMax)
        self.init(
            .invalidArgument, reason: "CALENDAR_INVALID", domain: Self.domain,
            message: problems.map(\.description).joined(separator: "; "),
            fields: problems.map { problem in
                .init(
                    field: problem.line == 0 ? "text" : "text.lines[\(problem.line)]",
                    remedy: problem.reason, reason: problem.code.rawValue)
            })
    }

    init(_ refusal: CalendarRefusal) {
        switch refusal {
        case .versionTaken(let version):
            self.init(
                .alreadyExists, reason: "CALENDAR_VERSION_TAKEN", domain: Self.domain,
                message: "another calendar has the version \(version.prefix(100)), and a version "
                    + "never changes: give the new text another",
                metadata: ["version": version],
                fields: [
                    .init(
                        field: "text", remedy: "give it another version",
                        reason: FieldViolation.Reason.repeated.rawValue)
                ])
        case .leavesYearsOut(let years, let covered):
            self.init(
                .failedPrecondition, reason: "CALENDAR_LEAVES_YEARS_OUT", domain: Self.domain,
                message: "open deadlines run from \(years.lowerBound) to \(years.upperBound), and "
                    + "the calendar covers \(covered.lowerBound) to \(covered.upperBound): list "
                    + "the days off of those years too",
                metadata: [
                    "first_year": String(years.lowerBound), "last_year": String(years.upperBound),
                ],
                fields: [
                    .init(
                        field: "text", remedy: "cover \(years.lowerBound) to \(years.upperBound)",
                        reason: FieldViolation.Reason.outOfRange.rawValue)
                ])
        }
    }
}
