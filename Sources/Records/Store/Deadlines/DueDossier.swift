import GRDB
import Messages
import WorkingTime

/// An open dossier about which somebody must be told something now.
struct DueDossier: Sendable {
    /// Not `nil` when it was derived by an older version of the clock and moves first.
    let change: DeadlineChange?
    private let deadline: OpenDeadline
    /// Each with who must act and who answers for it: no head where the agency has none, nor has
    /// one above it.
    private let notices: [(notice: DueNotice, agency: String, head: String)]
    private let nextNoticeTime: Instant?

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
        notices = due.filter { !(isLate && $0.kind == .dueSoon) }.map { notice in
            let part = deadline.facts.parts.first { $0.number == notice.kind.partNumber }
            let agency = part?.agency ?? deadline.agency
            return (notice, agency, organisation.head(of: agency, on: day)?.official ?? "")
        }
        nextNoticeTime = all.first { $0.time > now }?.time
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
                    AND (SELECT ifnull(sum(1 << part.number), 0) FROM dossier_part AS part
                        WHERE part.dossier_id = dossier.dossier_id AND part.status = 1) = ?
                """
        ).execute(arguments: [
            nextNoticeTime?.millisecondsSinceEpoch, deadline.number,
            deadline.nextNoticeTime?.millisecondsSinceEpoch,
            deadline.due.time?.millisecondsSinceEpoch, deadline.facts.step?.number,
            // A set of numbers: there are at most twenty.
            deadline.facts.parts.reduce(0) { $0 + (1 << $1.number) },
        ])
        guard database.changesCount > 0 else { return [] }
        let table = NoticeTable(database: database)
        return try notices.compactMap { notice, agency, head in
            try table.give(
                notice, of: deadline.number, agency: agency, head: head, at: now
            ).map { RecordsV1.RecordsEvent(notice, of: dossierID, escalation: $0) }
        }
    }
}
