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

    /// In the order of the wire, keys as they were sent.
    public private(set) var entries: [Entry]

    public init() { entries = [] }

    /// Keeps the keys as they are: for bytes off the wire.
    package init(received entries: [Entry]) { self.entries = entries }

    public var isEmpty: Bool { entries.isEmpty }

    /// The first value of a key.
    public subscript(_ key: String) -> String? {
        entries.first { $0.key.equalsIgnoringASCIICase(key) }?.value
    }

    public func values(for key: String) -> [String] {
        entries.filter { $0.key.equalsIgnoringASCIICase(key) }.map(\.value)
    }

    /// Appends; other values of the key stay.
    public mutating func add(_ value: String, for key: String) {
        entries.append(Entry(key: key.lowercased(), value: value))
    }

    public mutating func remove(_ key: String) {
        entries.removeAll { $0.key.equalsIgnoringASCIICase(key) }
    }

    /// - Parameter prefix: Compared without regard to case.
    public mutating func remove(prefix: String) {
        entries.removeAll { $0.key.hasPrefixIgnoringASCIICase(prefix) }
    }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (key, value) in elements { add(value, for: key) }
    }
}

extension String {
    fileprivate func equalsIgnoringASCIICase(_ other: String) -> Bool {
        utf8.count == other.utf8.count && hasPrefixIgnoringASCIICase(other)
    }

    fileprivate func hasPrefixIgnoringASCIICase(_ prefix: String) -> Bool {
        utf8.lazy.map(\.loweredASCII).starts(with: prefix.utf8.lazy.map(\.loweredASCII))
    }
}

extension UInt8 {
    fileprivate var loweredASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
