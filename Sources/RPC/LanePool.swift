/// The lanes of one loop. At most one of them, the leader, takes calls; the others wait in their handlers
/// or rest.
package final class LanePool {
    /// Lanes that rest; more than these end when they have nothing to do.
    package static let restingMax = 256

    unowned let loop: EventLoop
    @exclusivity(unchecked) private var resting: [Lane] = []
    @exclusivity(unchecked) private var leader: Lane?
    @exclusivity(unchecked) private var source: ServerConnection?
    @exclusivity(unchecked) private var count = 0
    private var isClosed = false

    init(_ loop: EventLoop) { self.loop = loop }

    /// Serves what has arrived on a connection. Handlers that suspend are left behind.
    func serve(_ connection: ServerConnection) {
        precondition(source == nil, "connections are served one after another")
        source = connection
        defer { source = nil }
        while connection.hasFrame() {
            let lane = resting.popLast() ?? makeLane()
            leader = lane
            loop.runAhead { lane.wake() }
            guard leader === lane else { continue }
            leader = nil
            lane.register()
        }
    }

    /// - Returns: Nil for a lane that is not the leader, and when no call has arrived.
    func nextCall(for lane: Lane) -> Handler? {
        guard lane === leader, let source else { return nil }
        return source.nextCall(for: lane)
    }

    var mayRest: Bool { resting.count < LanePool.restingMax && !isClosed }

    /// Lanes whose handlers have not returned.
    var busyCount: Int { count - resting.count }

    /// Ends the lanes that rest, and each other when it has finished.
    func close() {
        isClosed = true
        for lane in resting { loop.runAhead { lane.wake() } }
        resting = []
    }

    func rest(_ lane: Lane) {
        resting.append(lane)
        if leader === lane { leader = nil }
    }

    func retire(_ lane: Lane) {
        count -= 1
        if leader === lane { leader = nil }
    }

    private func makeLane() -> Lane {
        count += 1
        return Lane(self)
    }
}
