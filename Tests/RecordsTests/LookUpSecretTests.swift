import RPCTesting
import Testing

@testable import Records

@Suite struct LookUpSecretTests {
    /// The system's generator asks the kernel for each draw.
    private struct Counting: RandomNumberGenerator {
        var source = SeededRandom(seed: 7)
        var drawCount = 0

        mutating func next() -> UInt64 {
            drawCount += 1
            return source.next()
        }
    }

    @Test func anIDDrawsTwoWordsAndItsSecretUsesTheWholeAlphabet() {
        var random = Counting()
        let key = LookUpKey(LookUpKey.newBytes(from: &random))
        let other = LookUpKey(LookUpKey.newBytes(from: &random))
        #expect(random.drawCount == 8)
        var secrets: Set<String> = []
        var ids: Set<String> = []
        for _ in 0..<500 {
            let id = DossierID.make(milliseconds: 1_770_000_000_000, from: &random)
            let secret = key.secret(of: id)
            #expect(key.secret(of: id).matches(secret) && !other.secret(of: id).matches(secret))
            #expect(LookUpSecret(typed: secret.text.lowercased())?.text == secret.text)
            secrets.insert(secret.text)
            ids.insert(id)
        }
        #expect(random.drawCount == 8 + 500 * 2)
        #expect([secrets.count, ids.count] == [500, 500])
        for position in 0..<LookUpSecret.characterCount {
            #expect(Set(secrets.map { Array($0.utf8)[position] }).count == 32)
        }
        for position in 10..<26 {
            #expect(Set(ids.map { Array($0.utf8)[position] }).count == 32)
        }
        #expect(Set(ids.map { $0.prefix(10) }).count == 1 && ids.allSatisfy { $0.count == 26 })
    }

    /// `printf d | openssl dgst -sha256 -mac hmac -macopt hexkey:0b…0b`, its first 50 bits.
    @Test func aSecretIsTheBeginningOfAnHMAC() {
        let key = LookUpKey([UInt8](repeating: 0x0B, count: 32))
        #expect(key.secret(of: "d").text == "R1W56K1QJP")
    }
}
