import Testing
import VietQR

struct ReferenceTests {
    private let seed = Comment(rawValue: "MOTCUA_TEST_SEED=\(SeededRandom.seed)")
    private let prefix = ReferencePrefix("DVC")!

    @Test(arguments: ["DVC", "KBN", "ABZ"])
    func prefixesAreThreeLettersThatSurviveMisreading(text: String) {
        #expect(ReferencePrefix(text)?.text == text)
    }

    @Test(arguments: ["", "DV", "DVCX", "PHI", "LPX", "TOT", "AUB", "D1C", "dvc", "ĐVC", "D C"])
    func otherPrefixesAreNot(text: String) {
        #expect(ReferencePrefix(text) == nil)
    }

    @Test func drawnReferencesReadBackAndDiffer() throws {
        var random = SeededRandom(10)
        var drawn: Set<Reference> = []
        for _ in 0..<5_000 {
            let reference = Reference.draw(prefix: prefix, using: &random)
            let text = reference.text
            #expect(try Reference(text) == reference, seed)
            #expect(
                text.utf8.count == 15 && text.hasPrefix("DVC")
                    && !text.dropFirst().contains("DVC")
                    && text.allSatisfy { !"ILOU".contains($0) }, seed)
            drawn.insert(reference)
        }
        #expect(drawn.count == 5_000, seed)
    }

    @Test func everyCharacterOfTheBodyIsDrawn() {
        var random = SeededRandom(11)
        var seen = [Set<Character>](repeating: [], count: 10)
        for _ in 0..<3_000 {
            let body = Reference.draw(prefix: prefix, using: &random).text.dropFirst(3).dropLast(2)
            for (index, character) in body.enumerated() { seen[index].insert(character) }
        }
        #expect(seen.allSatisfy { $0.count == 32 }, seed)
    }

    @Test(arguments: [
        ("DVCK3X9QZ7M2T4", ReferenceRefusal.wrongLength(bytes: 14)),
        ("DVCK3X9QZ7M2T4JJ", .wrongLength(bytes: 16)),
        ("", .wrongLength(bytes: 0)),
        ("dvck3x9qz7m2t4j", .characterNotInAlphabet(offset: 0)),
        ("DVC-K3X9QZ7M2T4J", .characterNotInAlphabet(offset: 3)),
        ("DVCK3X9QZ7M2T4Ｊ", .characterNotInAlphabet(offset: 14)),
        ("DVC539007547O34", .characterNotInAlphabet(offset: 12)),
        ("539007547034DVC", .prefixNotLetters),
        ("DVCK3X9QZ7M2T4K", .checkCharactersWrong),
    ])
    func refusalsAreNamed(text: String, refusal: ReferenceRefusal) {
        #expect(throws: refusal) { try Reference(text) }
    }

    @Test func anySingleWrongCharacterIsRefused() {
        var random = SeededRandom(12)
        let scanner = ReferenceScanner(prefixes: [prefix])
        let folded: [Character: Character] = ["O": "0", "I": "1", "L": "1"]
        for _ in 0..<20 {
            let reference = Reference.draw(prefix: prefix, using: &random)
            let original = Array(reference.text)
            for index in original.indices {
                for character in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                where character != original[index] {
                    var wrong = original
                    wrong[index] = character
                    let text = String(wrong)
                    #expect((try? Reference(text)) == nil, seed)
                    let isMisreading = folded[character] == original[index]
                    #expect(
                        scanner.references(in: text) == (isMisreading ? [reference] : []), seed)
                }
            }
        }
    }

    @Test func anyTwoCharactersSwappedAreRefused() {
        var random = SeededRandom(13)
        let scanner = ReferenceScanner(prefixes: [prefix])
        for _ in 0..<50 {
            let reference = Reference.draw(prefix: prefix, using: &random)
            let original = Array(reference.text)
            for left in 0..<14 {
                for right in left + 1..<15 where original[left] != original[right] {
                    var swapped = original
                    swapped.swapAt(left, right)
                    #expect((try? Reference(String(swapped))) == nil, seed)
                    #expect(scanner.references(in: String(swapped)).isEmpty, seed)
                }
            }
        }
    }
}
