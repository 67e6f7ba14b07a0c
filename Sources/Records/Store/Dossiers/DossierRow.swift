import GRDB
import Synchronization

/// A fetched row of dossiers whose columns are found by name at the cost of a hash: a row by itself
/// compares names one after the other, some forty of them for each of forty columns.
struct DossierRow {
    /// Where the columns are; the same for every row of one schema.
    private static let known = Mutex<[String: Int]>([:])

    private let row: Row
    private let places: [String: Int]

    init(_ row: Row) {
        self.row = row
        places = Self.known.withLock { known in
            if known.count != row.count {
                known = Dictionary(uniqueKeysWithValues: zip(row.columnNames, 0...))
            }
            return known
        }
    }

    subscript<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ column: String
    ) -> Value {
        row[place(of: column)]
    }

    private func place(of column: String) -> Int {
        guard let place = places[column] else {
            preconditionFailure("dossiers have no column \(column)")
        }
        return place
    }
}
