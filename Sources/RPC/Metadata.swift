import Wire

/// What travels beside a request: an ordered list of key and value, several values to a key.
///
/// Keys are written in lower case and found in any: a peer may send them as it likes. Both sides bound the
/// number and the size by `Limits.metadataEntriesMax` and `Limits.metadataBytesMax`.
public struct Metadata: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var key: String
        public var value: String

        public init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    private enum Storage {
        case list([Entry])
        case wire(MetadataBytes)
    }

    private var storage: Storage

    public init() { storage = .list([]) }

    /// Keeps the keys as they are: for what was received.
    package init(received entries: [Entry]) { storage = .list(entries) }

    package init(_ bytes: MetadataBytes) { storage = .wire(bytes) }

    /// In the order of the wire, keys as they were sent.
    public private(set) var entries: [Entry] {
        get {
            switch storage {
            case .list(let entries): return entries
            case .wire(let bytes):
                var entries: [Entry] = []
                bytes.forEach { key, value in
                    entries.append(
                        Entry(
                            key: String(decoding: key, as: UTF8.self),
                            value: String(decoding: value, as: UTF8.self)))
                    return true
                }
                return entries
            }
        }
        set { storage = .list(newValue) }
    }

    public var isEmpty: Bool {
        switch storage {
        case .list(let entries): entries.isEmpty
        case .wire(let bytes): bytes.isEmpty
        }
    }

    /// The first value of a key.
    public subscript(_ key: String) -> String? {
        var found: String?
        forEach(key) { value in
            found = value
            return false
        }
        return found
    }

    public func values(for key: String) -> [String] {
        var found: [String] = []
        forEach(key) { value in
            found.append(value)
            return true
        }
        return found
    }

    /// Appends; other values of the key stay.
    public mutating func add(_ value: String, for key: String) {
        entries.append(Entry(key: key.lowercased(), value: value))
    }

    public mutating func remove(_ key: String) {
        entries.removeAll { $0.key.utf8.equalsIgnoringASCIICase(key.utf8) }
    }

    /// - Parameter prefix: Compared without regard to case.
    public mutating func remove(prefix: String) {
        entries.removeAll { $0.key.utf8.hasPrefixIgnoringASCIICase(prefix.utf8) }
    }

    /// Hands over the values of a key, until `body` returns false.
    private func forEach(_ wanted: String, _ body: (String) -> Bool) {
        switch storage {
        case .list(let entries):
            for entry in entries where entry.key.utf8.equalsIgnoringASCIICase(wanted.utf8) {
                if !body(entry.value) { return }
            }
        case .wire(let bytes):
            bytes.forEach { key, value in
                !key.equalsIgnoringASCIICase(wanted.utf8)
                    || body(String(decoding: value, as: UTF8.self))
            }
        }
    }

    public static func == (one: Metadata, other: Metadata) -> Bool { one.entries == other.entries }

    public func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (key, value) in elements { add(value, for: key) }
    }
}

extension Collection<UInt8> {
    fileprivate func equalsIgnoringASCIICase(_ other: String.UTF8View) -> Bool {
        count == other.count && hasPrefixIgnoringASCIICase(other)
    }

    fileprivate func hasPrefixIgnoringASCIICase(_ prefix: String.UTF8View) -> Bool {
        lazy.map(\.loweredASCII).starts(with: prefix.lazy.map(\.loweredASCII))
    }
}

extension UInt8 {
    fileprivate var loweredASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
