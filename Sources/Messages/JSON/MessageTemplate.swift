internal import CProtobufC
package import RPC

/// A request written once as JSON with blanks, `"request_id": "${run}-${sequence}"`, and serialized for
/// each call with the blanks filled in.
///
/// The JSON is read once: what has no blank is kept serialized, a blank in a string costs a copy. A blank
/// stands only in a JSON string; in a field that is no string, the filled text is read as JSON's mapping reads
/// a string there (`"amount_dong": "${amount}"`). `$${` writes a plain `${`.
package struct MessageTemplate: Sendable {
    /// The name of each blank, once, in the order of the text.
    package let blanks: [String]

    private let pieces: [Piece]
    private let json: MessageJSON

    fileprivate indirect enum Piece: Sendable {
        case fixed([UInt8])
        case string(tag: UInt64, Text, field: String)
        case message(tag: UInt64, [Piece])
        /// One member of the message `type`, read anew each time.
        case member(JSONValue.Member, type: String)
    }

    /// - Throws: with the path of the field at fault and how to put it right; a value that only a filled
    ///   blank makes wrong is found by ``serialized(filling:)``.
    package init(
        _ text: String, as fullName: String, registry: MessageRegistry = .product
    ) throws(MessageError) {
        try self.init(try JSONParser.parse(text), as: fullName, registry: registry)
    }

    package init(
        _ value: JSONValue, as fullName: String, registry: MessageRegistry = .product
    ) throws(MessageError) {
        json = MessageJSON(registry: registry)
        guard let descriptor = registry.descriptor(named: fullName) else {
            throw MessageError(.malformed, message: "there is no message \(fullName)")
        }
        var compiler = Compiler(json: json)
        pieces = try compiler.pieces(value, descriptor, path: "")
        blanks = compiler.blanks
    }

    /// - Parameter values: One for each of ``blanks``, in their order.
    package func serialized(filling values: [String]) throws(MessageError) -> [UInt8] {
        precondition(values.count == blanks.count, "a value for each blank")
        if pieces.isEmpty { return [] }
        if pieces.count == 1, case .fixed(let bytes) = pieces[0] { return bytes }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        try append(pieces, values, to: &bytes)
        return bytes
    }

    private func append(
        _ pieces: [Piece], _ values: [String], to bytes: inout [UInt8]
    ) throws(MessageError) {
        for piece in pieces {
            switch piece {
            case .fixed(let fixed): bytes += fixed
            case .string(let tag, let text, let field):
                let filled = text.filled(values)
                if filled.utf8.contains(0) {
                    throw MessageError(
                        .embeddedNUL, field: field, message: "\(field) holds a NUL: leave it out")
                }
                bytes.appendVarint(tag)
                bytes.appendVarint(UInt64(filled.utf8.count))
                bytes += filled.utf8
            case .message(let tag, let parts):
                bytes.appendVarint(tag)
                let start = bytes.count
                try append(parts, values, to: &bytes)
                var length: [UInt8] = []
                length.appendVarint(UInt64(bytes.count - start))
                bytes.insert(contentsOf: length, at: start)
            case .member(let member, let type):
                guard let descriptor = json.registry.descriptor(named: type) else {
                    preconditionFailure("a template's message has gone")
                }
                bytes += try json.pack(
                    .object([.init(key: member.key, value: member.value.filled(values))]),
                    descriptor, path: "")
            }
        }
    }
}

extension MessageTemplate {
    /// A string cut at its blanks.
    fileprivate struct Text: Sendable {
        var parts: [Part]

        enum Part: Sendable {
            case literal(String)
            case blank(Int)
        }

        func filled(_ values: [String]) -> String {
            if parts.count == 1, case .blank(let index) = parts[0] { return values[index] }
            var text = ""
            for part in parts {
                switch part {
                case .literal(let literal): text += literal
                case .blank(let index): text += values[index]
                }
            }
            return text
        }
    }

    /// Sorts the members of a message into those without a blank, which are serialized together once, and
    /// the others. Protobuf's fields may come in any order.
    fileprivate struct Compiler {
        let json: MessageJSON
        var blanks: [String] = []

        mutating func pieces(
            _ value: JSONValue, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
            path: String
        ) throws(MessageError) -> [Piece] {
            guard case .object(let members) = value,
                WellKnown(rawValue: descriptor.pointee.fullName) == nil
            else {
                // A time or a mask with a blank stands in its parent as one member.
                return try [.fixed(json.pack(value, descriptor, path: path))]
            }
            let table = descriptor.pointee.fieldTable
            try checkNames(members, descriptor, path)
            let fixed = try json.pack(
                .object(members.filter { !$0.value.hasBlank }), descriptor, path: path)
            var pieces: [Piece] = fixed.isEmpty ? [] : [.fixed(fixed)]
            for member in members where member.value.hasBlank {
                guard
                    let field = table.first(where: {
                        $0.protoName == member.key || $0.jsonName == member.key
                    })
                else { preconditionFailure("checked above") }
                let fieldPath = path.isEmpty ? member.key : "\(path).\(member.key)"
                pieces += try self.pieces(
                    member, field, of: descriptor.pointee.fullName, fieldPath)
            }
            return pieces
        }

        private mutating func pieces(
            _ member: JSONValue.Member, _ field: ProtobufCFieldDescriptor, of type: String,
            _ path: String
        ) throws(MessageError) -> [Piece] {
            let tag = UInt64(field.id) << 3 | 2
            let isMessage = field.type == PROTOBUF_C_TYPE_MESSAGE
            let isPlainMessage =
                isMessage
                && WellKnown(rawValue: field.messageType.pointee.fullName) == nil
                && !json.registry.isMapEntry(field.messageType.pointee.fullName)
            let values: [JSONValue]
            switch member.value {
            case .array(let elements) where field.isRepeated: values = elements
            case let single where !field.isRepeated: values = [single]
            default: values = []
            }
            if isPlainMessage, !values.isEmpty {
                return try values.enumerated().map { (index, value) throws(MessageError) in
                    let elementPath = field.isRepeated ? "\(path)[\(index)]" : path
                    return .message(
                        tag: tag, try pieces(value, field.messageType, path: elementPath))
                }
            }
            if field.type == PROTOBUF_C_TYPE_STRING, !values.isEmpty {
                return try values.map { (value) throws(MessageError) in
                    guard case .string(let text) = value else {
                        throw MessageError(
                            .malformed, field: path,
                            message: "\(path) must be a string, not \(value.kind)")
                    }
                    return .string(tag: tag, cut(text), field: path)
                }
            }
            return [.member(.init(key: member.key, value: cut(member.value)), type: type)]
        }

        /// Asks JSON's mapping about the keys alone, with nothing in them.
        private func checkNames(
            _ members: [JSONValue.Member],
            _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ path: String
        ) throws(MessageError) {
            _ = try json.pack(
                .object(members.map { .init(key: $0.key, value: .null) }), descriptor, path: path)
        }

        private mutating func cut(_ text: String) -> Text {
            Text(
                parts: JSONValue.parts(of: text).map {
                    switch $0 {
                    case .literal(let literal): .literal(literal)
                    case .blank(let name): .blank(index(of: name))
                    }
                })
        }

        /// The same value with each blank's index in its name's place.
        private mutating func cut(_ value: JSONValue) -> JSONValue {
            value.mapStrings { text in
                JSONValue.parts(of: text).map { part in
                    switch part {
                    case .literal(let literal): literal.replacing("${", with: "$${")
                    case .blank(let name): "${\(index(of: name))}"
                    }
                }.joined()
            }
        }

        private mutating func index(of name: String) -> Int {
            if let known = blanks.firstIndex(of: name) { return known }
            blanks.append(name)
            return blanks.count - 1
        }
    }
}

extension JSONValue {
    fileprivate enum TextPart {
        case literal(String)
        case blank(String)
    }

    /// `a${b}c` is `a`, the blank `b` and `c`. A `${` that no `}` follows is text.
    fileprivate static func parts(of text: String) -> [TextPart] {
        var parts: [TextPart] = []
        var literal = ""
        var rest = text[...]
        while let mark = rest.firstRange(of: "${") {
            if rest[..<mark.lowerBound].hasSuffix("$") {
                literal += rest[..<mark.lowerBound].dropLast() + "${"
                rest = rest[mark.upperBound...]
                continue
            }
            guard let end = rest[mark.upperBound...].firstIndex(of: "}") else { break }
            literal += rest[..<mark.lowerBound]
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = ""
            parts.append(.blank(String(rest[mark.upperBound..<end])))
            rest = rest[rest.index(after: end)...]
        }
        literal += rest
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    fileprivate var hasBlank: Bool {
        switch self {
        case .string(let text): text.contains("${")
        case .array(let values): values.contains(where: \.hasBlank)
        case .object(let members): members.contains { $0.value.hasBlank || $0.key.contains("${") }
        case .null, .bool, .number: false
        }
    }

    fileprivate func mapStrings(_ change: (String) -> String) -> JSONValue {
        switch self {
        case .string(let text): .string(change(text))
        case .array(let values): .array(values.map { $0.mapStrings(change) })
        case .object(let members):
            .object(
                members.map { .init(key: change($0.key), value: $0.value.mapStrings(change)) })
        case .null, .bool, .number: self
        }
    }

    /// Of a value whose blanks are numbers.
    fileprivate func filled(_ values: [String]) -> JSONValue {
        mapStrings { text in
            JSONValue.parts(of: text).map { part in
                switch part {
                case .literal(let literal): literal
                case .blank(let index): Int(index).map { values[$0] } ?? ""
                }
            }.joined()
        }
    }
}

extension [UInt8] {
    fileprivate mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
