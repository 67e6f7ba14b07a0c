import CProtobufC
import Messages
import RPC

/// The generated decoders: they accept and refuse as protobuf-c does, but for text; what they read comes back
/// from their own bytes, from protobuf-c's and from JSON.
///
/// The first two bytes choose the message, the rest is its bytes.
enum MessagesTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        var program = Program(input)
        let entry = MessageTypes.at(program.word())
        check(entry.type, entry.registry, program.all())
    }

    private static func check<M: StoredMessage>(
        _ type: M.Type, _ registry: MessageRegistry, _ bytes: UnsafeRawBufferPointer
    ) {
        let descriptor = M.descriptor
        let message: M
        do throws(MessageError) {
            message = try M(serialized: bytes)
        } catch {
            switch error.code {
            case .malformed:
                expect(
                    repacked(bytes, descriptor) == nil,
                    "\(M.fullName) is refused, and protobuf-c reads it")
            // Stricter than C: text is UTF-8 without a NUL, and the arena has an end.
            case .invalidUTF8, .embeddedNUL:
                expect(!error.field.isEmpty, "a refused string without its field")
                expect(
                    repacked(bytes, descriptor) != nil, "refused for its text, and is no message")
            case .tooLarge: break
            }
            return
        }
        guard let theirs = repacked(bytes, descriptor) else {
            fatalError("\(M.fullName) is read, and protobuf-c refuses it")
        }
        let canonical = written(message)
        expect(rewritten(M.self, canonical) == canonical, "\(M.fullName) is no fixpoint")
        // protobuf-c reads a field of number 0 when its key is longer than need be, but writes it as short as
        // can be, and does not read that.
        if theirs.withUnsafeBytes({ repacked($0, descriptor) }) != nil {
            expect(
                rewritten(M.self, theirs) == canonical,
                "\(M.fullName) differs from what protobuf-c makes of it")
        }
        expect(
            canonical.withUnsafeBytes { repacked($0, descriptor) } == canonical,
            "protobuf-c makes something else of our bytes")
        JSONTarget.checkRoundTrip(canonical, M.fullName, registry)
        // The text of the bytes as they came: entries twice, fields out of order.
        let json = MessageJSON(registry: registry)
        if let text = try? json.text(serialized: Array(bytes), as: M.fullName) {
            JSONTarget.expectReads(text, M.fullName, registry)
        }
    }

    private static func written(_ message: some Message) -> [UInt8] {
        do { return try message.serialized() } catch {
            fatalError("was read and cannot be written: \(error)")
        }
    }

    private static func rewritten<M: Message>(_ type: M.Type, _ bytes: [UInt8]) -> [UInt8] {
        do { return written(try M(serialized: bytes)) } catch {
            fatalError("\(M.fullName) was written and cannot be read: \(error)")
        }
    }

    /// From bytes to C's struct and back, with protobuf-c's own allocator; nil when it refuses them.
    private static func repacked(
        _ bytes: UnsafeRawBufferPointer,
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) -> [UInt8]? {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard let message = protobuf_c_message_unpack(descriptor, nil, bytes.count, start) else {
            return nil
        }
        defer { protobuf_c_message_free_unpacked(message, nil) }
        let count = protobuf_c_message_get_packed_size(message)
        return [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
            initialized = protobuf_c_message_pack(message, buffer.baseAddress)
        }
    }
}
