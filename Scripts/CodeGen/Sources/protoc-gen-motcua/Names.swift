import SwiftProtobufPluginLibrary

/// How proto names become Swift's, and how protoc-c spells its own.
enum Names {
    private static let acronyms: [String: String] = [
        "api": "API", "crc": "CRC", "csv": "CSV", "gid": "GID", "html": "HTML", "http": "HTTP",
        "id": "ID", "ids": "IDs", "ip": "IP", "json": "JSON", "ocr": "OCR", "pdf": "PDF",
        "pid": "PID",
        "png": "PNG", "qr": "QR", "rpc": "RPC", "sha1": "SHA1", "sha256": "SHA256", "sql": "SQL",
        "svg": "SVG", "uid": "UID", "uri": "URI", "url": "URL", "urls": "URLs", "utc": "UTC",
        "xml": "XML",
    ]

    private static let keywords: Set<String> = [
        "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer",
        "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for",
        "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil",
        "operator", "precedencegroup", "private", "protocol", "public", "repeat", "rethrows",
        "return",
        "self", "static", "struct", "subscript", "super", "switch", "throw", "throws", "true",
        "try",
        "typealias", "var", "where", "while",
    ]

    /// What protoc-c appends an underscore to.
    private static let cKeywords: Set<String> = [
        "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch", "char",
        "class", "compl", "const", "const_cast", "continue", "default", "delete", "do", "double",
        "dynamic_cast", "else", "enum", "explicit", "extern", "false", "float", "for", "friend",
        "goto",
        "if", "inline", "int", "long", "mutable", "namespace", "new", "not", "not_eq", "operator",
        "or",
        "or_eq", "private", "protected", "public", "register", "reinterpret_cast", "return",
        "short",
        "signed", "sizeof", "static", "static_cast", "struct", "switch", "template", "this",
        "throw",
        "true", "try", "typedef", "typeid", "typename", "union", "unsigned", "using", "virtual",
        "void",
        "volatile", "wchar_t", "while", "xor", "xor_eq",
    ]

    /// `motcua.records.v1` is `RecordsV1`, `google.protobuf` is `GoogleProtobuf`.
    static func namespace(_ package: String) -> String {
        var parts = package.split(separator: ".").map(String.init)
        if parts.count > 2, parts.last!.first == "v" { parts.removeFirst() }
        return parts.map { acronyms[$0] ?? $0.capitalizedFirst }.joined()
    }

    static func escaped(_ name: String) -> String { keywords.contains(name) ? "`\(name)`" : name }

    /// `source_ids` is `sourceIDs`, `url` is `url`.
    static func member(_ proto: String) -> String {
        let words = proto.split(separator: "_").map { $0.lowercased() }
        let rest = words.dropFirst().map { acronyms[$0] ?? $0.capitalizedFirst }
        return words[0] + rest.joined()
    }

    static func upperMember(_ proto: String) -> String {
        proto.split(separator: "_").map { acronyms[$0.lowercased()] ?? String($0).capitalizedFirst }
            .joined()
    }

    static func method(_ proto: String) -> String {
        proto.prefix(1).lowercased() + proto.dropFirst()
    }

    /// `Type` and `Protocol` cannot name a nested type in Swift.
    static func type(_ proto: String) -> String {
        if proto == "Any" { return "`Any`" }
        return ["Type", "Protocol", "Self"].contains(proto) ? proto + "_" : proto
    }

    static func swift(_ message: Descriptor) -> String {
        let parent = message.containingType.map { swift($0) } ?? namespace(message.file.package)
        return "\(parent).\(type(message.name))"
    }

    static func swift(_ enumeration: EnumDescriptor) -> String {
        let parent =
            enumeration.containingType.map { swift($0) } ?? namespace(enumeration.file.package)
        return "\(parent).\(type(enumeration.name))"
    }

    /// A oneof's enum; a nested type of the same name takes the plain name.
    static func type(_ oneof: OneofDescriptor) -> String {
        let plain = upperMember(oneof.name)
        let message = oneof.containingType!
        let taken = message.messages.map(\.name) + message.enums.map(\.name)
        return taken.contains(plain) ? plain + "Choice" : type(plain)
    }

    /// The enum's prefix off, lowerCamel: `DOSSIER_STATE_IN_WORK` is `inWork`.
    static func enumCase(_ value: EnumValueDescriptor) -> String {
        let prefix = snake(value.enumType.name).uppercased() + "_"
        var bare = Substring(value.name)
        if value.name.hasPrefix(prefix), value.name.count > prefix.count {
            let stripped = value.name.dropFirst(prefix.count)
            if !stripped.first!.isNumber { bare = stripped }
        }
        let name = member(String(bare))
        return ["all", "unrecognized", "none", "some"].contains(name) ? name + "_" : escaped(name)
    }

    /// protoc-c's `CamelToLower`: a run of capitals is one word.
    static func snake(_ camel: String) -> String {
        var result = ""
        var wasUpper = true
        for character in camel {
            if character.isUppercase, !wasUpper { result += "_" }
            result += character.lowercased()
            wasUpper = character.isUppercase
        }
        return result
    }

    static func cStruct(_ fullName: String) -> String {
        fullName.split(separator: ".").map { part in
            part.split(separator: "_", omittingEmptySubsequences: false)
                .map { String($0).capitalizedFirst }.joined()
        }.joined(separator: "__")
    }

    static func cFunctions(_ fullName: String) -> String {
        fullName.split(separator: ".").map { snake(String($0)) }.joined(separator: "__")
    }

    /// The member of the C struct, as Swift spells it.
    static func cField(_ proto: String) -> String {
        let name = proto.lowercased()
        if cKeywords.contains(name) { return name + "_" }
        return name == "init" ? "`init`" : name
    }
}
