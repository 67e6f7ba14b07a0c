import GRDB
import WorkingTime

/// After a reorganisation, and once for dossiers from before there were queues, every dossier is
/// placed anew: in batches, each in a transaction of its own, going on where a restart broke off.
extension QueueTable {
    /// Dossiers placed in one turn of the writer: a few milliseconds, so that no command waits long.
    static let passBatchMax = 16
    /// Dossiers looked at for them.
    static let passScanMax: Int64 = 2_000

    /// Keeps the path of every agency as it is on a day, and begins a pass when one differs.
    ///
    /// Call it in the transaction that changes the organisation, and when a new day begins: what was
    /// decided long ago takes effect on its day.
    ///
    /// - Parameter agencies: Those whose path may differ; `nil` for all.
    /// - Returns: Whether one differed.
    @discardableResult
    func keepPaths(
        of organisation: Organisation, on day: CivilDate, agencies: [String]? = nil
    ) throws -> Bool {
        var isChanged = false
        for agency in agencies ?? organisation.agencies.keys.sorted() {
            let path = organisation.path(of: agency, orByIdentifierOn: day)
            let text = path.joined(separator: " ")
            let kept = try String.fetchOne(
                database.cachedStatement(sql: "SELECT path FROM queue_path WHERE agency = ?"),
                arguments: [agency])
            if kept == text { continue }
            isChanged = true
            try database.cachedStatement(
                sql: """
                    INSERT INTO queue_path (agency, path) VALUES (?, ?)
                    ON CONFLICT (agency) DO UPDATE SET path = excluded.path
                    """
            ).execute(arguments: [agency, text])
        }
        if isChanged {
            try database.cachedStatement(
                sql: """
                    UPDATE queue_pass SET after_number = 0,
                        is_done = NOT EXISTS (SELECT 1 FROM dossier)
                    """
            ).execute()
        }
        return isChanged
    }

    func isPassDone() throws -> Bool {
        try Bool.fetchOne(database.cachedStatement(sql: "SELECT is_done FROM queue_pass"))!
    }

    /// Places the next few anew.
    ///
    /// - Returns: Whether more is to be done.
    func continuePass() throws -> Bool {
        let pass = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT after_number, is_done FROM queue_pass"))!
        if pass[1] { return false }
        let after: Int64 = pass[0]
        let last = try Int64.fetchOne(
            database.cachedStatement(sql: "SELECT max(number) FROM dossier"))
        let end = min(after + Self.passScanMax, last ?? 0)
        // What has ended left its queues when it did.
        let open = try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT number, dossier_id FROM dossier
                    WHERE number > ? AND number <= ? AND +state IN (1, 2, 4, 5, 6, 9)
                    ORDER BY number LIMIT ?
                    """), arguments: [after, end, Self.passBatchMax])
        let table = DossierTable(database: database)
        for row in open {
            if let dossier = try table.find(.id(row[1])) { try place(dossier, number: row[0]) }
        }
        let reached: Int64 = open.count < Self.passBatchMax ? end : open.last![0]
        let isDone = reached >= last ?? 0
        try database.cachedStatement(
            sql: "UPDATE queue_pass SET after_number = ?, is_done = ?"
        ).execute(arguments: [reached, isDone])
        return !isDone
    }
}
