import Foundation
import RPC

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

    /// A page ends before its messages take more bytes, so that it fits into a frame of 4 MiB.
    static let bytesMax = 3 << 20

    /// How many of the first messages a page holds: one at least.
    static func fitting(_ messages: [some Message]) throws(MessageError) -> Int {
        var bytes = 0
        for (index, message) in messages.enumerated() {
            bytes += try message.byteCount + Self.fieldBytesMax
            if bytes > bytesMax, index > 0 { return index }
        }
        return messages.count
    }

    /// What a message takes within another: its key and its length.
    private static let fieldBytesMax = 6

    static let violation = FieldViolation(
        "page_size", .outOfRange, "must be 1 to \(max), or left out")
}

/// One page of the numbered lines that belong to one thing, such as a dossier's history.
struct NumberedPage {
    let size: Int
    /// The number of the last line seen; 0 for the first page.
    let after: Int
    private let token: PageToken

    init(size: Int32, token text: String, scope: String) throws(Status) {
        guard let size = PageSize.resolve(size, default: Int(PageSize.max)) else {
            throw Status(invalid: [PageSize.violation])
        }
        self.size = size
        token = PageToken(scope: scope)
        guard !text.isEmpty else {
            after = 0
            return
        }
        guard let number = token.key(in: text).flatMap(Int.init), number >= 0 else {
            throw .badPageToken
        }
        after = number
    }

    /// - Parameter found: The lines after the last one seen, and one more than the page holds where
    ///   there are more.
    func cut<Line: Message>(_ found: [Line]) throws(MessageError) -> (lines: [Line], next: String) {
        let count = min(size, try PageSize.fitting(found))
        let next = count < found.count ? token.text(after: String(after + count)) : ""
        return (Array(found.prefix(count)), next)
    }
}

extension Message {
    fileprivate var byteCount: Int {
        get throws(MessageError) {
            var count = 0
            do {
                try serialize { (byteCount) throws(MessageError) in
                    count = byteCount
                    throw MessageError(.tooLarge, message: "only the size was asked for")
                }
            } catch {
                guard error.code == .tooLarge else { throw error }
            }
            return count
        }
    }
}
