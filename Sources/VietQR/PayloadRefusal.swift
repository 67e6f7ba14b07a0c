/// Where in a payload an object stands: "38.01.01" is object 01 of object 01 of object 38.
package struct ObjectPath: Hashable, Sendable, CustomStringConvertible {
    /// At most three identifiers of two digits, packed in base 100 behind a leading one.
    private let packed: UInt32

    package static let root = ObjectPath(packed: 1)

    private init(packed: UInt32) {
        self.packed = packed
    }

    package init(_ ids: UInt8...) {
        self = ids.reduce(.root) { $0.appending($1) }
    }

    func appending(_ id: UInt8) -> ObjectPath {
        ObjectPath(packed: packed * 100 + UInt32(id))
    }

    /// Identifiers with two digits each, joined by dots; empty for the payload itself.
    package var description: String {
        var ids: [String] = []
        var rest = packed
        while rest > 1 {
            let id = rest % 100
            ids.insert(id < 10 ? "0\(id)" : "\(id)", at: 0)
            rest /= 100
        }
        return ids.joined(separator: ".")
    }
}

/// Why a payload is not one to pay: the first fault found, and where.
///
/// Faults are looked for in this order: bytes, objects of the root, CRC, objects inside templates,
/// values. A fault of structure behind a right CRC is therefore the issuer's own.
package struct PayloadRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Reason: String, Sendable, CaseIterable {
        case empty
        case tooLong
        case notUTF8
        case controlCharacter

        case formatIndicatorNotFirst
        case identifierNotDigits
        case lengthNotDigits
        case lengthZero
        /// Fewer characters are left than an identifier and a length need.
        case objectCutOff
        /// The length reaches beyond the end of the payload, or of the template around the object.
        case lengthBeyondEnd
        case duplicateObject
        case objectMissing
        /// An object that the standard does not allow at this place.
        case objectUnexpected
        case checksumMissing
        case checksumNotLast
        case checksumMalformed
        case checksumWrong

        case versionUnsupported
        case initiationUnknown
        case notNAPAS
        case serviceUnknown
        case currencyNotVND
        case countryNotVietnam
        case valueTooLong
        case valueTooShort
        case notDigits
        case notPrintableASCII
        case accountNumberCharacter
        case amountMalformed
        /// The dong has no decimals.
        case amountHasDecimals
        case amountZero
        case amountAboveTransferLimit
    }

    package let reason: Reason
    /// The object at fault; the template around it where the object cannot be named.
    package let path: ObjectPath
    /// Bytes from the start of the payload to the fault.
    package let offset: Int

    package init(_ reason: Reason, _ path: ObjectPath, offset: Int) {
        self.reason = reason
        self.path = path
        self.offset = offset
    }

    package var description: String {
        path == .root ? "\(reason) at byte \(offset)" : "\(reason) in \(path) at byte \(offset)"
    }
}
