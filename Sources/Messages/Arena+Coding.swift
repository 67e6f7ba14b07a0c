package import CProtobufC
package import RPC

extension Arena {
    /// The whole way from bytes to a value.
    @inline(__always)
    package static func decode<M: StoredMessage>(
        _ bytes: UnsafeRawBufferPointer
    ) throws(MessageError) -> M {
        let arena = Arena.current
        let mark = arena.mark()
        defer { arena.rewind(to: mark) }
        let c = try arena.unpack(bytes, M.descriptor)
        let value = M(UnsafeRawPointer(c).assumingMemoryBound(to: M.Storage.self), arena)
        if arena.state.pointee.hasFault { throw arena.fault(in: c) }
        return value
    }

    /// The whole way from a value to bytes.
    @inline(__always)
    package static func encode<M: StoredMessage>(
        _ message: M, into place: (Int) throws(MessageError) -> UnsafeMutableRawPointer
    ) throws(MessageError) {
        let arena = Arena.current
        let mark = arena.mark()
        defer { arena.rewind(to: mark) }
        let c = UnsafeMutableRawPointer(arena.store(message)).assumingMemoryBound(
            to: ProtobufCMessage.self)
        if arena.state.pointee.hasFault { throw arena.fault(in: c) }
        let byteCount = protobuf_c_message_get_packed_size(c)
        let target = try place(byteCount)
        if byteCount > 0 {
            _ = protobuf_c_message_pack(c, target.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// - Throws: `malformed`, or `tooLarge` beyond ``decodedBytesMax``.
    func unpack(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(MessageError) -> UnsafeMutablePointer<ProtobufCMessage> {
        state.pointee.hasFault = false
        state.pointee.isExhausted = false
        let unpacked = protobuf_c_message_unpack(
            descriptor, &state.pointee.allocator, bytes.count,
            bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        if let unpacked { return unpacked }
        let name = String(cString: descriptor.pointee.name)
        if state.pointee.isExhausted {
            throw MessageError(
                .tooLarge, message: "\(name) unpacks to more than \(Arena.decodedBytesMax) bytes")
        }
        throw MessageError(.malformed, message: "the bytes are no \(name)")
    }

    /// For who walks a message by its descriptor: unpacked, and its strings looked at, while `body` runs.
    static func withUnpacked<Result>(
        _ bytes: [UInt8], _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ body: (UnsafeMutablePointer<ProtobufCMessage>) throws(MessageError) -> Result
    ) throws(MessageError) -> Result {
        let arena = Arena.current
        let mark = arena.mark()
        defer { arena.rewind(to: mark) }
        let message = try bytes.withUnsafeBufferPointer { (buffer) throws(MessageError) in
            try arena.unpack(UnsafeRawBufferPointer(buffer), descriptor)
        }
        if let fault = StringFault.find(in: message) { throw fault }
        return try body(message)
    }

    /// Names the field that set ``State/hasFault``.
    @inline(never)
    func fault(in message: UnsafePointer<ProtobufCMessage>) -> MessageError {
        state.pointee.hasFault = false
        guard let fault = StringFault.find(in: message) else {
            preconditionFailure("a string was refused and the search finds none at fault")
        }
        return fault
    }

    /// The descriptor that a struct's initializer writes into it: Swift cannot take the address of
    /// C's constant.
    package static func descriptor<C>(
        of initialize: (UnsafeMutablePointer<C>?) -> Void
    ) -> UnsafePointer<ProtobufCMessageDescriptor> {
        let scratch = UnsafeMutablePointer<C>.allocate(capacity: 1)
        defer { scratch.deallocate() }
        initialize(scratch)
        return UnsafeRawPointer(scratch).assumingMemoryBound(to: ProtobufCMessage.self)
            .pointee.descriptor
    }
}

/// A message that generated code maps to protoc-c's struct and back.
package protocol StoredMessage: RPC.Message {
    /// protoc-c's struct.
    associatedtype Storage

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { get }

    /// Sets the struct to the empty message.
    static func prepare(_ c: UnsafeMutablePointer<Storage>)

    init(_ c: UnsafePointer<Storage>, _ arena: Arena)

    /// Fills a prepared struct with what differs from the empty message.
    func fill(_ c: UnsafeMutablePointer<Storage>, _ arena: Arena)
}
