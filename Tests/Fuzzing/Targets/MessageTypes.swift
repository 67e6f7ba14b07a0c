import GoldenMessages
import Messages
import RPC

/// Every message of the product and every golden one, chosen by two bytes of an input.
///
/// A type stands at the hash of its name on a ring of 2^16 points and has the points up to it: a type that is
/// added takes a few points from one other, so that the corpus keeps its meaning.
enum MessageTypes {
    struct Entry {
        let point: UInt16
        let type: any StoredMessage.Type
        let registry: MessageRegistry
    }

    static let all: [Entry] = [MessageRegistry.product, .golden].flatMap { registry in
        registry.messageNames.map { name in
            guard let type = registry.type(named: name) as? any StoredMessage.Type else {
                fatalError("\(name) is in its registry's names and not in its types")
            }
            return Entry(point: point(of: name), type: type, registry: registry)
        }
    }.sorted { $0.point < $1.point }

    static func at(_ point: Int) -> Entry {
        all.first { $0.point >= point } ?? all[0]
    }

    /// FNV-1a, folded.
    private static func point(of name: String) -> UInt16 {
        let hash = name.utf8.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return UInt16(truncatingIfNeeded: hash ^ hash >> 16)
    }
}
