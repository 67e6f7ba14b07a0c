import RPC
import RPCTesting
import Synchronization

/// One method of each kind, and those that wait, refuse and overdo it. Names are short: a fuzzer spells them.
struct FuzzService: Service {
    static let name = "f.F"
    static let echo = Method(service: name, name: "E", isRead: true)
    private static let hold = Method(service: name, name: "H")
    private static let refuse = Method(service: name, name: "R")
    private static let fail = Method(service: name, name: "X")
    private static let inflate = Method(service: name, name: "I")
    private static let `repeat` = Method(service: name, name: "S", kind: .serverStreaming)
    private static let collect = Method(service: name, name: "C", kind: .clientStreaming)
    private static let collectAtGate = Method(service: name, name: "G", kind: .clientStreaming)
    private static let first = Method(service: name, name: "F", kind: .clientStreaming)
    private static let chat = Method(service: name, name: "B", kind: .bidirectional)
    static let methods = [
        echo, hold, refuse, fail, inflate, `repeat`, collect, collectAtGate, first, chat,
    ]

    private struct Failure: Error {}

    let gates = Gates()

    var handlers: [Handler] {
        let gates = gates
        return [
            .unary(Self.echo) { (note: Note, _) in note },
            .unary(Self.hold) { (note: Note, _) in
                try await gates.pass()
                return note
            },
            .unary(Self.refuse) { (note: Note, _) -> Note in
                let code = StatusCode(rawValue: Int32(truncatingIfNeeded: note.count))
                throw Status(
                    code == .ok ? .aborted : code ?? .aborted,
                    "x" + note.text, details: [.init(typeURL: note.requestID, value: note.body)])
            },
            .unary(Self.fail) { (_: Note, _) -> Note in throw Failure() },
            .unary(Self.inflate) { (note: Note, _) in
                Note("", body: [UInt8](repeating: 7, count: Int(note.count & 0xfff)))
            },
            .serverStreaming(Self.repeat) { (note: Note, out: ResponseWriter<Note>, _) in
                for index in 0..<(note.count & 63) {
                    try await out.write(Note(note.text, count: index, body: note.body))
                }
            },
            .clientStreaming(Self.collect) { (notes: RequestStream<Note>, _) in
                var answer = Note()
                for try await _ in notes { answer.count += 1 }
                return answer
            },
            .clientStreaming(Self.collectAtGate) { (notes: RequestStream<Note>, _) in
                var answer = Note()
                try await gates.pass()
                for try await _ in notes {
                    answer.count += 1
                    if answer.count % 3 == 0 { try await gates.pass() }
                }
                return answer
            },
            .clientStreaming(Self.first) { (notes: RequestStream<Note>, _) in
                for try await note in notes { return note }
                throw Status(.invalidArgument, "send one note at least")
            },
            .bidirectional(Self.chat) {
                (notes: RequestStream<Note>, out: ResponseWriter<Note>, _) in
                for try await note in notes { try await out.write(note) }
            },
        ]
    }
}

/// Where handlers wait until the input lets them go on, all at once.
final class Gates: Sendable {
    private let current = Mutex(Gate())
    private let isOpenForGood = Atomic(false)

    func pass() async throws {
        if isOpenForGood.load(ordering: .relaxed) { return }
        try await current.withLock { $0 }.pass()
    }

    func release() {
        current.withLock { gate in
            defer { gate = Gate() }
            return gate
        }.open()
    }

    func openForGood() {
        isOpenForGood.store(true, ordering: .relaxed)
        release()
    }
}
