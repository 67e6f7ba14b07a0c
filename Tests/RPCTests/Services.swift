import RPC
import RPCTesting
import Synchronization

final class Told: Sendable {
    private let lines = Mutex<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

enum BadgeKey: ContextKey {
    typealias Value = Int
}

struct BadgeInterceptor: ServerInterceptor {
    func admit(_ context: inout CallContext) throws(Status) {
        guard let badge = context.metadata["bAdGe"].flatMap({ Int($0) }) else {
            throw Status(.unauthenticated, "send a badge")
        }
        context[BadgeKey.self] = badge
    }
}

struct WhoService: Service {
    static let who = Method(service: "motcua.testing.v1.Who", name: "Who")

    var handlers: [Handler] {
        [
            .unary(WhoService.who) { (_: Note, context) in
                Note("\(context[BadgeKey.self] ?? 0) uid \(context.peer.userID)")
            }
        ]
    }
}

/// Says how many milliseconds its caller waits yet, by the test's clock.
struct TimeLeftService: Service {
    static let method = Method(service: "motcua.testing.v1.TimeLeft", name: "Tell")
    let clock: ManualClock

    var handlers: [Handler] {
        [
            .unary(TimeLeftService.method) { [clock] (_: Note, context) in
                let left = context.deadline.map { $0 - clock.now } ?? .zero
                return Note("", count: Int64(left / .milliseconds(1)))
            }
        ]
    }
}

/// Never ready.
struct BusyService: Service {
    static let read = Method(service: "motcua.testing.v1.Busy", name: "Read", isRead: true)
    static let write = Method(service: "motcua.testing.v1.Busy", name: "Write")
    let told: Told

    var handlers: [Handler] {
        [BusyService.read, BusyService.write].map { method in
            .unary(method) { [told] (_: Note, _) -> Note in
                told.add(method.name)
                throw Status(.unavailable, "not now")
            }
        }
    }
}

/// Its handlers leave the connection's thread in each way there is.
actor WanderingService: Service {
    static let actors = Method(service: "motcua.testing.v1.Wandering", name: "Actors")
    static let mains = Method(service: "motcua.testing.v1.Wandering", name: "Mains")
    static let children = Method(service: "motcua.testing.v1.Wandering", name: "Children")
    private var count = 0

    nonisolated var handlers: [Handler] {
        [
            .unary(WanderingService.actors) { (note: Note, _) in await self.counted(note) },
            .unary(WanderingService.mains) { (note: Note, _) in await WanderingService.onMain(note)
            },
            .unary(WanderingService.children) { (note: Note, _) in
                async let unstructured = Task { note }.value
                try await Task.sleep(for: .microseconds(1))
                await Task.yield()
                return await unstructured
            },
        ]
    }

    private func counted(_ note: Note) -> Note {
        count += 1
        return note
    }

    @MainActor private static func onMain(_ note: Note) -> Note { note }
}

/// Sends the request back, waits at its gate, and sends it again.
struct GatedStream: Service {
    static let watch = Method(
        service: "motcua.testing.v1.Gated", name: "Watch", kind: .serverStreaming)
    let gate = Gate()

    var handlers: [Handler] {
        [
            .serverStreaming(GatedStream.watch) {
                [gate] (note: Note, out: ResponseWriter<Note>, _) in
                try await out.write(note)
                try await gate.pass()
                try await out.write(note)
            }
        ]
    }
}
