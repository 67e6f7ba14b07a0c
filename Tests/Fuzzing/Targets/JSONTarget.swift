import Messages
import RPC

/// JSON in: what is read becomes a message that is written and read back the same.
///
/// The first two bytes choose the message, the rest is a text.
enum JSONTarget {
    static func run(_ input: UnsafeRawBufferPointer) {
        var program = Program(input)
        let entry = MessageTypes.at(program.word())
        guard let text = String(validating: program.all(), as: UTF8.self) else { return }
        check(entry.type, text, entry.registry)
    }

    private static func check<M: StoredMessage>(
        _ type: M.Type, _ text: String, _ registry: MessageRegistry
    ) {
        guard let bytes = try? MessageJSON(registry: registry).serialized(text, as: M.fullName)
        else { return }
        do {
            let canonical = try M(serialized: bytes).serialized()
            checkRoundTrip(canonical, M.fullName, registry)
        } catch {
            fatalError("\(M.fullName) was read from JSON and is no message: \(error)")
        }
    }

    /// Text of a message becomes the message again, and that the text.
    ///
    /// A message that JSON has no form for (a time beyond the year 9999) is refused in writing.
    static func checkRoundTrip(_ bytes: [UInt8], _ name: String, _ registry: MessageRegistry) {
        for isIndented in [false, true] {
            let json = MessageJSON(registry: registry, isIndented: isIndented)
            guard let text = try? json.text(serialized: bytes, as: name) else { return }
            do {
                let read = try json.serialized(text, as: name)
                let again = try json.text(serialized: read, as: name)
                expect(again == text, "\(name): \(text) became \(again)")
                // A NaN has many bit patterns and one name; an Any may hold fields that nobody knows.
                let isLossy = text.contains("\"NaN\"") || text.contains("\"@type\"")
                expect(isLossy || read == bytes, "\(name): \(bytes) became \(read) through \(text)")
            } catch {
                fatalError("\(name) was written as \(text) and cannot be read: \(error)")
            }
        }
    }

    static func expectReads(_ text: String, _ name: String, _ registry: MessageRegistry) {
        do { _ = try MessageJSON(registry: registry).serialized(text, as: name) } catch {
            fatalError("\(name) was written as \(text) and cannot be read: \(error)")
        }
    }
}
