import CLinux
import Glibc
import RPC

/// A thread that owns connections, reads and writes them, and runs tasks that prefer it.
///
/// The thread ends some time after the last reference to this object is gone, when the handlers that still
/// run have returned. Whoever prefers ``executor`` keeps the loop.
public final class IOLoop: Sendable {
    package let core: EventLoop
    let poller: Poller

    /// - Throws: `.system` when the process has no descriptor or thread left.
    public init(polling: Polling = .off) throws(UnixSocketError) {
        let poller = try Poller(polling)
        self.poller = poller
        core = poller.core
        try poller.startThread()
    }

    deinit {
        let poller = poller
        core.submit { poller.isStopping = true }
    }

    /// For `Task(executorPreference:)`: calls made there, over a channel on this loop, take no lock and
    /// wake no thread.
    public var executor: any TaskExecutor { core }

}

/// Told of what a descriptor is ready for.
protocol PollerClient: AnyObject {
    /// - Parameter events: As epoll reports them.
    func ready(_ events: UInt32)
}

/// epoll, and the thread that waits on it.
final class Poller: @unchecked Sendable {
    // Unchecked: what is not constant is touched by the thread alone.

    /// Waits up to this are worth asking through; a thread that sleeps takes about as long to wake up.
    static let pollingWindow: Duration = .microseconds(50)
    private static let eventsMax = 128

    private struct Registration {
        var client: any PollerClient
        /// Tells an event of this registration from a late one of the number's last owner.
        var generation: UInt32
    }

    let core: EventLoop
    private let epoll: Int32
    private let polling: Polling
    private let wakeup: Wakeup
    @exclusivity(unchecked) private var registrations: [Int32: Registration] = [:]
    private var lastGeneration: UInt32 = 0
    var isStopping = false

    init(_ polling: Polling) throws(UnixSocketError) {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard epoll >= 0 else { throw UnixSocketError(failed: "make an epoll for", path: "a loop") }
        let number = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard number >= 0 else {
            let error = UnixSocketError(failed: "make an eventfd for", path: "a loop")
            _ = Glibc.close(epoll)
            throw error
        }
        let wakeup = Wakeup(descriptor: number)
        self.epoll = epoll
        self.polling = polling
        self.wakeup = wakeup
        core = EventLoop(wake: { wakeup.signal() })
        control(EPOLL_CTL_ADD, number, EPOLLIN.rawValue, mark: Poller.wakeupMark)
    }

    private static let wakeupMark = UInt64.max

    func startThread() throws(UnixSocketError) {
        let failure = DetachedThread.start { self.run() }
        guard failure == 0 else {
            errno = failure
            throw UnixSocketError(failed: "start a thread for", path: "a loop")
        }
    }

    func register(_ descriptor: Int32, _ events: UInt32, _ client: any PollerClient) {
        lastGeneration &+= 1
        registrations[descriptor] = Registration(client: client, generation: lastGeneration)
        control(EPOLL_CTL_ADD, descriptor, events, mark: mark(descriptor, lastGeneration))
    }

    func update(_ descriptor: Int32, _ events: UInt32) {
        guard let registration = registrations[descriptor] else { return }
        control(EPOLL_CTL_MOD, descriptor, events, mark: mark(descriptor, registration.generation))
    }

    func unregister(_ descriptor: Int32) {
        guard registrations.removeValue(forKey: descriptor) != nil else { return }
        control(EPOLL_CTL_DEL, descriptor, 0, mark: 0)
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, _ events: UInt32, mark: UInt64
    ) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: mark))
        let result = epoll_ctl(epoll, operation, descriptor, &event)
        precondition(result == 0, "epoll_ctl: \(String(cString: strerror(errno)))")
    }

    private func mark(_ descriptor: Int32, _ generation: UInt32) -> UInt64 {
        UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }

    private func run() {
        core.adoptCurrentThread()
        var events = [epoll_event](repeating: epoll_event(), count: Poller.eventsMax)
        var asking =
            polling == .adaptive ? AdaptivePolling(window: Poller.pollingWindow) : nil
        while !(isStopping && core.mayBeAbandoned && registrations.isEmpty) {
            let count = wait(for: &events, &asking)
            core.beginTurn()
            if count > 0 {
                for event in events[..<Int(count)] { dispatch(event) }
            }
            core.turn()
        }
        core.abandon()
        _ = Glibc.close(epoll)
    }

    /// - Returns: The number of events, 0 when there is other work.
    private func wait(
        for events: inout [epoll_event], _ asking: inout AdaptivePolling?
    ) -> Int32 {
        func look(upTo timeout: Int32) -> Int32 {
            epoll_wait(epoll, &events, Int32(Poller.eventsMax), timeout)
        }
        let timeout = timeoutMilliseconds()
        if timeout != 0 {
            let count = asking?.poll { core.hasWork ? -1 : look(upTo: 0) }
            if let count, count != 0 { return count }
        }
        guard timeout != 0, core.prepareToSleep() else { return look(upTo: 0) }
        defer { core.didWake() }
        return asking?.sleep { look(upTo: timeout) } ?? look(upTo: timeout)
    }

    private func dispatch(_ event: epoll_event) {
        let mark = event.data.u64
        if mark == Poller.wakeupMark {
            return wakeup.clear()
        }
        let descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: mark))
        guard let registration = registrations[descriptor],
            registration.generation == UInt32(truncatingIfNeeded: mark >> 32)
        else { return }
        registration.client.ready(event.events)
    }

    /// -1 is for ever.
    private func timeoutMilliseconds() -> Int32 {
        if core.hasWork { return 0 }
        guard let point = core.nextPoint else { return -1 }
        let left = point - .now
        guard left > .zero else { return 0 }
        let (seconds, attoseconds) = left.components
        guard seconds < 3600 else { return 3_600_000 }
        return Int32(seconds) * 1000 + Int32(attoseconds / 1_000_000_000_000_000) + 1
    }
}

/// An eventfd. Kept by the event loop, for a waker may be late.
private final class Wakeup: Sendable {
    private let descriptor: Int32

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = Glibc.close(descriptor) }

    func signal() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the thread is awake anyway.
        _ = write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    func clear() {
        var counter: UInt64 = 0
        _ = read(descriptor, &counter, MemoryLayout<UInt64>.size)
    }
}
