import Foundation

extension RecordsHost {
    /// Where the operator says what rules to go by; there need be none.
    static let rulesFileName = "regimes.json"

    /// - Throws: ``RulesUnusable`` for a file that is there and cannot be used.
    package static func rules(in directory: String) throws -> RegimeRules {
        let path = "\(directory)/\(rulesFileName)"
        guard FileManager.default.fileExists(atPath: path) else { return .none }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        do throws(RegimeRules.Problem) {
            return try RegimeRules(parsing: bytes)
        } catch {
            throw RulesUnusable(path: path, problem: error)
        }
    }
}

/// The process does not start by rules that nobody meant.
package struct RulesUnusable: Error, CustomStringConvertible {
    package var path: String
    package var problem: RegimeRules.Problem

    package var description: String { "REGIME_RULES_UNUSABLE \(path): \(problem)" }
}
