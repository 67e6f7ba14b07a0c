import AllocationCounting
import CAllocations
import RPC
import Testing

@Suite struct AllocationTests {
    /// Bounds of a debug build, which boxes more than release does. When one falls, lower it here; when one must
    /// rise, say in the commit what it buys. The release figures are in Tests/Benchmarks/README.md.
    static let bounds: [(metadata: Metadata, allocationsMax: Double)] = [
        (.init(), 8),
        (ServerAllocations.metadata, 9),
    ]

    @Test(.enabled(if: ServerAllocations.areCounted), arguments: bounds.indices)
    func unaryCallAllocatesNoMoreThanItsBound(_ index: Int) async throws {
        let (metadata, allocationsMax) = Self.bounds[index]
        let counted = try await ServerAllocations.perCall(500, textBytes: 64, metadata: metadata)
        #expect(counted > 0)
        #expect(counted.rounded() <= allocationsMax, "\(counted) for each call")
    }

    @Test(.enabled(if: ServerAllocations.areCounted))
    func blockIsCountedOnceByItsThread() {
        let before = allocations_of_this_thread()
        let block = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 8)
        let aligned = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 4096)
        #expect(allocations_of_this_thread() - before == 2)
        block.deallocate()
        aligned.deallocate()
    }
}
