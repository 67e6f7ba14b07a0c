import Glibc
import Synchronization

/// Standard input as a lifeline: the supervisor holds the other end of the pipe, so its end, however it comes,
/// is seen at once by everybody it started.
package enum Lifeline {
    /// Returns when standard input has ended.
    package static func ended() async {
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            let box = Unmanaged.passRetained(Waiter(continuation))
            var thread = pthread_t()
            let failed = pthread_create(
                &thread, nil,
                { argument in
                    let waiter = Unmanaged<Waiter>.fromOpaque(argument!).takeRetainedValue()
                    var byte: UInt8 = 0
                    while true {
                        let count = read(STDIN_FILENO, &byte, 1)
                        if count == 0 || (count < 0 && errno != EINTR) { break }
                    }
                    waiter.continuation.resume()
                    return nil
                }, box.toOpaque())
            precondition(failed == 0, "a process that cannot start a thread cannot serve")
            pthread_detach(thread)
        }
    }

    private final class Waiter {
        let continuation: UnsafeContinuation<Void, Never>
        init(_ continuation: UnsafeContinuation<Void, Never>) { self.continuation = continuation }
    }
}
