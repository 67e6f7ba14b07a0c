public import RPC

extension Message {
    /// A message filled in by a closure: `.with { $0.dossierID = id }`.
    public static func with<Failure: Error>(
        _ fill: (inout Self) throws(Failure) -> Void
    ) throws(Failure) -> Self {
        var message = Self()
        try fill(&message)
        return message
    }
}
