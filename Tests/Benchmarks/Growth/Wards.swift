import GRDB

/// The communes and wards that take dossiers in.
enum Wards {
    /// - Throws: when there is none.
    static func all(in database: Database) throws -> [String] {
        let agencies = try String.fetchAll(
            database,
            sql: """
                SELECT agency_id FROM agency_period
                WHERE level IN (6, 7) AND takes_dossiers = 1 AND last_day IS NULL
                ORDER BY agency_id
                """)
        guard !agencies.isEmpty else {
            throw GrowthError("there are no agencies: `motcua import-organisation` them")
        }
        return agencies
    }
}
