import Messages
import RPC

/// A service behind the gateway.
package enum Upstream: String, CaseIterable, Sendable {
    case records
    case payments
    case digitization
    case surveys

    /// The proto package of its public methods, such as `motcua.records.v1`.
    package var protoPackage: String { "motcua.\(rawValue).v1" }

    /// The upstream that serves a method, from the service's full name.
    package init?(serving service: String) {
        guard let found = Self.allCases.first(where: { service.hasPrefix($0.protoPackage + ".") })
        else {
            return nil
        }
        self = found
    }
}

/// Something that happened in one service and that another must know: a call to make.
package struct Fact: Hashable, Sendable {
    package var method: Method
    /// The request, serialized, with its `request_id`.
    package var request: [UInt8]
    /// Facts of later events wait for this one whatever they are about.
    package var isBarrier = false
}

extension Fact {
    /// The same fact under a `request_id` of its own, for the service remembers its refusal of the
    /// first. It is the same one for the same mark.
    ///
    /// - Parameter mark: At most 8 characters, so that a service takes the `request_id`.
    /// - Throws: `MessageError` when the request is not of the method's type.
    package func renewed(mark: String) throws(MessageError) -> Fact {
        switch method {
        case PaymentsV1.Tariffs.registerTariff:
            try renewed(mark, PaymentsV1.RegisterTariffRequest.self)
        case PaymentsV1.Bills.assessDossier:
            try renewed(mark, PaymentsV1.AssessDossierRequest.self)
        case SurveysV1.Invitations.inviteCitizen:
            try renewed(mark, SurveysV1.InviteCitizenRequest.self)
        case RecordsV1.Dossiers.recordFee: try renewed(mark, RecordsV1.RecordFeeRequest.self)
        case RecordsV1.Dossiers.recordDigitization:
            try renewed(mark, RecordsV1.RecordDigitizationRequest.self)
        default:
            throw MessageError(.malformed, message: "\(method.path) takes no facts")
        }
    }

    private func renewed<Request: IdempotentRequest>(
        _ mark: String, _ type: Request.Type
    ) throws(MessageError) -> Fact {
        var request = try Request(serialized: self.request)
        request.requestID += "-\(mark)"
        return Fact(method: method, request: try request.serialized(), isBarrier: isBarrier)
    }
}

/// Which event leads to which facts: one event in, facts for other services out. Pure, so that the
/// same journal always makes the same calls with the same `request_id`s, however often it is read.
package enum Journey {
    /// - Throws: `MessageError` when the payload is no event of that service.
    package static func react(
        to entry: CommonV1.JournalEntry, of upstream: Upstream
    ) throws(MessageError) -> [Fact] {
        switch upstream {
        case .records: try records(try RecordsV1.RecordsEvent(serialized: entry.payload), entry)
        case .payments: try payments(try PaymentsV1.PaymentsEvent(serialized: entry.payload), entry)
        case .digitization:
            try digitization(try DigitizationV1.DigitizationEvent(serialized: entry.payload), entry)
        // Nobody else acts on what the surveys say.
        case .surveys: []
        }
    }

    private static func records(
        _ event: RecordsV1.RecordsEvent, _ entry: CommonV1.JournalEntry
    ) throws(MessageError) -> [Fact] {
        switch event.event {
        case .procedureImported(let imported):
            var request = PaymentsV1.RegisterTariffRequest()
            request.procedureID = imported.procedureID
            request.version = imported.version
            request.feeLines = imported.feeLines
            // A dossier may be handed in under the new version at once.
            return [try fact(PaymentsV1.Tariffs.registerTariff, request, entry, isBarrier: true)]
        case .dossierSubmitted(let submitted):
            var request = PaymentsV1.AssessDossierRequest()
            request.dossierID = submitted.dossierID
            request.procedureID = submitted.procedureID
            request.procedureVersion = submitted.procedureVersion
            request.channel = submitted.channel
            request.feeLineIDs = submitted.feeLineIDs
            return [try fact(PaymentsV1.Bills.assessDossier, request, entry)]
        case .dossierMoved(let moved) where moved.to == .finished:
            var request = SurveysV1.InviteCitizenRequest()
            request.dossierID = moved.dossierID
            request.unit = moved.receivingUnit
            request.eventTime = entry.recordTime
            return [try fact(SurveysV1.Invitations.inviteCitizen, request, entry)]
        case .dossierMoved, .organisationChanged, .procedureRetired, nil:
            return []
        case .dueMoved, .dossierDueSoon, .dossierOverdue, .stepOverdue, .partOverdue,
            .clockStopped, .clockResumed, .deadlineExtended, .calendarImported, .shiftsSet,
            .escalationAcknowledged:
            return []
        }
    }

    private static func payments(
        _ event: PaymentsV1.PaymentsEvent, _ entry: CommonV1.JournalEntry
    ) throws(MessageError) -> [Fact] {
        switch event.event {
        case .nothingDue(let nothing): [try fee(nothing.dossierID, .noneDue, entry)]
        case .billAwaitsAmount(let bill): [try fee(bill.dossierID, .awaitingAmount, entry)]
        case .billIssued(let bill): [try fee(bill.dossierID, .due, entry)]
        case .billPaid(let bill): [try fee(bill.dossierID, .settled, entry)]
        case .bankEntryBooked, nil: []
        }
    }

    private static func fee(
        _ dossierID: String, _ status: RecordsV1.FeeStatus, _ entry: CommonV1.JournalEntry
    ) throws(MessageError) -> Fact {
        var request = RecordsV1.RecordFeeRequest()
        request.dossierID = dossierID
        request.feeStatus = status
        request.sequence = entry.sequence
        request.epoch = entry.epoch
        return try fact(RecordsV1.Dossiers.recordFee, request, entry)
    }

    private static func digitization(
        _ event: DigitizationV1.DigitizationEvent, _ entry: CommonV1.JournalEntry
    ) throws(MessageError) -> [Fact] {
        switch event.event {
        case .documentStored(let stored):
            var request = RecordsV1.RecordDigitizationRequest()
            request.dossierID = stored.dossierID
            request.componentID = stored.componentID
            request.documentID = stored.documentID
            return [try fact(RecordsV1.Dossiers.recordDigitization, request, entry)]
        case nil:
            return []
        }
    }

    private static func fact(
        _ method: Method, _ request: some IdempotentRequest, _ entry: CommonV1.JournalEntry,
        isBarrier: Bool = false
    ) throws(MessageError) -> Fact {
        var request = request
        // One event makes at most one call of a method, so the event names the call.
        request.requestID = "j-\(entry.epoch.filter { $0 != "-" })-\(entry.sequence)"
        return Fact(method: method, request: try request.serialized(), isBarrier: isBarrier)
    }
}
