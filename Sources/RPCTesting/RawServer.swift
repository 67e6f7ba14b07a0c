import RPC
import Synchronization
import Wire

/// A server that writes the bytes a test tells it to: for what our client makes of its peers.
package final class RawServer: Sendable {
    private let loop: InProcessLoop
    private let accepted = Accepted()

    /// - Parameter clock: Of the client's deadlines and backoffs; real time by default.
    package init(clock: ManualClock? = nil) { loop = InProcessLoop(clock: clock) }

    package func makeChannel(limits: Limits = .init()) -> ChannelCore {
        ChannelCore(
            loops: [loop.core], connector: RawConnector(loop: loop, accepted: accepted),
            limits: limits)
    }

    /// Connections that were made, ever.
    package var connectionCount: Int { accepted.pipes.withLock { $0.count } }

    /// The other end of the connection that was made as the `index`-th, once there is one.
    package func peer(_ index: Int = 0) async -> RawPeer? {
        guard await eventually(within: RawPeer.patience, { connectionCount > index }) else {
            return nil
        }
        return RawPeer(accepted.pipes.withLock { $0[index] }.value, loop)
    }
}

private final class Accepted: Sendable {
    let pipes = Mutex<[Moved<Pipe>]>([])
}

private struct RawConnector: Connector {
    let loop: InProcessLoop
    let accepted: Accepted

    func connect(_ connection: ClientConnection) {
        let client = Pipe(connection)
        let server = Pipe(nil)
        Pipe.join(client, server)
        loop.add(client)
        accepted.pipes.withLock { $0.append(Moved(server)) }
    }
}
