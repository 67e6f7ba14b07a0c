import Foundation
import Glibc

/// Standard input as a lifeline: the supervisor holds the other end of the pipe, so its end, however it comes,
/// is seen at once by everybody it started.
package enum Lifeline {
    /// Returns when standard input has ended, or when the task is cancelled.
    ///
    /// - Parameter onEnd: Called at the end on the thread that watches, which no other work can keep busy.
    package static func ended(
        _ descriptor: Int32 = STDIN_FILENO, onEnd: @escaping @Sendable () -> Void = {}
    ) async {
        let (end, continuation) = AsyncStream.makeStream(of: Void.self)
        // A thread of its own: `read` blocks for as long as the supervisor lives.
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(descriptor, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            onEnd()
            continuation.finish()
        }
        for await _ in end {}
    }
}
