import RPCTesting
import Testing

@testable import Records

@Suite struct LookUpSecretTests {
    /// The system's generator asks the kernel for each draw, on the writer's thread.
    private struct Counting: RandomNumberGenerator {
        var source = SeededRandom(seed: 7)
        var drawCount = 0

        mutating func next() -> UInt64 {
            drawCount += 1
            return source.next()
        }
    }

    @Test func aHandInDrawsFiveWordsAndUsesTheWholeAlphabet() {
        var random = Counting()
        var secrets: Set<String> = []
        var ids: Set<String> = []
        var salts: Set<[UInt8]> = []
        for _ in 0..<500 {
            let secret = LookUpSecret(from: &random)
            let stored = secret.stored(from: &random)
            #expect(secret.matches(stored) && !secret.matches(.impossible))
            #expect(LookUpSecret(typed: secret.text.lowercased())?.text == secret.text)
            secrets.insert(secret.text)
            salts.insert(stored.salt)
            ids.insert(DossierID.make(milliseconds: 1_770_000_000_000, from: &random))
        }
        #expect(random.drawCount == 500 * 5)
        #expect([secrets.count, ids.count, salts.count] == [500, 500, 500])
        #expect(Set(salts.map(\.count)) == [LookUpSecret.saltBytes])
        for position in 0..<LookUpSecret.characterCount {
            #expect(Set(secrets.map { Array($0.utf8)[position] }).count == 32)
        }
        for position in 10..<26 {
            #expect(Set(ids.map { Array($0.utf8)[position] }).count == 32)
        }
        #expect(Set(ids.map { $0.prefix(10) }).count == 1 && ids.allSatisfy { $0.count == 26 })
        for position in 0..<LookUpSecret.saltBytes {
            #expect(Set(salts.map { $0[position] }).count > 200)
        }
    }
}
