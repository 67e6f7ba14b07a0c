import GRDB
import Messages
import WorkingTime

/// An open dossier about which somebody must be told something now.
struct DueDossier: Sendable {
    /// Not `nil` when it was derived by an older version of the clock and moves first.
    let change: DeadlineChange?
    private let deadline: OpenDeadline
    private let notices: [DueNotice]
    private let nextNoticeTime: Instant?
    /// Empty when the agency has no head, nor has one above it.
    private let head: String

    init(
        _ deadline: OpenDeadline, by deadlines: Deadlines, in organisation: Organisation,
        on day: CivilDate, at now: Instant
    ) {
        self.deadline = deadline
        let isCurrent = deadline.clockVersion == deadlines.book.version
        change = isCurrent ? nil : DeadlineChange(deadline, by: deadlines, at: now)
        let all = deadlines.derive(deadline.facts)?.notices ?? []
        let due = all.filter { $0.time <= now }
        // Whoever is told that it is late need not be told that it soon will be.
        let isLate = due.contains { $0.kind == .overdue }
        notices = due.filter { !(isLate && $0.kind == .dueSoon) }
        nextNoticeTime = all.first { $0.time > now }?.time
        head = organisation.head(of: deadline.agency, on: day)?.official ?? ""
    }

    var dossierID: String { deadline.dossierID }

    /// Gives the notices that were not given yet, unless a command changed the dossier meanwhile.
    func give(in database: Database, at now: Instant) throws -> [RecordsV1.RecordsEvent] {
        try database.cachedStatement(
            sql: """
                UPDATE dossier SET next_notice_time = ?
                WHERE number = ? AND next_notice_time = ? AND due_time IS ?
                    AND (SELECT step.number FROM dossier_step AS step
                        WHERE step.dossier_id = dossier.dossier_id
                            AND step.start_time IS NOT NULL AND step.end_time IS NULL) IS ?
                """
        ).execute(arguments: [
            nextNoticeTime?.millisecondsSinceEpoch, deadline.number,
            deadline.nextNoticeTime?.millisecondsSinceEpoch,
            deadline.due.time?.millisecondsSinceEpoch, deadline.facts.step?.number,
        ])
        guard database.changesCount > 0 else { return [] }
        let table = NoticeTable(database: database)
        return try notices.compactMap { notice in
            try table.give(
                notice, of: deadline.number, agency: deadline.agency, head: head, at: now
            ).map { RecordsV1.RecordsEvent(notice, of: dossierID, escalation: $0) }
        }
    }
}
