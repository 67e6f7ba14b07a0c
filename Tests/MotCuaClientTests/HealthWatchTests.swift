import Foundation
import MotCuaClient
import Operations
import RPCTesting
import Synchronization
import Testing

/// Against real servers at one socket, one after the other.
@Suite(.timeLimit(.minutes(1))) struct HealthWatchTests {
    private let path = NSTemporaryDirectory() + "motcua-watch-\(UUID().uuidString.prefix(8)).sock"

    private func start(_ services: [any Service]) async throws -> UnixSocketServer {
        let server = try UnixSocketServer(path: path, router: Router(services: services))
        try await server.start()
        return server
    }

    @Test func aWatcherSeesEachStateOverRestartsOfTheServer() async throws {
        let channel = try UnixSocketChannel(path: path)
        let seen = Seen()
        let watching = Task {
            for try await state in HealthWatch(channel, service: "test.v1.Counter") {
                seen.add(state)
            }
        }
        #expect(await seen.becomes([.unreachable]))

        var health = Health(services: ["test.v1.Counter"])
        var server = try await start([health])
        #expect(await seen.becomes([.unreachable, .notServing]))
        health.set(serving: true)
        #expect(await seen.becomes([.unreachable, .notServing, .serving]))

        health.set(serving: false)
        #expect(await seen.becomes([.unreachable, .notServing, .serving, .notServing]))
        await server.drain(within: .seconds(1))
        #expect(
            await seen.becomes([.unreachable, .notServing, .serving, .notServing, .unreachable]))

        seen.forget()
        health = Health(services: ["test.v1.Counter"])
        health.set(serving: true)
        server = try await start([health])
        #expect(await seen.becomes([.serving]))
        // Without a word, as a killed server goes.
        await server.close()
        #expect(await seen.becomes([.serving, .unreachable]))
        server = try await start([health])
        #expect(await seen.becomes([.serving, .unreachable, .serving]))

        await channel.close()
        try await watching.value
        await server.close()
    }

    @Test func aNameThatNobodyServesIsUnknownUntilSomebodyDoes() async throws {
        let others = Health(services: ["test.v1.Other"])
        others.set(serving: true)
        var server = try await start([others])
        let channel = try UnixSocketChannel(path: path)
        let seen = Seen()
        let watching = Task {
            for try await state in HealthWatch(channel, service: "test.v1.Counter") {
                seen.add(state)
                if state == .serving { break }
            }
        }
        #expect(await seen.becomes([.serviceUnknown]))
        await server.close()
        #expect(await seen.becomes([.serviceUnknown, .unreachable]))
        let health = Health(services: ["test.v1.Counter"])
        health.set(serving: true)
        server = try await start([health])
        try await watching.value
        #expect(seen.all == [.serviceUnknown, .unreachable, .serving])
        // A loop that was left watches no more.
        #expect(await eventually { server.connectionCount == 0 })
        await channel.close()
        await server.close()
    }

    @Test func aServerWithoutHealthEndsTheWatch() async throws {
        let server = try await start([EchoService()])
        let channel = try UnixSocketChannel(path: path)
        let failure = await #expect(throws: Status.self) {
            for try await _ in HealthWatch(channel) {}
        }
        #expect(failure?.code == .unimplemented)
        await channel.close()
        await server.close()
    }
}

private final class Seen: Sendable {
    private let states = Mutex<[HealthState]>([])

    var all: [HealthState] { states.withLock { $0 } }
    func add(_ state: HealthState) { states.withLock { $0.append(state) } }
    func forget() { states.withLock { $0 = [] } }
    func becomes(_ expected: [HealthState]) async -> Bool { await eventually { all == expected } }
}
