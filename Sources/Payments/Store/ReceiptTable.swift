import GRDB
import WorkingTime

struct ReceiptTable {
    let database: Database

    func receipt(_ id: String) throws -> Receipt? {
        try database.row(
            """
            SELECT receipt_id, series, year, number, kind, receipt.bill_id, dossier_id,
                receipt.amount_dong, amount_in_words, issued_at
            FROM receipt JOIN bill USING (bill_id) WHERE receipt_id = ?
            """, [id]
        ).map { row in
            Receipt(
                id: row[0], series: row[1], year: row[2], number: row[3], kind: row.value(4),
                billID: row[5], dossierID: row[6], amountDong: row[7], amountInWords: row[8],
                issueTime: row.instant(9))
        }
    }

    func ids(ofBill billID: String) throws -> [String] {
        try database.rows(
            "SELECT receipt_id FROM receipt WHERE bill_id = ? ORDER BY kind DESC", [billID]
        ).map { $0[0] }
    }

    /// The last of the series in this year.
    func last(series: String, year: Int) throws -> (number: Int64, issueTime: Instant)? {
        try database.row(
            """
            SELECT number, issued_at FROM receipt WHERE series = ? AND year = ?
            ORDER BY number DESC LIMIT 1
            """, [series, year]
        ).map { ($0[0], $0.instant(1)) }
    }

    func insert(_ receipt: Receipt) throws {
        try database.run(
            """
            INSERT INTO receipt (series, year, number, receipt_id, kind, bill_id, amount_dong,
                amount_in_words, issued_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                receipt.series, receipt.year, receipt.number, receipt.id, receipt.kind.rawValue,
                receipt.billID, receipt.amountDong, receipt.amountInWords,
                receipt.issueTime.millisecondsSinceEpoch,
            ])
    }
}
