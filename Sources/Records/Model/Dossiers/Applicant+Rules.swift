import WorkingTime

extension Applicant {
    package static let fullNameCharactersMax = 200
    package static let addressCharactersMax = 500

    /// Everything that is wrong with the applicant, in the order of the fields.
    ///
    /// - Parameter day: Today: nobody is born after it.
    package func violations(on day: CivilDate) -> [FieldViolation] {
        var violations: [FieldViolation] = []
        if fullName.allSatisfy(\.isWhitespace) {
            violations.append(
                FieldViolation("applicant.full_name", .required, "give the applicant's full name"))
        } else if fullName.unicodeScalars.count > Self.fullNameCharactersMax {
            violations.append(
                FieldViolation(
                    "applicant.full_name", .tooLong,
                    "give at most \(Self.fullNameCharactersMax) characters"))
        }
        for (field, text) in [("full_name", fullName), ("address", address)]
        where text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            violations.append(
                FieldViolation(
                    "applicant.\(field)", .malformed,
                    "write it on one line, without control characters"))
        }
        if !identityNumber.isEmpty {
            violations += IdentityNumber.violation(identityNumber, on: day).map { [$0] } ?? []
        }
        violations += birthAndSexViolations(on: day)
        if !phone.isEmpty, !Self.isPhone(phone) {
            violations.append(
                FieldViolation(
                    "applicant.phone", .malformed,
                    "give digits only: 10 beginning with 03, 05, 07, 08 or 09, or 11 of a landline beginning with 02"
                ))
        }
        if !email.isEmpty, !Self.isEmail(email) {
            violations.append(
                FieldViolation(
                    "applicant.email", .malformed, "give one address such as ten@example.vn"))
        }
        if address.unicodeScalars.count > Self.addressCharactersMax {
            violations.append(
                FieldViolation(
                    "applicant.address", .tooLong,
                    "give at most \(Self.addressCharactersMax) characters"))
        }
        return violations
    }

    static func isPhone(_ text: String) -> Bool {
        let digits = Array(text.utf8)
        guard digits.allSatisfy(isDigit), digits.count >= 2, digits[0] == UInt8(ascii: "0") else {
            return false
        }
        switch digits[1] {
        case UInt8(ascii: "3"), UInt8(ascii: "5"), UInt8(ascii: "7"), UInt8(ascii: "8"),
            UInt8(ascii: "9"):
            return digits.count == 10
        case UInt8(ascii: "2"): return digits.count == 11
        default: return false
        }
    }

    /// The shape alone, within RFC 5321's sizes; whether anybody reads it only a message can tell.
    static func isEmail(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count <= 254, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return false
        }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count) else { return false }
        if parts[0].hasPrefix(".") || parts[0].hasSuffix(".") || parts[0].contains("..") {
            return false
        }
        if parts[0].utf8.contains(where: { Array("\"(),:;<>[\\]".utf8).contains($0) }) {
            return false
        }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-")
                    && !label.hasSuffix("-")
                    && label.utf8.allSatisfy {
                        isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-")
                    }
            }
    }
}

/// Numbers that identify a person or a taxpayer.
package enum IdentityNumber {
    static func violation(_ text: String, on day: CivilDate) -> FieldViolation? {
        let field = "applicant.identity_number"
        let bytes = Array(text.utf8)
        // 10 digits, a hyphen and the branch's three (Circular 86/2024 art. 5).
        let isBranch = bytes.count == 14 && bytes[10] == UInt8(ascii: "-")
        let digits = (isBranch ? bytes[..<10] + bytes[11...] : bytes[...])
            .map { Int($0) - 0x30 }
        guard digits.allSatisfy((0...9).contains) else {
            return FieldViolation(
                field, .malformed, "give digits only: a personal identification number has 12")
        }
        switch (digits.count, isBranch) {
        case (12, false):
            return isPersonalNumber(digits, on: day)
                ? nil
                : FieldViolation(
                    field, .implausible,
                    "compare with the card: place, century and year of birth of this number do not fit"
                )
        case (9, _): return nil
        case (10, _), (13, _):
            return isTaxCode(digits)
                ? nil
                : FieldViolation(
                    field, .implausible, "compare the tax code: its check digit does not fit")
        default:
            return FieldViolation(
                field, .malformed,
                "give the 12 digits of the personal identification number, the 9 of the old card, or the 10 or 13 of a tax code"
            )
        }
    }

    /// The codes of provinces in registrations of birth; they outlive the mergers of 2025. Codes
    /// from 100 up are countries (Circular 59/2021).
    private static let provinces: Set<Int> = [
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36,
        37, 38,
        40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77,
        79, 80,
        82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
    ]
    /// Three digits of the place, one of century and sex, two of the year, six at random: no check
    /// digit.
    private static func isPersonalNumber(_ digits: [Int], on day: CivilDate) -> Bool {
        let place = digits[0] * 100 + digits[1] * 10 + digits[2]
        let year = PersonalNumber.birthYear(of: digits)
        return (place >= 100 || provinces.contains(place)) && year <= day.year
            && year >= day.year - Applicant.ageYearsMax
    }

    private static func isTaxCode(_ digits: [Int]) -> Bool {
        let weights = [31, 29, 23, 19, 17, 13, 7, 5, 3]
        let sum = zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
        return digits[2..<9].contains { $0 != 0 } && digits[9] == 10 - sum % 11
            && (digits.count == 10 || digits[10...].contains { $0 != 0 })
    }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
private func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
}
