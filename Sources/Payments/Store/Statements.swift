import GRDB
import Ledger
import WorkingTime

extension Database {
    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func row(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
    }

    func rows(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
    }
}

extension Row {
    func instant(_ index: Int) -> Instant {
        Instant(millisecondsSinceEpoch: self[index])
    }

    func instantIfAny(_ index: Int) -> Instant? {
        (self[index] as Int64?).map(Instant.init(millisecondsSinceEpoch:))
    }

    /// A value of a closed set that the schema's CHECKs keep to.
    func value<Value: RawRepresentable>(_ index: Int) -> Value
    where Value.RawValue: DatabaseValueConvertible {
        Value(rawValue: self[index])!
    }

    /// A column in which NULL says that the amount is open.
    func amount(_ index: Int) -> FeeAmount {
        (self[index] as Int64?).map { .fixed(dong: $0) } ?? .open
    }
}

extension FeeAmount {
    /// `nil` while open, as the schema writes it.
    var dong: Int64? {
        switch self {
        case .fixed(let dong): dong
        case .open: nil
        }
    }
}
