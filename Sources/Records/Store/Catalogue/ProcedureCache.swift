import Synchronization

/// Procedures that dossiers were handed in for lately, so that the next hand-in is checked without
/// reading them and before its turn in the writer.
///
/// A published version never changes, so what is here is true for ever; whether it is in force, the
/// writer asks. Only what was committed may be kept.
final class ProcedureCache: Sendable {
    static let proceduresMax = 512

    private let procedures = Mutex<[String: Procedure]>([:])

    /// The version that was kept last: the one in force on the day of the last hand-in.
    func procedure(_ id: String) -> Procedure? { procedures.withLock { $0[id] } }

    func keep(_ procedure: Procedure) {
        procedures.withLock { procedures in
            if procedures.count >= Self.proceduresMax { procedures.removeAll() }
            procedures[procedure.id] = procedure
        }
    }
}
