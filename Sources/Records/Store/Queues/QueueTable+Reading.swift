import GRDB
import WorkingTime

/// What is asked for of one queue: a range of its index.
struct QueueRange: Hashable, Sendable {
    var scope: QueueScope
    var keys: ClosedRange<Int64>
}

/// A dossier as a queue's page shows it.
struct QueueRow: Sendable {
    var key: QueueKey
    var number: Int64
    var dossierID: String
    var code: String?
    var state: DossierState
    var procedureID: String
    var procedureName: String
    var receivingUnit: String
    var applicantInitials: String
    var submitTime: Instant
    var due: Due
    /// 0 when none is under way.
    var stepNumber: Int
    var stepName: String
    var assignee: String
    var stepDue: Instant?
}

/// How many there are, as far as anybody counted.
struct QueueCount: Hashable, Sendable {
    var count: Int
    var isExact: Bool
}

extension QueueTable {
    /// A count goes so far and no further, so that it costs about a millisecond at most.
    static let countMax = 10_000
    /// The same for each line of a summary, which has three counts for up to a hundred agencies.
    static let lineCountMax = 1_000

    /// Where a page begins: after this entry.
    struct Cursor: Hashable, Sendable {
        var key: Int64
        var number: Int64
    }

    /// At most `limit` rows, and whether they are the last. Costs the rows, however many dossiers
    /// stand in the queue and in others.
    func page(
        _ range: QueueRange, after cursor: Cursor?, limit: Int
    ) throws -> (rows: [QueueRow], isLast: Bool) {
        guard let scope = try number(of: range.scope) else { return ([], true) }
        // Numbers begin with 1.
        let cursor = cursor ?? Cursor(key: range.keys.lowerBound, number: 0)
        let rows = try Row.fetchAll(
            database.cachedStatement(sql: Self.pageSQL),
            arguments: [scope, cursor.key, cursor.number, range.keys.upperBound, limit + 1])
        return (rows.prefix(limit).map(Self.queueRow(from:)), rows.count <= limit)
    }

    func count(_ range: QueueRange, max: Int) throws -> QueueCount {
        guard let scope = try number(of: range.scope) else {
            return QueueCount(count: 0, isExact: true)
        }
        let count = try Int.fetchOne(
            database.cachedStatement(sql: Self.countSQL),
            arguments: [scope, range.keys.lowerBound, range.keys.upperBound, max + 1])!
        return QueueCount(count: min(count, max), isExact: count <= max)
    }

    static let pageSQL = """
        SELECT entry.due_time, entry.dossier_number, dossier.dossier_id, dossier.code,
            dossier.state, dossier.procedure_id, version.name, dossier.receiving_unit,
            dossier.full_name, dossier.submit_time, dossier.due_status, dossier.due_time,
            step.number, step.name, step.assignee, step.due_time
        FROM queue_entry AS entry
        CROSS JOIN dossier ON dossier.number = entry.dossier_number
        CROSS JOIN procedure_version AS version
            ON version.procedure_id = dossier.procedure_id
            AND version.version = dossier.procedure_version
        LEFT JOIN dossier_step AS step ON step.dossier_id = dossier.dossier_id
            AND step.number = (SELECT min(number) FROM dossier_step AS open
                WHERE open.dossier_id = dossier.dossier_id AND open.end_time IS NULL)
        WHERE entry.scope_number = ? AND (entry.due_time, entry.dossier_number) > (?, ?)
            AND entry.due_time <= ?
        ORDER BY entry.due_time, entry.dossier_number LIMIT ?
        """

    static let countSQL = """
        SELECT count(*) FROM (SELECT 1 FROM queue_entry
            WHERE scope_number = ? AND due_time BETWEEN ? AND ? LIMIT ?)
        """

    private static func queueRow(from row: Row) -> QueueRow {
        func instant(_ index: Int) -> Instant? {
            let milliseconds: Int64? = row[index]
            return milliseconds.map(Instant.init(millisecondsSinceEpoch:))
        }
        return QueueRow(
            key: QueueKey(milliseconds: row[0]), number: row[1], dossierID: row[2], code: row[3],
            state: DossierState(rawValue: row[4])!, procedureID: row[5], procedureName: row[6],
            receivingUnit: row[7], applicantInitials: initials(of: row[8]),
            submitTime: instant(9)!, due: Due(status: row[10], time: instant(11)),
            stepNumber: row[12] ?? 0, stepName: row[13] ?? "", assignee: row[14] ?? "",
            stepDue: instant(15))
    }

    /// "Trần Thị Bình" is T.T.B.: enough to tell two dossiers apart at a counter, and no name.
    static func initials(of name: String) -> String {
        name.split(whereSeparator: \.isWhitespace)
            .compactMap { word in word.first { $0.isLetter || $0.isNumber } }
            .map { "\($0.uppercased())." }.joined()
    }
}
