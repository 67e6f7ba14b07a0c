import Foundation
import Glibc
import Messages

/// What the kernel tells of this process, under the names and with the words of Prometheus's own clients
/// (proc(5)): a collector drops a family whose help is not that of its own.
package enum ProcessMetrics {
    package static func families() -> [OperationsV1.MetricFamily] {
        [
            family(
                "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.",
                residentMemoryBytes()),
            family(
                "process_cpu_seconds_total", .counter,
                "Total user and system CPU time spent in seconds.", cpuSeconds()),
            family(
                "process_open_fds", .gauge, "Number of open file descriptors.", openDescriptors()),
            family(
                "process_max_fds", .gauge, "Maximum number of open file descriptors.",
                descriptorsMax()),
            family(
                "process_start_time_seconds", .gauge,
                "Start time of the process since unix epoch in seconds.",
                startTime),
        ].compactMap(\.self)
    }

    /// What /proc does not tell is left out.
    private static func family(
        _ name: String, _ kind: OperationsV1.MetricFamily.Kind, _ help: String, _ value: Double?
    ) -> OperationsV1.MetricFamily? {
        value.map { OperationsV1.MetricFamily(name, kind, help, $0) }
    }

    private static func residentMemoryBytes() -> Double? {
        let fields = text("/proc/self/statm")?.split(separator: " ")
        guard let fields, fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func cpuSeconds() -> Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func openDescriptors() -> Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Without "." and "..", and without the one that counts.
        return Double(count - 3)
    }

    private static func descriptorsMax() -> Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return nil
        }
        return Double(limit.rlim_cur)
    }

    /// It does not change, but the clock's reckoning of it would.
    private static let startTime: Double? = {
        // Field 22 of stat, in ticks since the boot; the name in the brackets may hold blanks.
        guard let stat = text("/proc/self/stat"), let bracket = stat.lastIndex(of: ")"),
            let boot = text("/proc/stat")?.split(separator: "\n").first(where: {
                $0.hasPrefix("btime ")
            }), let bootSeconds = Double(boot.dropFirst("btime ".count))
        else { return nil }
        let fields = stat[stat.index(after: bracket)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return bootSeconds + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func text(_ path: String) -> String? {
        // Files of /proc have no size beforehand.
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
