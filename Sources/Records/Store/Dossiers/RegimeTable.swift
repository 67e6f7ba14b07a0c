import Foundation
import GRDB
import WorkingTime

/// The regimes as the operator's data has them. Lives inside one read or one command.
struct RegimeTable {
    let database: Database

    func rules() throws -> RegimeRules {
        let text = try String.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT text FROM regime_rules
                    WHERE number = (SELECT max(number) FROM regime_rules)
                    """))
        guard let text else { return .none }
        return try RegimeRules(parsing: Array(text.utf8))
    }

    /// - Precondition: A row names it, and rows name what the program knows.
    func named(_ id: String) throws -> Regime {
        guard let regime = Regime.named(id) else {
            preconditionFailure("a dossier of a regime that this program does not know")
        }
        return try rules().applied(to: regime)
    }

    func inForce(on day: CivilDate) throws -> Regime {
        try rules().applied(to: .inForce(on: day))
    }

    /// What was said before is kept: by it earlier due times were derived.
    func add(_ rules: RegimeRules, at now: Instant) throws {
        let values = rules.values.mapValues { rules in
            Dictionary(uniqueKeysWithValues: rules.map { ($0.key.rawValue, $0.value) })
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try database.cachedStatement(
            sql: "INSERT INTO regime_rules (text, time) VALUES (?, ?)"
        ).execute(arguments: [
            String(decoding: try encoder.encode(values), as: UTF8.self), now.millisecondsSinceEpoch,
        ])
    }
}
