import CAllocations
import Foundation
import GoldenMessages
import RPC
import UnixSocket

/// What a server allocates for one unary echo in the steady state: decode, handler, encode and write, over a
/// real socket, by the loop's thread alone. The client has a loop of its own.
package enum ServerAllocations {
    /// False under a sanitizer.
    package static var areCounted: Bool { allocations_are_counted() }

    /// As the echo benchmark sends it: two entries beside the deadline that every call has.
    package static let metadata: Metadata = [
        "x-request-id": "0123456789abcdef",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ]

    private struct Echo: TestingV1.EchoService {
        func echo(
            _ request: TestingV1.EchoMessage, context: CallContext
        ) async throws -> TestingV1.EchoMessage { request }
    }

    /// - Parameter calls: One after another, after a warm-up. What is not of a call is spread over them.
    package static func perCall(_ calls: Int, textBytes: Int, metadata: Metadata) async throws
        -> Double
    {
        let path = NSTemporaryDirectory() + "motcua-allocations-\(getpid())-\(UUID()).sock"
        let loop = try IOLoop()
        let server = try UnixSocketServer(
            path: path, router: Router(services: [Echo()]), loops: [loop])
        try await server.start()
        let channel = try UnixSocketChannel(path: path)
        let client = TestingV1.EchoClient(channel)
        let options = CallOptions(metadata: metadata)
        let request = TestingV1.EchoMessage.with {
            $0.text = String(repeating: "x", count: textBytes)
        }
        for _ in 0..<200 { _ = try await client.echo(request, options: options) }
        let before = await loop.core.run { allocations_of_this_thread() }
        for _ in 0..<calls { _ = try await client.echo(request, options: options) }
        let after = await loop.core.run { allocations_of_this_thread() }
        await channel.close()
        await server.close()
        return Double(after - before) / Double(calls)
    }
}
