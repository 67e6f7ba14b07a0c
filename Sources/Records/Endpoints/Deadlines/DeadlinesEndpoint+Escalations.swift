import Identity
import Messages
import RPC
import Storage
import WorkingTime

extension DeadlinesEndpoint {
    func listEscalations(
        _ request: RecordsV1.ListEscalationsRequest, context: CallContext
    ) async throws -> RecordsV1.ListEscalationsResponse {
        guard let size = PageSize.resolve(request.pageSize, default: 50) else {
            throw Status(invalid: [PageSize.violation])
        }
        let caller = try context.caller
        let isUnowned = request.unowned || !caller.roles.contains(.head)
        if isUnowned, !caller.roles.contains(.operator) { throw Status.unownedIsForOperators }
        let head = isUnowned ? "" : caller.principal
        let token = PageToken(scope: "escalations \(request.includeAcknowledged) \(head)")
        var before = Int64.max
        if !request.pageToken.isEmpty {
            guard let key = token.key(in: request.pageToken).flatMap(Int64.init) else {
                throw Status.badPageToken
            }
            before = key
        }
        let today = today
        let found = try await store.read { [before, clocks] database in
            let organisation = try clocks.organisations.read(in: database)
            return try NoticeTable(database: database).escalations(
                of: head, isHis: { organisation.head(of: $0, on: today)?.official == head },
                isAcknowledgedIncluded: request.includeAcknowledged, before: before,
                limit: size + 1)
        }
        var response = RecordsV1.ListEscalationsResponse()
        response.escalations = found.prefix(size).map(RecordsV1.Escalation.init)
        if found.count > size {
            response.nextPageToken = token.text(after: String(found[size - 1].number))
        }
        return response
    }

    func acknowledgeEscalation(
        _ request: RecordsV1.AcknowledgeEscalationRequest, context: CallContext
    ) async throws -> RecordsV1.Escalation {
        let caller = try context.caller
        let command = try Command(
            principal: caller.principal, method: context.method, request: request)
        let now = clock()
        let today = today
        let clocks = clocks
        return try await store.writer.run(command, at: now) { transaction in
            let table = NoticeTable(database: transaction.database)
            let organisation = try clocks.organisations.current(in: transaction.database)
            guard var escalation = try table.escalation(request.escalationID),
                escalation.isBefore(caller, on: today, in: organisation)
            else { return .failure(.escalationNotFound) }
            transaction.auditSubject = escalation.dossierID
            // Said twice, it was acknowledged when it was said first.
            if escalation.acknowledgeTime == nil {
                try table.acknowledge(escalation.number, by: caller.principal, at: now)
                escalation.acknowledgeTime = now
                escalation.acknowledgedBy = caller.principal
                var event = RecordsV1.EscalationAcknowledged()
                event.escalationID = escalation.number
                event.dossierID = escalation.dossierID
                try transaction.append(
                    event: RecordsV1.RecordsEvent.with {
                        $0.event = .escalationAcknowledged(event)
                    },
                    subject: escalation.dossierID)
            }
            return .success(RecordsV1.Escalation(escalation))
        }
    }
}

extension Escalation {
    /// Whether it is a caller's to acknowledge: his to whom it was brought, his who heads its agency
    /// now, and an operator's where it had no head to go to.
    fileprivate func isBefore(
        _ caller: CommonV1.Caller, on day: CivilDate, in organisation: Organisation
    ) -> Bool {
        if caller.roles.contains(.operator), head.isEmpty { return true }
        return caller.roles.contains(.head)
            && (head == caller.principal
                || organisation.head(of: agency, on: day)?.official == caller.principal)
    }
}
