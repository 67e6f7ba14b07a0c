import AllocationCounting
import RPC

/// Prints, as one line of JSON, what the server allocates for a unary echo. Exact in release: the same number each time.
@main
struct AllocationBenchmark {
    static func main() async throws {
        let bare = try await ServerAllocations.perCall(10_000, textBytes: 64, metadata: .init())
        let full = try await ServerAllocations.perCall(
            10_000, textBytes: 64, metadata: ServerAllocations.metadata)
        print("{\"bare\": \(bare), \"metadata\": \(full)}")
    }
}
