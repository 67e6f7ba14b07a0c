import Identity
import Messages
import RPC
import Storage
import WorkingTime

extension AssignmentsEndpoint {
    /// Longer than any leave: a post that is empty for good gets another holder.
    static let delegationDaysMax = 366
    private static let delegationsMax = 100

    func delegateWork(
        _ request: RecordsV1.DelegateWorkRequest, context: CallContext
    ) async throws -> RecordsV1.Delegation {
        let caller = try context.caller
        let from = request.fromOfficial.isEmpty ? caller.principal : request.fromOfficial
        let now = dossiers.clock()
        var check = FieldCheck()
        check.official(from, "from_official")
        check.official(request.toOfficial, "to_official")
        if from == request.toOfficial {
            check.add(FieldViolation("to_official", .repeated, "name another official"))
        }
        check.prose(request.reason, "reason")
        let days = Self.days(of: request, from: now.local(in: .vietnam).date, &check)
        try check.finish()
        let command = try Command(
            principal: caller.principal, method: context.method, request: request)
        let organisations = dossiers.organisations
        return try await dossiers.store.writer.run(command, at: now, memory: .delegation) {
            transaction in
            guard let days, from == caller.principal || caller.roles.contains(.head) else {
                return .failure(Status(.notHead))
            }
            let organisation = try organisations.current(in: transaction.database)
            let today = now.local(in: .vietnam).date
            guard caller.arranges(workOf: from, on: today, in: organisation) else {
                return .failure(.notYourOfficial(from))
            }
            if let unknown = organisation.violation(
                ofOfficial: request.toOfficial, at: now, field: "to_official")
            {
                return .failure(Status(invalid: [unknown]))
            }
            let kept = try DelegationTable(database: transaction.database).insert(
                Delegation(
                    number: 0, from: from, to: request.toOfficial, days: days,
                    reason: request.reason, giver: caller.principal, giveTime: now,
                    revokeTime: nil))
            transaction.auditSubject = "delegations/\(kept.number)"
            return .success(RecordsV1.Delegation(kept))
        }
    }

    private static func days(
        of request: RecordsV1.DelegateWorkRequest, from today: CivilDate, _ check: inout FieldCheck
    ) -> ClosedRange<CivilDate>? {
        let first = check.existingDay(request.firstDay, "first_day")
        let last = check.existingDay(request.lastDay, "last_day")
        guard let first, let last else { return nil }
        if last < max(first, today) {
            check.add(
                FieldViolation(
                    "last_day", .outOfRange, "name a day that is neither past nor before the first")
            )
            return nil
        }
        if last.daysSinceEpoch - first.daysSinceEpoch >= delegationDaysMax {
            check.add(
                FieldViolation(
                    "last_day", .outOfRange, "delegate for at most \(delegationDaysMax) days"))
            return nil
        }
        return first...last
    }

    func revokeDelegation(
        _ request: RecordsV1.RevokeDelegationRequest, context: CallContext
    ) async throws -> RecordsV1.Delegation {
        var check = FieldCheck()
        if request.number < 1 {
            check.add(FieldViolation("number", .required, "name the delegation's number"))
        }
        check.prose(request.reason, "reason", isRequired: false)
        try check.finish()
        let caller = try context.caller
        let command = try Command(
            principal: caller.principal, method: context.method, request: request)
        let now = dossiers.clock()
        let organisations = dossiers.organisations
        return try await dossiers.store.writer.run(command, at: now, memory: .delegation) {
            transaction in
            let table = DelegationTable(database: transaction.database)
            guard let delegation = try table.find(request.number) else {
                return .failure(Status(.delegationNotFound))
            }
            let isGivers = caller.arranges(
                workOf: delegation.from, on: now.local(in: .vietnam).date,
                in: try organisations.current(in: transaction.database))
            // Whom it was given to knows of it; to anybody else it is as one that there is not.
            guard isGivers || delegation.to == caller.principal else {
                return .failure(Status(.delegationNotFound))
            }
            transaction.auditSubject = "delegations/\(delegation.number)"
            guard isGivers else { return .failure(Status(.notHead)) }
            guard delegation.revokeTime == nil else { return .failure(Status(.delegationRevoked)) }
            try table.revoke(delegation.number, at: now)
            var revoked = delegation
            revoked.revokeTime = now
            return .success(RecordsV1.Delegation(revoked))
        }
    }

    func listDelegations(
        _ request: RecordsV1.ListDelegationsRequest, context: CallContext
    ) async throws -> RecordsV1.ListDelegationsResponse {
        let caller = try context.caller
        var check = FieldCheck()
        if !request.official.isEmpty { check.official(request.official, "official") }
        let today = dossiers.clock().local(in: .vietnam).date
        let day = request.day.isEmpty ? today : check.existingDay(request.day, "day")
        try check.finish()
        let official = request.official.isEmpty ? caller.principal : request.official
        guard official == caller.principal || caller.roles.contains(.head) else {
            throw Status(.notHead)
        }
        let organisations = dossiers.organisations
        let found = try await dossiers.store.read { database in
            guard
                caller.arranges(
                    workOf: official, on: today, in: try organisations.read(in: database))
            else { throw Status.notYourOfficial(official) }
            return try DelegationTable(database: database).delegations(
                of: official, from: day ?? today, limit: Self.delegationsMax)
        }
        var response = RecordsV1.ListDelegationsResponse()
        response.delegations = found.map(RecordsV1.Delegation.init)
        return response
    }
}

extension FieldCheck {
    /// A day that must be there.
    fileprivate mutating func existingDay(_ text: String, _ field: String) -> CivilDate? {
        if text.isEmpty {
            add(FieldViolation(field, .required, "write an existing day as 2026-02-13"))
        }
        return day(text, field)
    }
}

extension ReplyMemory<RecordsV1.Delegation> {
    /// Why somebody is away stays in the delegation's own row.
    static let delegation = ReplyMemory(
        blank: { $0.reason = "" },
        refill: { reply, database in
            reply.reason =
                try DelegationTable(database: database).find(reply.number)?.reason ?? ""
        })
}
