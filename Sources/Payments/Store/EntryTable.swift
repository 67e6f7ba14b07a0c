import GRDB
import WorkingTime

struct EntryTable {
    let database: Database

    private static let columns = """
        SELECT position, entry_id, bank_bin, account, bank_reference, direction, amount_dong, content,
            booked_at, match, bill_id, allocated_dong
        FROM bank_entry
        """

    /// Remembers an account, so that what it receives is booked after another one was configured.
    func remember(_ account: OwnAccount) throws {
        try database.run(
            "INSERT OR IGNORE INTO receiving_account (bank_bin, number) VALUES (?, ?)",
            [account.bankBIN, account.number])
    }

    /// The newest last.
    func accounts() throws -> [OwnAccount] {
        try database.rows("SELECT bank_bin, number FROM receiving_account ORDER BY position")
            .map { OwnAccount(bankBIN: $0[0], number: $0[1]) }
    }

    func entry(account: OwnAccount, bankReference: String) throws -> BankEntry? {
        try database.row(
            "\(Self.columns) WHERE bank_bin = ? AND account = ? AND bank_reference = ?",
            [account.bankBIN, account.number, bankReference]
        ).map(Self.entry)
    }

    /// The content of an entry; empty once it was erased.
    func content(of entryID: String) throws -> String {
        try database.row("SELECT content FROM bank_entry WHERE entry_id = ?", [entryID])?[0] ?? ""
    }

    func insert(_ entry: BankEntry, at now: Instant) throws {
        try database.run(
            """
            INSERT INTO bank_entry (entry_id, bank_bin, account, bank_reference, direction,
                amount_dong, content, booked_at, recorded_at, match, bill_id, allocated_dong)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                entry.id, entry.reported.account.bankBIN, entry.reported.account.number,
                entry.reported.bankReference, entry.reported.direction.rawValue,
                entry.reported.amountDong,
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
                account: OwnAccount(bankBIN: row[2], number: row[3]), bankReference: row[4],
                direction: row.value(5), amountDong: row[6], content: row[7],
                bookTime: row.instant(8)),
            match: row.value(9), billID: row[10], allocatedDong: row[11])
    }
}
