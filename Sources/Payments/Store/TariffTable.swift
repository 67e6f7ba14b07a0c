import GRDB
import WorkingTime

struct TariffTable {
    let database: Database

    func tariff(procedureID: String, version: Int64) throws -> Tariff? {
        let known = try database.row(
            "SELECT 1 FROM tariff WHERE procedure_id = ? AND version = ?", [procedureID, version])
        guard known != nil else { return nil }
        let rows = try database.rows(
            """
            SELECT fee_line_id, kind, amount_dong, per, note, channels
            FROM tariff_line WHERE procedure_id = ? AND version = ? ORDER BY position
            """, [procedureID, version])
        let lines = rows.map { row in
            FeeLine(
                id: row[0], kind: row.value(1), amount: row.amount(2), per: row[3], note: row[4],
                channels: ChannelSet(rawValue: row[5]))
        }
        return Tariff(procedureID: procedureID, version: version, lines: lines)
    }

    func insert(_ tariff: Tariff, at now: Instant) throws {
        try database.run(
            "INSERT INTO tariff (procedure_id, version, registered_at) VALUES (?, ?, ?)",
            [tariff.procedureID, tariff.version, now.millisecondsSinceEpoch])
        for (position, line) in tariff.lines.enumerated() {
            try database.run(
                """
                INSERT INTO tariff_line (procedure_id, version, position, fee_line_id, kind,
                    amount_dong, per, note, channels)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    tariff.procedureID, tariff.version, position, line.id, line.kind.rawValue,
                    line.amount.dong, line.per, line.note, line.channels.rawValue,
                ])
        }
    }
}
