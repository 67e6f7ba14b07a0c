internal import CProtobufC
public import RPC

/// proto3's JSON mapping, for any message of a registry, by protobuf-c's own tables.
///
/// Writes field names in lowerCamel, int64 as strings, bytes in base64, enums by name, times as RFC
/// 3339; leaves out fields with default values. Reads lowerCamel and the names of the `.proto`;
/// refuses what it does not know. An `Any` of a type that the registry lacks keeps its bytes:
/// `{"@type": …, "value": "<base64>"}`.
public struct MessageJSON: Sendable {
    let registry: MessageRegistry
    private let isIndented: Bool

    public init(registry: MessageRegistry = .product, isIndented: Bool = false) {
        self.registry = registry
        self.isIndented = isIndented
    }

    public func text<M: Message>(_ message: M) throws(MessageError) -> String {
        try text(serialized: try message.serialized(), as: M.fullName)
    }

    /// - Throws: `malformed` when the bytes are no such message or the registry has none of that
    ///   name.
    public func text(serialized bytes: [UInt8], as fullName: String) throws(MessageError) -> String
    {
        let descriptor = try descriptor(named: fullName)
        var text = JSONText(isIndented: isIndented)
        try write(bytes, descriptor, to: &text)
        return text.text
    }

    /// - Throws: with the path of the field at fault and how to put it right.
    public func message<M: Message>(_ json: String, as type: M.Type = M.self) throws(MessageError)
        -> M
    {
        try M(serialized: try serialized(json, as: M.fullName))
    }

    /// - Throws: with the path of the field at fault and how to put it right.
    public func serialized(_ json: String, as fullName: String) throws(MessageError) -> [UInt8] {
        let descriptor = try descriptor(named: fullName)
        return try pack(try JSONParser.parse(json), descriptor, path: "")
    }

    private func descriptor(
        named fullName: String
    ) throws(MessageError) -> UnsafePointer<ProtobufCMessageDescriptor> {
        if let found = registry.descriptor(named: fullName) { return found }
        throw MessageError(.malformed, message: "there is no message \(fullName)")
    }

    func write(
        _ bytes: [UInt8], _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        to text: inout JSONText
    ) throws(MessageError) {
        try Arena.withUnpacked(bytes, descriptor) { (message) throws(MessageError) in
            try write(message, to: &text)
        }
    }

    func pack(
        _ value: JSONValue, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, path: String
    ) throws(MessageError) -> [UInt8] {
        let arena = Arena.current
        let mark = arena.mark()
        defer { arena.rewind(to: mark) }
        let message = try JSONBuilder(json: self, arena: arena).message(value, descriptor, path)
        let byteCount = protobuf_c_message_get_packed_size(message)
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
            if byteCount > 0 { _ = protobuf_c_message_pack(message, buffer.baseAddress) }
            initialized = byteCount
        }
    }
}
