import GRDB

extension DossierTable {
    /// Newest first, of several units together. Costs a page for each unit, whatever they hold:
    /// every one is read from its own index and no further than the page goes.
    func page(
        state: DossierState?, units: [String], before number: Int64, limit: Int
    ) throws -> Page {
        var numbers: [Int64] = []
        for unit in units {
            numbers += try self.numbers(of: unit, state: state, before: number, limit: limit + 1)
        }
        numbers.sort(by: >)
        let shown = Array(numbers.prefix(limit))
        return Page(
            dossiers: try shown.map { try find(number: $0) }, numbers: shown,
            isLast: numbers.count <= limit)
    }

    private func numbers(
        of unit: String, state: DossierState?, before number: Int64, limit: Int
    ) throws -> [Int64] {
        guard let state else {
            return try Int64.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT number FROM dossier WHERE receiving_unit = ? AND number < ?
                        ORDER BY number DESC LIMIT ?
                        """), arguments: [unit, number, limit])
        }
        return try Int64.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT number FROM dossier WHERE receiving_unit = ? AND state = ? AND number < ?
                    ORDER BY number DESC LIMIT ?
                    """), arguments: [unit, state.rawValue, number, limit])
    }
}
