import Testing
import VietQR

struct CheckDigitTests {
    @Test func crcHasItsPublishedCheckValue() {
        #expect(CRC16.ccittFalse("123456789".utf8) == 0x29B1)
        #expect(CRC16.ccittFalse([]) == 0xFFFF)
    }

    @Test(arguments: [
        ("ISO79", "3W"), ("XS868977863229", "AU"), ("AEIOU1592430QWERTY", "0Z"),
        ("A12425GABC1234002", "GK"), ("539007547034", "XV"),
        ("DVC0000000001", "HJ"), ("DVC0000000010", "SJ"),
        ("DVCK3X9QZ7M2T", "4J"), ("DVC7M2TK3X9QZ", "WS"),
    ])
    func mod1271MatchesPublishedVectors(body: String, check: String) throws {
        let (first, second) = try #require(CheckCharacters.mod1271(for: body.utf8))
        #expect(String(decoding: [first, second], as: UTF8.self) == check)
        #expect(CheckCharacters.areValid((body + check).utf8))
    }

    @Test(arguments: ["", "A", "3W", "ISO793X", "ISO973W", "iso793w", "ISO79-3W", "ISO793w"])
    func mod1271RefusesWhatIsNotInItsForm(text: String) {
        #expect(!CheckCharacters.areValid(text.utf8))
    }

    @Test func mod1271HasNoCheckForOtherCharacters() {
        #expect(CheckCharacters.mod1271(for: "dvc".utf8) == nil)
        #expect(CheckCharacters.mod1271(for: "DVC 1".utf8) == nil)
    }
}
