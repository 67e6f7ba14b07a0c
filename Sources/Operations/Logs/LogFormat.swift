import ArgumentParser
import Glibc
import Logging
import Synchronization

/// How a process writes its log to standard error.
package enum LogFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// For people.
    case text
    /// A JSON object a line, for whatever collects logs.
    case json

    /// For people where one is looking.
    package static var suited: LogFormat { isatty(STDERR_FILENO) == 1 ? .text : .json }

    /// Once in a process, before it logs.
    package func bootstrap(level: Logger.Level) {
        LoggingSystem.bootstrap { label in
            var handler = makeHandler(label: label)
            handler.logLevel = level
            return handler
        }
    }

    private func makeHandler(label: String) -> any LogHandler {
        switch self {
        case .text: StreamLogHandler.standardError(label: label)
        case .json:
            JSONLogHandler(label: label, clock: { ProcessClock().now }, write: StandardError.write)
        }
    }
}

/// Lines of several threads that do not mix.
private enum StandardError {
    private static let turn = Mutex(())

    static func write(_ line: String) {
        var line = line
        line.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            turn.withLock { _ in
                while !rest.isEmpty {
                    let count = Glibc.write(STDERR_FILENO, rest.baseAddress, rest.count)
                    if count > 0 {
                        rest = .init(rebasing: rest[count...])
                    } else if errno != EINTR {
                        // A log that cannot be written has nobody to be told to.
                        return
                    }
                }
            }
        }
    }
}
