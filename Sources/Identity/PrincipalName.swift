/// The one list of names that all callers share: a `request_id` belongs to the name that sent it,
/// so two callers never go by the same. The gateway besides refuses a token that names the
/// principal of a uid.
package enum PrincipalName {
    /// The longest name, in bytes of UTF-8.
    package static let bytesMax = 128

    package static let gateway = "gateway"
    package static let supervisor = "supervisor"
    package static let anonymous = "anonymous"
    /// Whom the principals file that `motcua up` writes names.
    package static let `operator` = "operator"

    /// Processes of the system and those who prove nothing.
    static let ownNames: Set<String> = [gateway, supervisor, anonymous]

    /// A token may name this official.
    static func mayBeOfficial(_ name: String) -> Bool {
        mayBeOfPeer(name) && name != `operator`
    }

    /// The principals file may name a uid so.
    static func mayBeOfPeer(_ name: String) -> Bool {
        // The colon is kept for names with a prefix, should callers of another kind come.
        !ownNames.contains(name) && (1...bytesMax).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy {
                $0 != ":" && $0.properties.generalCategory != .control
            }
    }

    static let officialRule =
        "it has 1 to \(bytesMax) bytes with no colon, and is not \(names), operator, nor "
        + "a principal of a uid"
    static let peerRule = "it has 1 to \(bytesMax) bytes with no colon, and is not \(names)"

    private static var names: String { ownNames.sorted().joined(separator: ", ") }
}
