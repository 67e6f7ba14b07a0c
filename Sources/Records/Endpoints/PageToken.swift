import Foundation

/// Where the next page begins, for one list and one filter. Callers hand it back as they got it.
struct PageToken {
    /// The list and its filter; a token of another is refused.
    let scope: String

    func text(after key: String) -> String {
        Data("\(scope)\n\(key)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// The key that a token holds; `nil` when it is no token of this list and filter.
    func key(in text: String) -> String? {
        let standard = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - standard.count % 4) % 4)
        guard text.utf8.count <= 1024, let data = Data(base64Encoded: standard + padding),
            let decoded = String(validating: data, as: UTF8.self), decoded.hasPrefix(scope + "\n")
        else { return nil }
        return String(decoded.dropFirst(scope.count + 1))
    }
}

/// How many to return: what was asked for, or a default for zero.
enum PageSize {
    static let max: Int32 = 100

    /// - Returns: `nil` when it is out of range.
    static func resolve(_ asked: Int32, default: Int) -> Int? {
        switch asked {
        case 0: `default`
        case 1...max: Int(asked)
        default: nil
        }
    }

    static let violation = FieldViolation(
        "page_size", .outOfRange, "ask for 1 to \(max), or leave it out")
}
