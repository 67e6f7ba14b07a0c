import ArgumentParser
import Glibc
import RPC
import RPCTesting
import UnixSocket

/// Proof that a server without a descriptor left goes on with the connections it has, does not spin, and
/// accepts again as soon as it can.
struct Descriptors: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes all descriptors of a server and gives them back.")

    /// Of the server.
    private static let descriptorsMax = 48
    private static let clientCount = 64

    func run() async throws {
        let folder = try temporaryFolder()
        defer { rmdir(folder) }
        let socket = "\(folder)/server.sock"
        let server = try Child(["serve", socket, "--descriptors", "\(Self.descriptorsMax)"])
        let loops = [try IOLoop()]
        let early = try UnixSocketChannel(path: socket, loops: loops)
        _ = try await early.echo(within: .seconds(10))
        let beside = Beside(early)
        async let calls = beside.run()

        var clients: [UnixSocketChannel] = []
        for _ in 0..<Self.clientCount {
            clients.append(try UnixSocketChannel(path: socket, loops: loops))
        }
        let served = await Self.served(clients, within: .seconds(1))
        let before = processorSeconds(of: server.processID) ?? 0
        try await Task.sleep(for: .seconds(1))
        let spent = (processorSeconds(of: server.processID) ?? .infinity) - before
        print(
            "\(Self.clientCount) clients of a server with \(Self.descriptorsMax) descriptors: "
                + "\(served.count) are served, the others wait; it uses \(spent) s of a second")

        let leaving = Array(served.prefix(10))
        for index in leaving { await clients[index].close() }
        let waiting = clients.indices.filter { !served.contains($0) }
        let late = await Self.served(waiting.map { clients[$0] }, within: .seconds(3))
        print("\(leaving.count) clients leave: \(late.count) of those that wait are served")
        beside.end()
        let result = try await calls
        print("meanwhile, on a connection from before: \(result)")
        for client in clients { await client.close() }
        await early.close()
        let isShort = served.count < Self.descriptorsMax && !waiting.isEmpty
        withExtendedLifetime(server.processID) {}
        guard isShort, served.count >= leaving.count, late.count == leaving.count, spent < 0.5,
            result.failures == 0, result.count > 0
        else { throw ExitCode.failure }
    }

    /// - Returns: The indices of those that had an answer in time.
    private static func served(
        _ clients: [UnixSocketChannel], within limit: Duration
    ) async -> [Int] {
        await withTaskGroup { group in
            for (index, client) in clients.enumerated() {
                group.addTask { () -> Int? in
                    // Who had no answer waits in the system's queue, as it should here.
                    (try? await client.echo(within: limit)) == nil ? nil : index
                }
            }
            var indices: [Int] = []
            for await case let index? in group { indices.append(index) }
            return indices.sorted()
        }
    }
}

extension UnixSocketChannel {
    fileprivate func echo(within timeout: Duration) async throws -> Note {
        try await unary(FlowService.echo, Note("x"), options: .init(timeout: timeout))
    }
}
