import Operations
import WorkingTime

/// A sandbox's clock: ahead of the real one by an offset that is chosen once and stays with the data, so that
/// every process, each start of it and the next `up` go by the same time.
enum Sandbox {
    /// How far the system's clock is ahead; zero outside a sandbox.
    ///
    /// - Parameter start: What the clock is to show now; `nil` goes on as before.
    /// - Throws: `.unusableSetting` for a start that would turn the clock back, or on data that real time made.
    static func aheadMilliseconds(
        _ layout: Layout, startingAt start: Instant?, realTime: Instant = ProcessClock().now
    ) throws(OperationsError) -> Int64 {
        let stored = try stored(layout)
        guard let start else { return stored ?? 0 }
        let ahead = start.millisecondsSinceEpoch - realTime.millisecondsSinceEpoch
        if let stored {
            guard ahead > stored else {
                let now = realTime.advanced(by: .milliseconds(stored)).formatted(in: .vietnam)
                throw OperationsError(
                    .unusableSetting,
                    "the sandbox \(layout.data) has reached \(now), and its clock only goes forward: "
                        + "name a later --sandbox-time, leave it out, or name another directory")
            }
        } else if layout.hasRun {
            throw OperationsError(
                .unusableSetting,
                "\(layout.data) has data of the real time; a sandbox wants a directory of its own")
        }
        try PrivateFile.write(Array("\(ahead)\n".utf8), to: layout.sandboxFile)
        return ahead
    }

    private static func stored(_ layout: Layout) throws(OperationsError) -> Int64? {
        guard let text = try PrivateFile.readText(layout.sandboxFile) else { return nil }
        guard let ahead = Int64(text) else {
            throw OperationsError(
                .unusableSetting, "\(layout.sandboxFile) holds no number of milliseconds")
        }
        return ahead
    }
}
