import Foundation
import Testing
import VietQR

struct ReferenceScannerTests {
    private let seed = Comment(rawValue: "MOTCUA_TEST_SEED=\(SeededRandom.seed)")
    static let scanner = ReferenceScanner(
        prefixes: [ReferencePrefix("DVC")!, ReferencePrefix("KBN")!])
    static let one = "DVCK3X9QZ7M2T4J"
    static let zeros = "DVC0000000001HJ"

    @Test(arguments: [
        one,
        "MBVCB.15444160238.\(one).CT tu 0011001234567 NGUYEN VAN A toi 0021000123456 KHO BAC",
        "MBVCB.1544416023.090822.\(one).CT tu 0011001234567 TRAN THI B toi 8888 SO TU PHAP (ACB) A Chau GD 174242-090822 15:45:46",
        "123456.090822.154546.\(one)",
        "FT24255276428461 123456.090822.154546.\(one)",
        "\(one) FT24255276428461",
        "MBVCB.15444160238.6218BFTVGL256UBX.\(one)",
        "QRIBFT \(one)",
        "Napas VietQR TT \(one) Tu: NGUYEN VAN A",
        "IBFT chuyen tien \(one)",
        "dvck3x9qz7m2t4j",
        "Lệ phí hồ sơ ĐVCK3X9QZ7M2T4J",
        "Lệ phí hồ sơ ĐVCK3X9QZ7M2T4J".decomposedStringWithCanonicalMapping,
        "đvcḱ3x9qz7ṃ2t4j".decomposedStringWithCanonicalMapping,
        "nop phiDVCK3X9QZ7M2T4JHanoi",
        "DVDVCK3X9QZ7M2T4J",
        "DVCDVCK3X9QZ7M2T4J",
        "DVCK3X 9QZ7M 2T4J",
        "DVC K3X9 QZ7M 2T4J",
        "D V C K 3 X 9 Q Z 7 M 2 T 4 J",
        "DVC-K3X9-QZ7M-2T4J",
        "DVC.K3X9.QZ7M.2T4J",
        "DVC – K3X9 – QZ7M2T4J",
        "DVCK3X9\r\nQZ7M2T4J",
        "DVCK3X9\u{A0}QZ7M\u{3000}2T4J",
        "DVC\u{200B}K3X9\u{AD}QZ7M\u{FEFF}2T4J",
        "ＤＶＣＫ３Ｘ９ＱＺ７Ｍ２Ｔ４Ｊ",
        "ｄｖｃｋ３ｘ９ｑｚ７ｍ２ｔ４ｊ",
        "\(one) \(one)",
        "DVC-K3X9-QZ7M-2T4J/dvck3x9qz7m2t4j",
    ])
    func referenceIsFoundThroughTheNoise(content: String) {
        #expect(Self.scanner.references(in: content).map(\.text) == [Self.one])
    }

    @Test(arguments: [
        "DVCOOOOOOOOOIHJ", "dvcooooooooolhj", "DVC0O0O0O0O0LHJ", "DVC 000000000í HJ",
        "DVCÓÒỎÕỌÔƠỢØĨHJ", "nop hoDVC000O00000IHJ090822",
    ])
    func misreadZerosAndOnesAreUndone(content: String) {
        #expect(Self.scanner.references(in: content).map(\.text) == [Self.zeros])
    }

    @Test func allDifferentReferencesAreFoundInOrder() throws {
        var random = SeededRandom(20)
        let other = Reference.draw(prefix: ReferencePrefix("KBN")!, using: &random).text
        let content = "\(Self.zeros)\(other) va \(Self.one.lowercased()), \(Self.zeros)"
        #expect(
            Self.scanner.references(in: content).map(\.text) == [Self.zeros, other, Self.one])
    }

    @Test(arguments: [
        "", "DVC", "DVCK3X9QZ7M2T4", "VCK3X9QZ7M2T4J", "DVCK3X9QZ7M2T4K", "DVCK3X9QZ7M24TJ",
        "DVCK3X9,QZ7M2T4J", "DVCK3X9_QZ7M2T4J", "DVCK3X9/QZ7M2T4J", "DVCK3X9Q?Z7M2T4J",
        "DV\u{421}K3X9QZ7M2T4J", "DVC٠000000001HJ", "DVC⁰000000001HJ", "DVCK3X9QZ7M2T4\u{1F600}J",
        "ISO793W", "XS868977863229AU", "KBNK3X9QZ7M2T4J",
        "MBVCB.15444160238.090822.154546.FT24255276428461",
        "0011001234567 toi 0021000123456 so tien 300000",
    ])
    func nothingIsGuessed(content: String) {
        #expect(Self.scanner.references(in: content).isEmpty)
    }

    @Test func prefixesOfOthersAreNotOurs() {
        var random = SeededRandom(21)
        let other = Reference.draw(prefix: ReferencePrefix("ABC")!, using: &random)
        #expect(Self.scanner.references(in: other.text).isEmpty)
    }

    @Test func everyReferenceIsFoundGluedAndBrokenAnywhere() {
        var random = SeededRandom(22)
        let separators = [" ", "-", ".", "\n", "\u{2009}", "\u{301}"]
        for _ in 0..<2_000 {
            let reference = Reference.draw(prefix: ReferencePrefix("DVC")!, using: &random)
            var content = random.text(of: alphanumerics + " .:,/", count: 0...40)
            for character in reference.text {
                content.append(
                    Bool.random(using: &random) ? character.lowercased() : String(character))
                if Int.random(in: 0..<5, using: &random) == 0 {
                    content += separators.randomElement(using: &random)!
                }
            }
            content += random.text(of: alphanumerics + " .:,/", count: 0...40)
            #expect(
                Self.scanner.references(in: content).contains(reference),
                "\(content.debugDescription) MOTCUA_TEST_SEED=\(SeededRandom.seed)")
        }
    }

    @Test func bareDigitsAreNeverAReference() {
        var random = SeededRandom(23)
        for _ in 0..<5_000 {
            let content = random.text(of: "0123456789 .-:", count: 15...60)
            #expect(Self.scanner.references(in: content).isEmpty, seed)
        }
    }

    /// The folding tables are held against Foundation's decomposition, letter by letter, through a
    /// reference whose first body character is the letter in question.
    @Test func foldingAgreesWithUnicode() throws {
        let undecomposed: [UInt32: String] = [
            0xD0: "D", 0xF0: "D", 0x110: "D", 0x111: "D", 0xD8: "O", 0xF8: "O", 0x126: "H",
            0x127: "H", 0x131: "I", 0x141: "L", 0x142: "L", 0x166: "T", 0x167: "T",
        ]
        let ranges: [ClosedRange<UInt32>] = [
            0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0xC0...0x17F, 0x1A0...0x1A1, 0x1AF...0x1B0,
            0x1EA0...0x1EF9, 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A,
        ]
        var compared = 0
        for value in ranges.joined() {
            let scalar = try #require(Unicode.Scalar(value))
            let parts = String(scalar).decomposedStringWithCompatibilityMapping.unicodeScalars
            let base = String(
                String.UnicodeScalarView(
                    parts.filter {
                        $0.properties.canonicalCombiningClass == .notReordered && $0 != "\u{B7}"
                    }))
            let expected = undecomposed[value] ?? base.uppercased()
            let corrected = ["O": "0", "I": "1", "L": "1"][expected] ?? expected
            let isPart = corrected.utf8.count == 1 && corrected != "U"
            guard isPart, let reference = Self.reference(bodyStartingWith: corrected) else {
                continue
            }
            let content = "DVC" + String(scalar) + reference.text.dropFirst(4)
            #expect(
                Self.scanner.references(in: content) == [reference],
                "U+\(String(value, radix: 16))")
            compared += 1
        }
        #expect(compared > 350)
    }

    private static func reference(bodyStartingWith first: String) -> Reference? {
        for tail in 0..<1_000 {
            let body =
                "DVC\(first)" + String(repeating: "0", count: 9 - String(tail).count) + "\(tail)"
            guard let (high, low) = CheckCharacters.mod1271(for: body.utf8) else { return nil }
            if let reference = try? Reference(body + String(decoding: [high, low], as: UTF8.self)) {
                return reference
            }
        }
        return nil
    }
}
