internal import CProtobufC
import Glibc

/// The memory of one decode or encode: a pointer that moves forward, and starts over afterwards.
///
/// Each thread has one, for ever. Every block keeps its requested size in front of it: an unpacked
/// struct has no string lengths, so a NUL inside a string is found by comparing that size with
/// `strlen + 1`. Uses nest: each rewinds to where it began.
package struct Arena {
    /// What one decode may take. A frame of 4 MiB cannot make the process swell beyond it: the
    /// decode is refused as `tooLarge`.
    package static let decodedBytesMax = 64 << 20
    /// What a thread keeps between uses.
    package static let retainedBytesMax = 1 << 20
    static let firstChunkBytes = 64 << 10

    struct Chunk {
        var base: UnsafeMutableRawPointer
        var byteCount: Int
    }

    struct State {
        var cursor: UnsafeMutableRawPointer
        var end: UnsafeMutableRawPointer
        var allocator = ProtobufCAllocator()
        let emptyString: UnsafeRawPointer
        /// A string was not UTF-8 or held a NUL: the search for the field follows.
        var hasFault = false
        /// The decode asked for more than ``decodedBytesMax``.
        var isExhausted = false
        var chunks: [Chunk]
        /// The bytes of all chunks.
        var reservedBytes: Int
    }

    /// Where a use began.
    struct Mark {
        fileprivate let cursor: UnsafeMutableRawPointer
        fileprivate let chunkCount: Int
    }

    let state: UnsafeMutablePointer<State>

    /// The thread's arena.
    static var current: Arena {
        if let found = pthread_getspecific(key) {
            return Arena(state: found.assumingMemoryBound(to: State.self))
        }
        return Arena.make()
    }

    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let result = pthread_key_create(&key) { state in
            guard let state = state?.assumingMemoryBound(to: State.self) else { return }
            for chunk in state.pointee.chunks { chunk.base.deallocate() }
            state.deinitialize(count: 1)
            state.deallocate()
        }
        precondition(result == 0, "out of thread keys")
        return key
    }()

    private static func make() -> Arena {
        let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        let base = UnsafeMutableRawPointer.allocate(byteCount: firstChunkBytes, alignment: 16)
        state.initialize(
            to: State(
                cursor: base, end: base + firstChunkBytes,
                emptyString: UnsafeRawPointer(protobuf_c_empty_string_address()),
                chunks: [Chunk(base: base, byteCount: firstChunkBytes)],
                reservedBytes: firstChunkBytes))
        state.pointee.allocator = ProtobufCAllocator(
            alloc: { data, byteCount in
                let arena = Arena(state: data!.assumingMemoryBound(to: State.self))
                return arena.takeBounded(byteCount)
            },
            free: { _, _ in },
            allocator_data: UnsafeMutableRawPointer(state))
        let result = pthread_setspecific(key, state)
        precondition(result == 0, "out of memory")
        return Arena(state: state)
    }

    func mark() -> Mark {
        Mark(cursor: state.pointee.cursor, chunkCount: state.pointee.chunks.count)
    }

    func rewind(to mark: Mark) {
        if state.pointee.chunks.count == mark.chunkCount {
            state.pointee.cursor = mark.cursor
        } else {
            release(to: mark)
        }
    }

    private func release(to mark: Mark) {
        let used = state.pointee.reservedBytes
        while state.pointee.chunks.count > mark.chunkCount {
            let chunk = state.pointee.chunks.removeLast()
            state.pointee.reservedBytes -= chunk.byteCount
            chunk.base.deallocate()
        }
        let last = state.pointee.chunks[mark.chunkCount - 1]
        state.pointee.cursor = mark.cursor
        state.pointee.end = last.base + last.byteCount
        let isWholeArena = mark.chunkCount == 1 && mark.cursor == last.base
        guard isWholeArena, used <= Arena.retainedBytesMax, last.byteCount < used else { return }
        last.base.deallocate()
        let base = UnsafeMutableRawPointer.allocate(byteCount: used, alignment: 16)
        state.pointee.chunks[0] = Chunk(base: base, byteCount: used)
        state.pointee.reservedBytes = used
        state.pointee.cursor = base
        state.pointee.end = base + used
    }

    /// A block of eight-byte alignment with its size in the word in front of it.
    @inline(__always)
    func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let cursor = state.pointee.cursor
        let next = cursor + ((byteCount + 15) & ~7)
        if next > state.pointee.end { return takeFromNewChunk(byteCount) }
        state.pointee.cursor = next
        cursor.storeBytes(of: byteCount, as: Int.self)
        return cursor + 8
    }

    @inline(__always)
    package func take<T>(_ type: T.Type) -> UnsafeMutablePointer<T> {
        take(MemoryLayout<T>.size).assumingMemoryBound(to: T.self)
    }

    private func takeBounded(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        let isInChunk = byteCount < state.pointee.end - state.pointee.cursor - 16
        if !isInChunk, byteCount > Arena.decodedBytesMax - state.pointee.reservedBytes {
            state.pointee.isExhausted = true
            return nil
        }
        return take(byteCount)
    }

    @inline(never)
    private func takeFromNewChunk(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let byteCountOfChunk = max(byteCount + 32, min(state.pointee.reservedBytes, 4 << 20))
        let base = UnsafeMutableRawPointer.allocate(byteCount: byteCountOfChunk, alignment: 16)
        state.pointee.chunks.append(Chunk(base: base, byteCount: byteCountOfChunk))
        state.pointee.reservedBytes += byteCountOfChunk
        state.pointee.cursor = base
        state.pointee.end = base + byteCountOfChunk
        return take(byteCount)
    }
}
