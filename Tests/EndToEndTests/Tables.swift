import Foundation
import GRDB
import Operations

/// Looks into a service's database while it runs, as an auditor would.
extension RunningSystem {
    func count(_ process: ProcessName, _ sql: String) throws -> Int {
        var configuration = Configuration()
        configuration.readonly = true
        let path = "\(layout.data(of: process))/\(process.rawValue).sqlite"
        return try DatabaseQueue(path: path, configuration: configuration).read {
            try Int.fetchOne($0, sql: sql) ?? 0
        }
    }
}
