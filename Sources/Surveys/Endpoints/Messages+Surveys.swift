import Messages
import RPC
import Storage
import WorkingTime

extension FieldViolation {
    static let identifierBytesMax = 128

    /// `nil` when the `request_id` holds.
    static func requestID(_ text: String) -> FieldViolation? {
        guard text.utf8.count > Command.requestIDCharactersMax || !isVisible(text) else {
            return nil
        }
        return FieldViolation(
            field: "request_id",
            remedy:
                "send 1 to \(Command.requestIDCharactersMax) visible ASCII characters, a new "
                + "random UUID with every new "
                + "request and the same one with every retry of it")
    }

    /// `nil` when the identifier holds.
    static func identifier(
        _ field: String, _ text: String, bytesMax: Int = identifierBytesMax
    ) -> FieldViolation? {
        guard text.utf8.count > bytesMax || !isVisible(text) else { return nil }
        return FieldViolation(
            field: field, remedy: "send 1 to \(bytesMax) visible ASCII characters")
    }

    private static func isVisible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

extension Cohort {
    /// - Throws: INVALID_ARGUMENT with every field of the invitation that is wrong.
    init(_ request: SurveysV1.InviteCitizenRequest) throws(Status) {
        let instant = request.eventTime?.instant.flatMap { instant in
            Period.instantsSupported.contains(instant) ? instant : nil
        }
        try Status.demand([
            .requestID(request.requestID), .identifier("dossier_id", request.dossierID),
            .identifier("unit", request.unit, bytesMax: Self.unitBytesMax),
            instant == nil
                ? FieldViolation(
                    field: "event_time", remedy: "send the time at which the result was ready")
                : nil,
        ])
        guard let instant else { preconditionFailure("its absence was refused above") }
        self.init(unit: request.unit, period: Period(of: instant))
    }
}

extension SurveysV1.SubmitAnswerRequest {
    /// - Throws: INVALID_ARGUMENT with every field that is wrong.
    func checked() throws(Status) -> (SurveyToken, Answer) {
        var violations = [FieldViolation.requestID(requestID)]
        let token = SurveyToken(typed: token)
        if token == nil {
            violations.append(
                FieldViolation(
                    field: "token",
                    remedy:
                        "send the \(SurveyToken.characterCount) letters and digits that are "
                        + "printed with the result"
                ))
        }
        let level = Level(overall)
        if level == nil {
            violations.append(
                FieldViolation(
                    field: "overall", remedy: "choose one of the five levels: it is required"))
        }
        let (answers, faults) = checkedRatings()
        violations += faults
        let remarks = Remarks(self.remarks)
        if remarks == nil {
            violations.append(
                FieldViolation(
                    field: "remarks",
                    remedy:
                        "write at most \(Remarks.charactersMax) characters without control "
                        + "characters"
                ))
        }
        try Status.demand(violations)
        guard let token, let level, let remarks else {
            preconditionFailure("their absence was refused above")
        }
        return (token, Answer(overall: level, ratings: answers, remarks: remarks))
    }

    private func checkedRatings() -> ([Question: Level], [FieldViolation]) {
        guard ratings.count <= Question.allCases.count else {
            return (
                [:], [FieldViolation(field: "ratings", remedy: "rate each aspect at most once")]
            )
        }
        var answers: [Question: Level] = [:]
        var violations: [FieldViolation] = []
        for (index, rating) in ratings.enumerated() {
            let question = Question(rating.aspect)
            let level = Level(rating.satisfaction)
            if question == nil {
                violations.append(
                    FieldViolation(
                        field: "ratings[\(index)].aspect", remedy: "name one of the eight aspects"))
            }
            if level == nil {
                violations.append(
                    FieldViolation(
                        field: "ratings[\(index)].satisfaction",
                        remedy: "choose one of the five levels, or leave the aspect out"))
            }
            guard let question, let level else { continue }
            if answers.updateValue(level, forKey: question) != nil {
                violations.append(
                    FieldViolation(
                        field: "ratings[\(index)].aspect", remedy: "rate each aspect at most once"))
            }
        }
        return (answers, violations)
    }
}

extension Level {
    fileprivate init?(_ satisfaction: SurveysV1.Satisfaction) {
        switch satisfaction {
        case .veryDissatisfied: self = .veryDissatisfied
        case .dissatisfied: self = .dissatisfied
        case .neutral: self = .neutral
        case .satisfied: self = .satisfied
        case .verySatisfied: self = .verySatisfied
        case .unspecified, .unrecognized: return nil
        }
    }

    fileprivate var satisfaction: SurveysV1.Satisfaction {
        switch self {
        case .veryDissatisfied: .veryDissatisfied
        case .dissatisfied: .dissatisfied
        case .neutral: .neutral
        case .satisfied: .satisfied
        case .verySatisfied: .verySatisfied
        }
    }
}

extension Question {
    fileprivate init?(_ aspect: SurveysV1.Aspect) {
        switch aspect {
        case .time: self = .time
        case .agencies: self = .agencies
        case .contacts: self = .contacts
        case .publishedInformation: self = .publishedInformation
        case .attitude: self = .attitude
        case .resultAndCost: self = .resultAndCost
        case .explanation: self = .explanation
        case .onlineService: self = .onlineService
        case .unspecified, .unrecognized: return nil
        }
    }

    fileprivate var aspect: SurveysV1.Aspect {
        switch self {
        case .time: .time
        case .agencies: .agencies
        case .contacts: .contacts
        case .publishedInformation: .publishedInformation
        case .attitude: .attitude
        case .resultAndCost: .resultAndCost
        case .explanation: .explanation
        case .onlineService: .onlineService
        }
    }
}

extension SurveysV1.Summary {
    /// All five levels and all eight aspects, zeros included.
    init(_ totals: Totals, unit: String, period: Period) {
        self.init()
        self.unit = unit
        self.period = period.description
        invited = totals.invited
        answered = totals.answered
        overall = totals.overall.messages
        aspects = Question.allCases.map { question in
            var summary = SurveysV1.AspectSummary()
            summary.aspect = question.aspect
            summary.counts = totals.aspects[question, default: Tally()].messages
            return summary
        }
    }
}

extension Tally {
    fileprivate var messages: [SurveysV1.SatisfactionCount] {
        Level.allCases.map { level in
            var count = SurveysV1.SatisfactionCount()
            count.satisfaction = level.satisfaction
            count.count = self[level]
            return count
        }
    }
}

extension SurveysV1.SurveysEvent {
    init(invited dossierID: String) {
        self.init()
        var invited = SurveysV1.CitizenInvited()
        invited.dossierID = dossierID
        event = .citizenInvited(invited)
    }

    init(answerReceivedIn cohort: Cohort) {
        self.init()
        var received = SurveysV1.AnswerReceived()
        received.unit = cohort.unit
        received.period = cohort.period.description
        event = .answerReceived(received)
    }
}
