import GRDB
import VietQR
import WorkingTime

/// What was asked when a dossier was assessed.
package struct AssessmentOrder: Hashable, Sendable {
    package var dossierID: String
    package var procedureID: String
    package var version: Int64
    package var channel: ChannelSet
    package var feeLineIDs: [String]

    package init(
        dossierID: String, procedureID: String, version: Int64, channel: ChannelSet,
        feeLineIDs: [String]
    ) {
        self.dossierID = dossierID
        self.procedureID = procedureID
        self.version = version
        self.channel = channel
        self.feeLineIDs = feeLineIDs
    }

    /// Whether both ask the same, whatever the order of their lines.
    package func agrees(with other: AssessmentOrder) -> Bool {
        var (one, two) = (self, other)
        one.feeLineIDs.sort()
        two.feeLineIDs.sort()
        return one == two
    }
}

/// By what a bill is looked up.
package enum BillKey: Hashable, Sendable {
    case bill(String)
    case dossier(String)
    case reference(String)
}

struct BillTable {
    let database: Database

    func assessment(of dossierID: String) throws -> AssessmentOrder? {
        let row = try database.row(
            """
            SELECT procedure_id, version, channel, fee_line_ids FROM assessment WHERE dossier_id = ?
            """, [dossierID])
        return row.map { row in
            AssessmentOrder(
                dossierID: dossierID, procedureID: row[0], version: row[1],
                channel: ChannelSet(rawValue: row[2]),
                feeLineIDs: (row[3] as String).split(separator: "\n").map(String.init))
        }
    }

    func insert(_ order: AssessmentOrder, at now: Instant) throws {
        try database.run(
            """
            INSERT INTO assessment (dossier_id, procedure_id, version, channel, fee_line_ids, assessed_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                order.dossierID, order.procedureID, order.version, order.channel.rawValue,
                order.feeLineIDs.joined(separator: "\n"), now.millisecondsSinceEpoch,
            ])
    }

    func bill(_ key: BillKey) throws -> Bill? {
        let columns =
            "SELECT bill_id, dossier_id, state, reference, paid_dong, created_at, settled_at FROM bill"
        let row =
            switch key {
            case .bill(let id): try database.row("\(columns) WHERE bill_id = ?", [id])
            case .dossier(let id): try database.row("\(columns) WHERE dossier_id = ?", [id])
            case .reference(let text): try database.row("\(columns) WHERE reference = ?", [text])
            }
        guard let row else { return nil }
        let id: String = row[0]
        return Bill(
            id: id, dossierID: row[1], state: row.value(2), lines: try lines(of: id),
            paidDong: row[4], reference: row[3], createTime: row.instant(5),
            settleTime: row.instantIfAny(6))
    }

    private func lines(of billID: String) throws -> [BillLine] {
        try database.rows(
            """
            SELECT fee_line_id, kind, amount_dong, note FROM bill_line
            WHERE bill_id = ? ORDER BY position
            """, [billID]
        ).map { row in
            BillLine(feeLineID: row[0], kind: row.value(1), amount: row.amount(2), note: row[3])
        }
    }

    func insert(_ bill: Bill) throws {
        try database.run(
            """
            INSERT INTO bill (bill_id, dossier_id, state, reference, amount_dong, paid_dong,
                created_at, settled_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                bill.id, bill.dossierID, bill.state.rawValue, bill.reference, bill.amountDong,
                bill.paidDong, bill.createTime.millisecondsSinceEpoch,
                bill.settleTime?.millisecondsSinceEpoch,
            ])
        for (position, line) in bill.lines.enumerated() {
            try database.run(
                """
                INSERT INTO bill_line (bill_id, position, fee_line_id, kind, amount_dong, note)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
                [
                    bill.id, position, line.feeLineID, line.kind.rawValue, line.amount.dong,
                    line.note,
                ])
        }
    }

    /// Writes where the bill stands; its lines are written as they are set.
    func update(_ bill: Bill) throws {
        try database.run(
            """
            UPDATE bill SET state = ?, reference = ?, amount_dong = ?, paid_dong = ?, settled_at = ?
            WHERE bill_id = ?
            """,
            [
                bill.state.rawValue, bill.reference, bill.amountDong, bill.paidDong,
                bill.settleTime?.millisecondsSinceEpoch, bill.id,
            ])
    }

    func setLine(_ order: AmountOrder, by principal: String, at now: Instant) throws {
        try database.run(
            """
            UPDATE bill_line SET amount_dong = ?, set_by = ?, set_reason = ?, set_at = ?
            WHERE bill_id = ? AND fee_line_id = ?
            """,
            [
                order.amountDong, principal, order.reason, now.millisecondsSinceEpoch, order.billID,
                order.feeLineID,
            ])
    }

    func isTaken(_ reference: Reference) throws -> Bool {
        try database.row("SELECT 1 FROM bill WHERE reference = ?", [reference.text]) != nil
    }

    /// Remembers a prefix, so that references drawn under it are found after another one was
    /// configured.
    func remember(_ prefix: ReferencePrefix) throws {
        try database.run(
            "INSERT OR IGNORE INTO reference_prefix (prefix) VALUES (?)", [prefix.text])
    }

    func prefixes() throws -> Set<ReferencePrefix> {
        Set(
            try database.rows("SELECT prefix FROM reference_prefix")
                .compactMap { ReferencePrefix($0[0]) })
    }
}

/// An official's decision on one open line.
package struct AmountOrder: Hashable, Sendable {
    package var billID: String
    package var feeLineID: String
    package var amountDong: Int64
    /// The legal basis or the reason.
    package var reason: String

    package init(billID: String, feeLineID: String, amountDong: Int64, reason: String) {
        self.billID = billID
        self.feeLineID = feeLineID
        self.amountDong = amountDong
        self.reason = reason
    }
}
