import Glibc
import Wire

/// How many descriptors the process may have open.
package enum DescriptorLimit {
    /// What a process needs besides the connections of its server: databases, files and loops, and the
    /// gateway's streams to four services.
    package static let besidesConnections = 256 + 4 * Limits().streamConnectionsMax

    /// Raises the process's limit to what the system allows it, up to `wanted`. A shell and systemd start
    /// programs with 1,024 that they may raise, and a server at that limit lets its clients wait without a
    /// word.
    ///
    /// - Returns: The limit that holds now; below `wanted` where the system allows no more.
    package static func raise(to wanted: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        guard limit.rlim_cur < rlim_t(wanted) else { return Int(clamping: limit.rlim_cur) }
        limit.rlim_cur = min(rlim_t(wanted), limit.rlim_max)
        // A refusal leaves the limit as it was, and that is what is returned.
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}
