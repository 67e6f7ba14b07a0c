/// The ids that a client gives its calls: odd, increasing in the order of the wire.
package struct ClientStreamIDs: Sendable {
    private var following: UInt32 = 1
    private let last: UInt32

    /// - Parameter last: ``Limits/streamIDMax``.
    package init(last: UInt32) {
        precondition(last < UInt32.max - 2, "an id must stay above the last")
        self.last = last
    }

    /// `nil` when the connection has none left: it drains, and a new one takes over. A server refuses
    /// for ever once a client wraps around.
    package mutating func next() -> UInt32? {
        guard following <= last else { return nil }
        defer { following += 2 }
        return following
    }
}

/// The ids that a server has seen on a connection.
package struct ServerStreamIDs: Sendable {
    package enum Admission: Hashable, Sendable {
        case admitted
        case even
        case notIncreasing
    }

    private var last: UInt32 = 0

    package init() {}

    /// For a request.
    package mutating func admit(_ id: UInt32) -> Admission {
        guard id % 2 == 1 else { return .even }
        guard id > last else { return .notIncreasing }
        last = id
        return .admitted
    }
}
