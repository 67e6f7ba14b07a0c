import Glibc

/// Handlers by service and method, looked up by the bytes of a frame without making strings.
struct RouteTable: Sendable {
    private struct Entry {
        let service: [UInt8]
        let name: [UInt8]
        let index: Int
    }

    let handlers: [Handler]
    private var entries: [Entry?]

    init(_ handlers: [Handler]) {
        self.handlers = handlers
        var capacity = 16
        while capacity < handlers.count * 4 { capacity *= 2 }
        entries = Array(repeating: nil, count: capacity)
        for (index, handler) in handlers.enumerated() {
            let entry = Entry(
                service: Array(handler.method.service.utf8), name: Array(handler.method.name.utf8),
                index: index)
            var slot = entry.service.withUnsafeBytes { service in
                entry.name.withUnsafeBytes { RouteTable.hash(service, $0) }
            }
            slot &= capacity - 1
            while let taken = entries[slot] {
                precondition(
                    taken.service != entry.service || taken.name != entry.name,
                    "\(handler.method.path) is served twice")
                slot = (slot + 1) & (capacity - 1)
            }
            entries[slot] = entry
        }
    }

    /// - Returns: The index of the method's handler.
    func index(service: UnsafeRawBufferPointer, name: UnsafeRawBufferPointer) -> Int? {
        let mask = entries.count - 1
        var slot = RouteTable.hash(service, name) & mask
        while let entry = entries[slot] {
            if RouteTable.equal(entry.name, name), RouteTable.equal(entry.service, service) {
                return entry.index
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Lengths and last bytes tell the methods of a program apart well enough; a run is compared in full.
    private static func hash(
        _ service: UnsafeRawBufferPointer, _ name: UnsafeRawBufferPointer
    ) -> Int {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(service.count)
        var index = max(0, service.count - 8)
        while index < service.count {
            hash = (hash ^ UInt64(service[index])) &* 0x100_0000_01b3
            index += 1
        }
        index = 0
        while index < name.count {
            hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01b3
            index += 1
        }
        return Int(truncatingIfNeeded: (hash ^ hash >> 29) & 0x7fff_ffff)
    }

    private static func equal(_ known: [UInt8], _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard known.count == bytes.count else { return false }
        guard let base = bytes.baseAddress else { return true }
        return known.withUnsafeBytes { memcmp($0.baseAddress!, base, $0.count) == 0 }
    }
}
