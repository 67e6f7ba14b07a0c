/// A value that has a serialized form: what a call carries.
///
/// The runtime knows nothing else of messages; `Messages` generates the conformers over protobuf-c.
public protocol Message: Sendable, Hashable {
    /// The protobuf full name, such as `motcua.records.v1.Dossier`.
    static var fullName: String { get }

    init()

    /// Reads a whole message. Keeps nothing that points into `bytes`.
    ///
    /// - Throws: `MessageError` when the bytes are no such message, when a string is not UTF-8 or holds a NUL.
    init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError)

    /// Writes the message where the caller says.
    ///
    /// - Parameter place: Called exactly once with the size in bytes; returns where to write them, or
    ///   throws when the size is over the caller's limit.
    /// - Throws: `MessageError` when a string holds a NUL, or what `place` throws.
    func serialize(
        into place: (_ byteCount: Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError)
}

extension Message {
    public init(serialized bytes: [UInt8]) throws(MessageError) {
        self = try bytes.withUnsafeBufferPointer { (buffer) throws(MessageError) in
            try Self(serialized: UnsafeRawBufferPointer(buffer))
        }
    }

    public func serialized() throws(MessageError) -> [UInt8] {
        var written = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        defer { written.deallocate() }
        try serialize { (byteCount) throws(MessageError) in
            written = .allocate(byteCount: max(byteCount, 1), alignment: 1)
            written = .init(start: written.baseAddress, count: byteCount)
            return written.baseAddress!
        }
        return Array(written)
    }
}

/// A request that may be sent twice and takes effect once: the message has a `request_id`.
public protocol IdempotentRequest: Message {
    /// Chosen by the caller, 1 to 64 characters; the same for every attempt.
    var requestID: String { get set }
}

/// Why bytes are no message, or a message cannot be written.
public struct MessageError: Error, Hashable, Sendable {
    public enum Code: Hashable, Sendable {
        case malformed
        case invalidUTF8
        case embeddedNUL
        case tooLarge
    }

    public var code: Code
    /// The path of the field at fault, such as `applicant.full_name`; empty when it is not known.
    public var field: String
    public var message: String

    public init(_ code: Code, field: String = "", message: String) {
        self.code = code
        self.field = field
        self.message = message
    }
}

/// A message that nobody looks into: the bytes of a payload on their way through.
public struct RawMessage: Message {
    public static var fullName: String { "" }

    public var bytes: [UInt8]

    public init() { bytes = [] }
    public init(bytes: [UInt8]) { self.bytes = bytes }
    public init(serialized bytes: UnsafeRawBufferPointer) throws(MessageError) {
        self.bytes = Array(bytes)
    }

    public func serialize(
        into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        let target = try place(bytes.count)
        bytes.withUnsafeBytes { source in
            if let base = source.baseAddress {
                target.copyMemory(from: base, byteCount: source.count)
            }
        }
    }
}
