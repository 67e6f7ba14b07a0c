import Foundation
import Glibc

/// Standard input as a lifeline: the supervisor holds the other end of the pipe, so its end, however it comes,
/// is seen at once by everybody it started.
package enum Lifeline {
    /// Returns when standard input has ended, or when the task is cancelled.
    package static func ended() async {
        let (end, continuation) = AsyncStream.makeStream(of: Void.self)
        // A thread of its own: `read` blocks for as long as the supervisor lives.
        Thread.detachNewThread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            continuation.finish()
        }
        for await _ in end {}
    }
}
