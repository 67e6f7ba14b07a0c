import GRDB
import WorkingTime

struct EntryTable {
    let database: Database

    private static let columns = """
        SELECT position, entry_id, account, bank_reference, direction, amount_dong, content, booked_at,
            match, bill_id, allocated_dong
        FROM bank_entry
        """

    func entry(account: String, bankReference: String) throws -> BankEntry? {
        try database.row(
            "\(Self.columns) WHERE account = ? AND bank_reference = ?", [account, bankReference]
        ).map(Self.entry)
    }

    func insert(_ entry: BankEntry, at now: Instant) throws {
        try database.run(
            """
            INSERT INTO bank_entry (entry_id, account, bank_reference, direction, amount_dong, content,
                booked_at, recorded_at, match, bill_id, allocated_dong)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                entry.id, entry.reported.account, entry.reported.bankReference,
                entry.reported.direction.rawValue, entry.reported.amountDong,
                entry.reported.content, entry.reported.bookTime.millisecondsSinceEpoch,
                now.millisecondsSinceEpoch, entry.match.rawValue, entry.billID, entry.allocatedDong,
            ])
    }

    func page(_ query: EntryQuery) throws -> EntryPage {
        let order = "ORDER BY position LIMIT ?"
        // One more than asked for tells whether a page follows.
        let rows =
            if let match = query.match {
                try database.rows(
                    "\(Self.columns) WHERE match = ? AND position > ? \(order)",
                    [match.rawValue, query.afterPosition, query.entriesMax + 1])
            } else {
                try database.rows(
                    "\(Self.columns) WHERE position > ? \(order)",
                    [query.afterPosition, query.entriesMax + 1])
            }
        let shown = rows.prefix(query.entriesMax)
        return EntryPage(
            entries: shown.map(Self.entry),
            nextPosition: rows.count > shown.count ? shown.last?[0] : nil)
    }

    private static func entry(_ row: Row) -> BankEntry {
        BankEntry(
            id: row[1],
            reported: ReportedEntry(
                account: row[2], bankReference: row[3], direction: row.value(4), amountDong: row[5],
                content: row[6], bookTime: row.instant(7)),
            match: row.value(8), billID: row[9], allocatedDong: row[10])
    }
}
