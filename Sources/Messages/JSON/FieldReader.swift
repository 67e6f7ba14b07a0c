internal import CProtobufC
package import RPC

/// Reads one value out of serialized messages of a type, by a path such as `dossier.dossier_id` or
/// `lines.0.amount_dong`.
///
/// The value is written as JSON's mapping writes it, without quotes: a time as RFC 3339, an enum by name.
/// A field that is not there reads as its default; an element that is not there, as the empty text.
package struct FieldReader: Sendable {
    private enum Step: Sendable {
        case field(index: Int)
        case element(Int)
    }

    private let steps: [Step]
    private let typeName: String
    private let json: MessageJSON

    /// - Throws: with the part of the path at fault and the names that there are.
    package init(
        _ path: String, of fullName: String, registry: MessageRegistry = .product
    ) throws(MessageError) {
        guard var descriptor = registry.descriptor(named: fullName) else {
            throw MessageError(.malformed, message: "there is no message \(fullName)")
        }
        var steps: [Step] = []
        // What the next part stands in: nil is a value that has no parts.
        var wantsElement = false
        var isValue = false
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            if wantsElement {
                guard let index = Int(part), index >= 0 else {
                    throw FieldReader.refusal(path, "\(part) should be an element's number, from 0")
                }
                steps.append(.element(index))
                wantsElement = false
                continue
            }
            let table = descriptor.pointee.fieldTable
            guard !isValue,
                let index = table.firstIndex(where: { $0.protoName == part || $0.jsonName == part })
            else {
                let names = isValue ? "none" : table.map(\.protoName).joined(separator: ", ")
                throw FieldReader.refusal(
                    path, "there is no field \(part); there are \(names)")
            }
            steps.append(.field(index: index))
            let field = table[index]
            wantsElement = field.isRepeated
            isValue = true
            if field.type == PROTOBUF_C_TYPE_MESSAGE,
                WellKnown(rawValue: field.messageType.pointee.fullName) == nil
            {
                descriptor = UnsafePointer(field.messageType)
                isValue = false
            }
        }
        guard isValue, !wantsElement else {
            throw FieldReader.refusal(
                path, wantsElement ? "name an element, such as \(path).0" : "name a field in it")
        }
        self.steps = steps
        typeName = fullName
        json = MessageJSON(registry: registry)
    }

    private static func refusal(_ path: String, _ what: String) -> MessageError {
        MessageError(.malformed, field: path, message: "\(path): \(what)")
    }

    /// - Throws: `malformed` when the bytes are no such message.
    package func text(in bytes: [UInt8]) throws(MessageError) -> String {
        guard let descriptor = json.registry.descriptor(named: typeName) else {
            preconditionFailure("a reader's message has gone")
        }
        return try Arena.withUnpacked(bytes, descriptor) { (message) throws(MessageError) in
            try text(in: message, descriptor)
        }
    }

    private func text(
        in message: UnsafePointer<ProtobufCMessage>,
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(MessageError) -> String {
        var base = UnsafeRawPointer(message)
        var type = UnsafePointer(descriptor)
        var index = 0
        while index < steps.count {
            guard case .field(let number) = steps[index] else { preconditionFailure("a path") }
            index += 1
            let field = type.pointee.fieldTable[number]
            var member = base + Int(field.offset)
            let quantifier = base + Int(field.quantifier_offset)
            if field.isRepeated {
                guard case .element(let wanted) = steps[index],
                    wanted < quantifier.load(as: Int.self)
                else { return "" }
                index += 1
                member = member.load(as: UnsafeRawPointer.self) + wanted * field.valueBytes
            } else if field.isOneof, quantifier.load(as: UInt32.self) != field.id {
                return ""
            }
            guard index < steps.count else { return try json.bareText(of: field, at: member) }
            guard let next = member.load(as: UnsafeRawPointer?.self) else { return "" }
            base = next
            type = UnsafePointer(field.messageType)
        }
        preconditionFailure("a path ends in a value")
    }
}
