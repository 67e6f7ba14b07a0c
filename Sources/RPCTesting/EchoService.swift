import RPC
import Synchronization

/// One method of each kind, and those that tests need to misbehave.
package struct EchoService: Service {
    package static let name = "motcua.testing.v1.Echo"

    /// Returns the request. A read.
    package static let echo = Method(service: name, name: "Echo", isRead: true)
    /// Counts a call; returns how many there were. Not to be sent twice.
    package static let count = Method(service: name, name: "Count")
    /// Counts a request ID once; returns how many there were.
    package static let countOnce = Method(service: name, name: "CountOnce", hasRequestID: true)
    /// Waits at the gate, then returns the request.
    package static let hold = Method(service: name, name: "Hold")
    /// Goes on when it is cancelled, until the gate opens.
    package static let holdStubbornly = Method(service: name, name: "HoldStubbornly")
    /// Throws an error that is no status.
    package static let fail = Method(service: name, name: "Fail")
    /// Throws the status whose code is the request's count.
    package static let refuse = Method(service: name, name: "Refuse")
    /// Returns a body of as many bytes as the count says.
    package static let inflate = Method(service: name, name: "Inflate")
    /// Returns the metadata as `key=value` lines, and the milliseconds until the deadline as the count.
    package static let describe = Method(service: name, name: "Describe")
    /// Sends the body as often as the count says.
    package static let `repeat` = Method(service: name, name: "Repeat", kind: .serverStreaming)
    /// Returns the number of messages, and their bytes of body as the text.
    package static let collect = Method(service: name, name: "Collect", kind: .clientStreaming)
    /// Waits at the gate before it reads each message.
    package static let collectAtGate = Method(
        service: name, name: "CollectAtGate", kind: .clientStreaming)
    /// Answers after the first message.
    package static let first = Method(service: name, name: "First", kind: .clientStreaming)
    /// Sends each message back.
    package static let chat = Method(service: name, name: "Chat", kind: .bidirectional)

    package struct Failure: Error {}

    package let gate = Gate()
    private let counts = Counts()

    package init() {}

    package var counted: Int { counts.total.withLock { $0 } }
    /// Messages that `Repeat` has written.
    package var repeated: Int { counts.repeated.load(ordering: .relaxed) }

    package var handlers: [Handler] {
        let counts = counts
        let gate = gate
        return [
            .unary(EchoService.echo) { (note: Note, _) in note },
            .unary(EchoService.count) { (_: Note, _) in counts.add(nil) },
            .unary(EchoService.countOnce) { (note: Note, _) in counts.add(note.requestID) },
            .unary(EchoService.hold) { (note: Note, _) in
                try await gate.pass()
                return note
            },
            .unary(EchoService.holdStubbornly) { (note: Note, _) in
                let stubborn = Task { try await gate.pass() }
                try await stubborn.value
                return note
            },
            .unary(EchoService.fail) { (_: Note, _) -> Note in throw Failure() },
            .unary(EchoService.refuse) { (note: Note, _) -> Note in
                let detail = Status.Detail(typeURL: "type.googleapis.com/x.Y", value: [1, 2, 3])
                throw Status(
                    StatusCode(rawValue: Int32(note.count)) ?? .unknown, note.text,
                    details: [detail])
            },
            .unary(EchoService.inflate) { (note: Note, _) in
                Note("", body: [UInt8](repeating: 7, count: Int(note.count)))
            },
            .unary(EchoService.describe) { (_: Note, context) in
                let lines = context.metadata.entries.map { "\($0.key)=\($0.value)" }
                let left = context.deadline.map { $0 - .now }
                return Note(
                    lines.joined(separator: "\n"),
                    count: left.map { Int64($0 / .milliseconds(1)) } ?? 0)
            },
            .serverStreaming(EchoService.repeat) { (note: Note, out: ResponseWriter<Note>, _) in
                for index in 0..<note.count {
                    try await out.write(Note(note.text, count: index, body: note.body))
                    counts.repeated.add(1, ordering: .relaxed)
                }
            },
            .clientStreaming(EchoService.collect) { (notes: RequestStream<Note>, _) in
                var answer = Note()
                var byteCount = 0
                for try await note in notes {
                    answer.count += 1
                    byteCount += note.body.count
                }
                answer.text = String(byteCount)
                return answer
            },
            .clientStreaming(EchoService.collectAtGate) { (notes: RequestStream<Note>, _) in
                var answer = Note()
                try await gate.pass()
                for try await _ in notes {
                    try await gate.pass()
                    answer.count += 1
                }
                return answer
            },
            .clientStreaming(EchoService.first) { (notes: RequestStream<Note>, _) in
                for try await note in notes { return note }
                throw Status(.invalidArgument, "send one note at least")
            },
            .bidirectional(EchoService.chat) {
                (notes: RequestStream<Note>, out: ResponseWriter<Note>, _) in
                for try await note in notes { try await out.write(note) }
            },
        ]
    }
}

private final class Counts: Sendable {
    let total = Mutex(0)
    let repeated = Atomic(0)
    private let seen = Mutex<Set<String>>([])

    func add(_ requestID: String?) -> Note {
        let isNew = requestID.map { id in seen.withLock { $0.insert(id).inserted } } ?? true
        return Note(
            "",
            count: Int64(
                total.withLock { total in
                    if isNew { total += 1 }
                    return total
                }))
    }
}
