import Foundation
import GRDB
import Ledger
import WorkingTime

/// The ledger's rows. What may be recorded is decided by `Ledger`; the schema stands behind it.
struct LedgerTable {
    let database: Database

    func open(_ account: Account) throws {
        try database.run(
            "INSERT OR IGNORE INTO account (code, kind, balance_limit) VALUES (?, ?, ?)",
            [account.code.text, account.kind.rawValue, account.limit.rawValue])
    }

    /// Records a transfer and the sums that follow from it, or returns why not and changes nothing.
    ///
    /// - Precondition: the transfer is posted at once; pending ones have no rows yet.
    func record(_ transfer: Transfer, at now: Instant) throws -> TransferRejection? {
        precondition(transfer.phase == .posted, "pending transfers are not kept here")
        let debit = try account(transfer.debit)
        let credit = try account(transfer.credit)
        let evidence = TransferEvidence(
            sameID: try self.transfer(transfer.id), debit: debit?.account, credit: credit?.account)
        switch transfer.decide(given: evidence) {
        case .alreadyRecorded: return nil
        case .reject(let rejection): return rejection
        case .record(let posting):
            try database.run(
                """
                INSERT INTO transfer (transfer_id, debit_account, credit_account, amount_dong, reason,
                    subject, recorded_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    Self.bytes(transfer.id), debit!.rowID, credit!.rowID, transfer.amountDong,
                    Int64(transfer.reason.rawValue), transfer.subject, now.millisecondsSinceEpoch,
                ])
            try update(posting.debit, rowID: debit!.rowID)
            try update(posting.credit, rowID: credit!.rowID)
            return nil
        }
    }

    /// The accounts with the sums that their rows carry.
    func accounts() throws -> [Account] {
        try database.rows(Self.accountColumns).map { Self.account($0).account }
    }

    /// The accounts with sums added up anew from every transfer: linear in the transfers.
    func accountsFromTransfers() throws -> [Account] {
        let debits = try sums("debit_account")
        let credits = try sums("credit_account")
        return try database.rows(Self.accountColumns).map { row in
            var (rowID, account) = Self.account(row)
            account.balances.debitsPostedDong = debits[rowID] ?? 0
            account.balances.creditsPostedDong = credits[rowID] ?? 0
            return account
        }
    }

    private func sums(_ column: String) throws -> [Int64: Int64] {
        let rows = try database.rows(
            "SELECT \(column), sum(amount_dong) FROM transfer GROUP BY \(column)")
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    private static let accountColumns = """
        SELECT account_id, code, kind, balance_limit, debits_pending_dong, debits_posted_dong,
            credits_pending_dong, credits_posted_dong
        FROM account
        """

    private func account(_ code: AccountCode) throws -> (rowID: Int64, account: Account)? {
        try database.row("\(Self.accountColumns) WHERE code = ?", [code.text]).map(Self.account)
    }

    private static func account(_ row: Row) -> (rowID: Int64, account: Account) {
        let account = Account(
            code: AccountCode(row[1])!, kind: row.value(2), limit: row.value(3),
            balances: Balances(
                debitsPendingDong: row[4], debitsPostedDong: row[5], creditsPendingDong: row[6],
                creditsPostedDong: row[7]))
        return (row[0], account)
    }

    private func update(_ account: Account, rowID: Int64) throws {
        try database.run(
            """
            UPDATE account SET debits_pending_dong = ?, debits_posted_dong = ?,
                credits_pending_dong = ?, credits_posted_dong = ?
            WHERE account_id = ?
            """,
            [
                account.balances.debitsPendingDong, account.balances.debitsPostedDong,
                account.balances.creditsPendingDong, account.balances.creditsPostedDong, rowID,
            ])
    }

    private func transfer(_ id: TransferID) throws -> Transfer? {
        try database.row(
            """
            SELECT debit.code, credit.code, amount_dong, reason, subject
            FROM transfer JOIN account AS debit ON debit.account_id = debit_account
                JOIN account AS credit ON credit.account_id = credit_account
            WHERE transfer_id = ?
            """, [Self.bytes(id)]
        ).map { row in
            Transfer(
                id: id, debit: AccountCode(row[0])!, credit: AccountCode(row[1])!,
                amountDong: row[2], reason: TransferReason(rawValue: UInt16(row[3] as Int64))!,
                subject: row[4])
        }
    }

    private static func bytes(_ id: TransferID) -> Data {
        withUnsafeBytes(of: id.rawValue.bigEndian) { Data($0) }
    }
}
