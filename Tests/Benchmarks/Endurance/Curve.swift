import Glibc
import RPC
import RPCTesting
import Synchronization
import UnixSocket

/// What the processes held while a stream went on.
struct Curve {
    private let processes: [(name: String, processID: pid_t)]
    private let isUpload: Bool
    private let start = ContinuousClock.now
    /// Of each process, in KiB.
    private var resident: [[Int]]
    var calls = Beside.Result()

    init(_ processes: [(String, pid_t)], isUpload: Bool) {
        self.processes = processes
        self.isUpload = isUpload
        resident = processes.map { _ in [] }
    }

    var heading: String {
        (["seconds", "sent_MiB", "received_MiB"] + processes.map { "\($0.name)_RSS_KiB" })
            .joined(separator: "\t")
    }

    /// - Returns: One line of the table.
    mutating func sample(server: Int, client: Int) -> String {
        let sent = isUpload ? client : server
        let received = isUpload ? server : client
        for (index, process) in processes.enumerated() {
            resident[index].append(residentKiB(of: process.processID) ?? 0)
        }
        let seconds = (ContinuousClock.now - start) / .milliseconds(1) / 1000
        let columns = ["\(seconds.tenths)", "\(sent >> 20)", "\(received >> 20)"]
        return (columns + resident.map { "\($0.last ?? 0)" }).joined(separator: "\t")
    }

    func summary(of course: String) -> String {
        let memory = zip(processes, resident).map { process, curve in
            "\(process.name) min \((curve.min() ?? 0) >> 10) max \((curve.max() ?? 0) >> 10)"
                + " end \((curve.last ?? 0) >> 10) MiB"
        }
        return "= \(course): \(memory.joined(separator: ", ")); beside it \(calls)\n"
    }

    /// Whether no process rose, and no call beside the stream failed.
    func holds(riseKiB: Int) -> Bool {
        let isFlat = resident.allSatisfy { curve in
            guard let first = curve.first, let most = curve.max(), first > 0 else { return false }
            return most - first <= riseKiB
        }
        return isFlat && calls.failures == 0 && calls.count > 0
    }
}

/// Unary calls on the channel of a stream, one every few milliseconds, as long as it goes on.
final class Beside: Sendable {
    struct Result: CustomStringConvertible {
        var failures = 0
        fileprivate var microseconds: [Int] = []

        var count: Int { microseconds.count }

        var description: String {
            let sorted = microseconds.sorted()
            guard let most = sorted.last else { return "no call" }
            return "\(count) calls, \(failures) failed, p50 \(sorted[count / 2]) us, "
                + "p99 \(sorted[count * 99 / 100]) us, max \(most) us"
        }
    }

    private static let pause = Duration.milliseconds(2)

    private let channel: UnixSocketChannel
    private let ended = Atomic(false)

    init(_ channel: UnixSocketChannel) { self.channel = channel }

    var isOver: Bool { ended.load(ordering: .relaxed) }
    func end() { ended.store(true, ordering: .relaxed) }

    func run() async throws -> Result {
        var result = Result()
        while !isOver {
            let start = ContinuousClock.now
            do {
                let _: Note = try await channel.unary(
                    FlowService.echo, Note("beside"), options: .init(timeout: .seconds(5)))
            } catch {
                result.failures += 1
                print("a call beside the stream failed: \(error)")
            }
            result.microseconds.append(Int((ContinuousClock.now - start) / .microseconds(1)))
            try await Task.sleep(for: Beside.pause)
        }
        return result
    }
}

extension Double {
    fileprivate var tenths: Double { (self * 10).rounded() / 10 }
}
