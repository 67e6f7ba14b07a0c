import Synchronization

/// Where a call stands in a distributed trace: W3C Trace Context, level 1
/// (https://www.w3.org/TR/trace-context-1/).
public struct TraceContext: Hashable, Sendable {
    public static let parentKey = "traceparent"
    public static let stateKey = "tracestate"
    /// Section 3.3.1: members of the list of vendors' states.
    public static let stateMembersMax = 32

    /// The two halves of the trace-id; not both 0.
    public let traceIDHigh: UInt64
    public let traceIDLow: UInt64
    /// The parent-id: of the request that brought the trace here, or goes on with it. Not 0.
    public let spanID: UInt64
    /// Whether somebody before us may have recorded the request. The other flags mean nothing yet.
    public let isSampled: Bool
    /// The vendors' states as they came, passed on unread.
    public let state: String

    /// The first request of a new trace, which nobody records.
    public static func root() -> TraceContext {
        TraceContext(
            traceIDHigh: SpanIDs.next(), traceIDLow: SpanIDs.next(), spanID: SpanIDs.next(),
            isSampled: false, state: "")
    }

    /// The next request of the same trace.
    public func child() -> TraceContext {
        TraceContext(
            traceIDHigh: traceIDHigh, traceIDLow: traceIDLow, spanID: SpanIDs.next(),
            isSampled: isSampled, state: state)
    }

    private init(
        traceIDHigh: UInt64, traceIDLow: UInt64, spanID: UInt64, isSampled: Bool, state: String
    ) {
        self.traceIDHigh = traceIDHigh
        self.traceIDLow = traceIDLow
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// Reads a `traceparent` (section 3.2), strictly; of a version that is not known yet, what it has in
    /// common with version 00 (section 3.2.4).
    ///
    /// - Parameter state: The value of `tracestate`; one that breaks its rules is dropped.
    public init?(parent: String, state: String = "") {
        let bytes = Array(parent.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == dash, bytes[35] == dash, bytes[52] == dash,
            let version = hexadecimal(bytes[0..<2]), version != 0xff,
            bytes.count == 55 || (version > 0 && bytes[55] == dash),
            let high = hexadecimal(bytes[3..<19]), let low = hexadecimal(bytes[19..<35]),
            high != 0 || low != 0,
            let span = hexadecimal(bytes[36..<52]), span != 0,
            let flags = hexadecimal(bytes[53..<55])
        else { return nil }
        self.init(
            traceIDHigh: high, traceIDLow: low, spanID: span, isSampled: flags & 1 == 1,
            state: TraceContext.isValid(state: state) ? state : "")
    }

    /// Nil when there is no `traceparent`, more than one, or none that holds.
    public init?(_ metadata: Metadata) {
        let parents = metadata.values(for: TraceContext.parentKey)
        guard parents.count == 1 else { return nil }
        // Section 3.3.1: several fields are one list.
        let states = metadata.values(for: TraceContext.stateKey)
        self.init(parent: parents[0], state: states.joined(separator: ","))
    }

    /// 32 lower-case hexadecimal digits.
    public var traceID: String { hexadecimal(traceIDHigh) + hexadecimal(traceIDLow) }

    /// The value of `traceparent`, version 00.
    public var parent: String {
        "00-" + traceID + "-" + hexadecimal(spanID) + (isSampled ? "-01" : "-00")
    }

    /// Replaces what `metadata` says of a trace.
    public func write(to metadata: inout Metadata) {
        metadata.remove(TraceContext.parentKey)
        metadata.remove(TraceContext.stateKey)
        metadata.add(parent, for: TraceContext.parentKey)
        if !state.isEmpty { metadata.add(state, for: TraceContext.stateKey) }
    }

    /// Section 3.3.1.1: `key=value` members, none of them twice, between commas and optional white space.
    private static func isValid(state: String) -> Bool {
        var keys: Set<String> = []
        var count = 0
        for member in state.split(separator: ",", omittingEmptySubsequences: false) {
            let member = member.drop { $0 == " " || $0 == "\t" }
            let trimmed = String(
                member.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
            count += 1
            guard count <= stateMembersMax else { return false }
            if trimmed.isEmpty { continue }
            guard let equals = trimmed.firstIndex(of: "=") else { return false }
            let key = String(trimmed[..<equals])
            guard isValid(key: key), isValid(value: trimmed[trimmed.index(after: equals)...]),
                keys.insert(key).inserted
            else { return false }
        }
        return true
    }

    /// `simple-key`, or `tenant@system`.
    private static func isValid(key: String) -> Bool {
        let parts = key.split(separator: "@", omittingEmptySubsequences: false)
        let isTenant = parts.count == 2
        guard parts.count <= 2 else { return false }
        return parts.indices.allSatisfy { index in
            let part = Array(parts[index].utf8)
            let lengthMax = isTenant ? (index == 0 ? 241 : 14) : 256
            guard (1...lengthMax).contains(part.count) else { return false }
            guard isLetter(part[0]) || (isTenant && index == 0 && isDigit(part[0])) else {
                return false
            }
            return part.allSatisfy { isLetter($0) || isDigit($0) || "_-*/".utf8.contains($0) }
        }
    }

    private static func isValid(value: Substring) -> Bool {
        (1...256).contains(value.utf8.count)
            && value.utf8.allSatisfy {
                (0x20...0x7e).contains($0) && $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "=")
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

/// Ids that no two requests of this process share, and hardly any two of the world: a permutation of a
/// counter (SplitMix64) from a random start. They are names, not secrets.
private enum SpanIDs {
    private static let counter = Atomic(UInt64.random(in: .min ... .max))

    static func next() -> UInt64 {
        while true {
            let state = counter.wrappingAdd(SplitMix64.step, ordering: .relaxed).newValue
            let id = SplitMix64.mixed(state)
            if id != 0 { return id }
        }
    }
}

/// Lower-case digits alone.
private func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - 0x30)
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - 0x57)
        default: return nil
        }
    }
    return value
}

/// 16 digits.
private func hexadecimal(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
        for index in 0..<16 {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 15
            buffer[index] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
        }
        return 16
    }
}
