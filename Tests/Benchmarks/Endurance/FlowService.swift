import RPC
import RPCTesting
import Synchronization

/// Streams of a given size each way, and how far they are.
struct FlowService: Service {
    static let name = "motcua.benchmarks.v1.Flow"
    static let echo = Method(service: name, name: "Echo", isRead: true)
    /// Before a stream: nothing has moved yet.
    static let reset = Method(service: name, name: "Reset")
    /// Returns the bytes of bodies that the stream has moved.
    static let progress = Method(service: name, name: "Progress", isRead: true)
    /// Sends `count` bodies of the request's size.
    static let give = Method(service: name, name: "Give", kind: .serverStreaming)
    /// Reads at a reader's pace.
    static let take = Method(service: name, name: "Take", kind: .clientStreaming)
    static let methods = [echo, reset, progress, give, take]

    private let moved = Counter()

    var handlers: [Handler] {
        [
            .unary(FlowService.echo) { (note: Note, _) in note },
            .unary(FlowService.reset) { (note: Note, _) in
                moved.reset()
                return note
            },
            .unary(FlowService.progress) { (_: Note, _) in Note("", count: Int64(moved.value)) },
            .serverStreaming(FlowService.give) {
                (note: Note, out: ResponseWriter<Note>, _) in
                for index in 0..<note.count {
                    try await out.write(Note("", count: index, body: note.body))
                    moved.add(note.body.count)
                }
            },
            .clientStreaming(FlowService.take) { (notes: RequestStream<Note>, _) in
                var pace = Pace()
                var count: Int64 = 0
                try await pace.begin()
                for try await note in notes {
                    guard note.count == count else {
                        throw Status(.dataLoss, "message \(note.count) instead of \(count)")
                    }
                    count += 1
                    moved.add(note.body.count)
                    try await pace.read(note.body.count)
                }
                return Note("", count: Int64(moved.value))
            },
        ]
    }
}

/// How a reader sleeps: long before its first message, and shortly again and again.
struct Pace {
    static let firstSleep = Duration.seconds(1)
    static let sleep = Duration.milliseconds(100)
    static let bytesBetweenSleeps = 16 << 20

    private var sinceSleep = 0

    func begin() async throws { try await Task.sleep(for: Pace.firstSleep) }

    mutating func read(_ byteCount: Int) async throws {
        sinceSleep += byteCount
        guard sinceSleep >= Pace.bytesBetweenSleeps else { return }
        sinceSleep = 0
        try await Task.sleep(for: Pace.sleep)
    }
}

final class Counter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }
    func add(_ amount: Int) { count.add(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}
