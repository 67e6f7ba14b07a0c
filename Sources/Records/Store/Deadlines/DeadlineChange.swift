import GRDB
import Messages
import WorkingTime

/// What a newer version of the clock makes of an open deadline that was derived by an older one.
/// Worked out on a reader, written where nothing changed the dossier in between: a command that did
/// derived by the newer version itself.
struct DeadlineChange: Sendable {
    private let deadline: OpenDeadline
    private let derived: Deadlines.Derived
    private let nextNoticeTime: Instant?
    private let clockVersion: Int64

    /// `nil` when nothing changes.
    init?(_ deadline: OpenDeadline, by deadlines: Deadlines, at now: Instant) {
        // Beyond the calendar it keeps what it has.
        guard deadline.facts.isOpen, let derived = deadlines.derive(deadline.facts) else {
            return nil
        }
        self.deadline = deadline
        self.derived = derived
        clockVersion = deadlines.book.version
        let isMoved =
            derived.due != deadline.due || derived.stepDue != deadline.stepDue
            || derived.partDues.contains { $1 != deadline.partDues[$0] }
        let old = deadline.nextNoticeTime
        if isMoved || old == nil && deadline.clockVersion == 0 {
            // What was told of another due time must be told again; what was told of this one is
            // known.
            nextNoticeTime = derived.notices.first?.time
        } else if let old, old <= now {
            nextNoticeTime = old
        } else if let old, !derived.notices.contains(where: { $0.time == old }) {
            // What would have been told next is told at another time, which may have passed.
            nextNoticeTime = derived.notices.first?.time
        } else {
            nextNoticeTime = derived.notices.first { $0.time > now }?.time
        }
        guard isMoved || nextNoticeTime != old else { return nil }
    }

    var dossierID: String { deadline.dossierID }

    /// Whether the due time itself moves, and not only a step's or a notice's.
    private var isDueMoved: Bool { derived.due != deadline.due }

    var event: RecordsV1.RecordsEvent {
        .init(
            dueMoved: dossierID, from: deadline.due, to: derived.due, clockVersion: clockVersion)
    }

    /// Returns whether the due time moved.
    func write(to database: Database, at now: Instant) throws -> Bool {
        try database.cachedStatement(
            sql: """
                UPDATE dossier SET due_status = ?, due_time = ?, next_notice_time = ?,
                    clock_version = ?
                WHERE number = ? AND clock_version = ? AND due_time IS ?
                    AND next_notice_time IS ? AND state IN (2, 4, 5, 6)
                """
        ).execute(arguments: [
            derived.due.statusNumber, derived.due.time?.millisecondsSinceEpoch,
            nextNoticeTime?.millisecondsSinceEpoch, clockVersion, deadline.number,
            deadline.clockVersion, deadline.due.time?.millisecondsSinceEpoch,
            deadline.nextNoticeTime?.millisecondsSinceEpoch,
        ])
        guard database.changesCount > 0 else { return false }
        if derived.stepDue != deadline.stepDue, let step = deadline.facts.step {
            try database.cachedStatement(
                sql: "UPDATE dossier_step SET due_time = ? WHERE dossier_id = ? AND number = ?"
            ).execute(arguments: [
                derived.stepDue?.millisecondsSinceEpoch, dossierID, step.number,
            ])
        }
        for (number, due) in derived.partDues where due != deadline.partDues[number] {
            try database.cachedStatement(
                sql: """
                    UPDATE dossier_part SET due_status = ?, due_time = ?
                    WHERE dossier_id = ? AND number = ? AND status = 1
                    """
            ).execute(arguments: [
                due.statusNumber, due.time?.millisecondsSinceEpoch, dossierID, number,
            ])
        }
        guard isDueMoved else { return false }
        let table = DossierTable(database: database)
        try table.insert(
            DeadlineMove(
                time: now, cause: .rederivation, before: deadline.due, after: derived.due,
                clockVersion: clockVersion), of: dossierID)
        try place()
        return true

        func place() throws {
            let queues = QueueTable(database: database)
            // Where the clock stands still the place depends on more than the due time.
            if deadline.facts.isSuspended, let dossier = try table.find(.id(dossierID)) {
                try queues.place(dossier, number: deadline.number)
            } else {
                try queues.move(
                    dossier: deadline.number, from: deadline.due.time, to: derived.due.time)
            }
        }
    }
}
