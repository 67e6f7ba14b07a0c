import RPC

/// How many connections a server keeps, and for whom.
///
/// A connection beyond is accepted all the same: its first calls are answered `RESOURCE_EXHAUSTED`, then it
/// is closed. So many at a time; those beyond these are closed without a word.
package struct ConnectionLimits: Sendable, Hashable {
    /// That are served.
    package var connectionsMax = 1024
    /// Of one user. The server's own user is not held to it: the gateway and the supervisor call under it,
    /// and on a developer's host everybody does. Whoever is that user can end the server anyway.
    package var connectionsOfUserMax = 512
    /// Of ``connectionsMax``, those that only the server's own user gets, so that the operator and the
    /// processes beside this one get in whatever all others do together.
    package var reservedForOwnUser = 32
    /// Connections that wait for their first call to be refused, or for their refusal to be read.
    package var refusingMax = 64
    /// How long such a connection may take.
    package var refusingTimeout: Duration = .seconds(5)

    package init() {}
}

/// Who has how many connections. Pure.
struct ConnectionCensus {
    enum Verdict: Hashable {
        case serve
        case refuse(ConnectionRefusal)
        /// Too many are being refused already.
        case drop(ConnectionRefusal)
    }

    private let limits: ConnectionLimits
    private let ownUserID: UInt32
    private var served = 0
    private var servedOthers = 0
    private var refusing = 0
    /// Of users that have one at least.
    private var ofUser: [UInt32: Int] = [:]

    init(limits: ConnectionLimits, ownUserID: UInt32) {
        self.limits = limits
        self.ownUserID = ownUserID
    }

    /// Those included that are being refused.
    var count: Int { served + refusing }

    /// A verdict other than to drop counts the connection in, until ``remove(_:wasServed:)``.
    mutating func admit(_ userID: UInt32) -> Verdict {
        guard let refusal = refusal(of: userID) else {
            served += 1
            if userID != ownUserID { servedOthers += 1 }
            ofUser[userID, default: 0] += 1
            return .serve
        }
        guard refusing < limits.refusingMax else { return .drop(refusal) }
        refusing += 1
        return .refuse(refusal)
    }

    mutating func remove(_ userID: UInt32, wasServed: Bool) {
        guard wasServed else {
            refusing -= 1
            return
        }
        served -= 1
        if userID != ownUserID { servedOthers -= 1 }
        let left = ofUser[userID, default: 0] - 1
        ofUser[userID] = left > 0 ? left : nil
    }

    private func refusal(of userID: UInt32) -> ConnectionRefusal? {
        if served >= limits.connectionsMax { return .connections(limits.connectionsMax) }
        if userID == ownUserID { return nil }
        if ofUser[userID, default: 0] >= limits.connectionsOfUserMax {
            return .connectionsOfUser(limits.connectionsOfUserMax, userID: userID)
        }
        let othersMax = limits.connectionsMax - limits.reservedForOwnUser
        return servedOthers >= othersMax ? .connections(othersMax) : nil
    }
}

/// Why a connection is not served, with the number that there may be.
enum ConnectionRefusal: Hashable {
    case connections(Int)
    case connectionsOfUser(Int, userID: UInt32)

    /// When to come again.
    private static let retryAfter: Duration = .seconds(1)

    var limit: LimitKind {
        switch self {
        case .connections: .connections
        case .connectionsOfUser: .connectionsOfUser
        }
    }

    var status: Status {
        let remedy = "close some, or use one connection for many calls"
        let (message, reason) =
            switch self {
            case .connections(let count):
                ("\(count) connections are open; \(remedy)", "CONNECTIONS_EXHAUSTED")
            case .connectionsOfUser(let count, let userID):
                (
                    "\(count) connections of user \(userID) are open; \(remedy)",
                    "CONNECTIONS_OF_USER_EXHAUSTED"
                )
            }
        return Status(
            .resourceExhausted, message,
            details: [
                .errorInfo(reason: reason),
                .retryInfo(after: ConnectionRefusal.retryAfter),
            ])
    }
}
