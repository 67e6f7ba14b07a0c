import Digitization
import Testing

@Suite struct ModelTests {
    @Test func namesAreComposedAndCannotDeceive() {
        #expect(FileName("gia\u{302}\u{301}y.pdf")?.text == "gi\u{1EA5}y.pdf")
        #expect(FileName("")?.text == "")
        #expect(FileName("a\u{0}b") == nil)
        #expect(FileName("a\u{7F}b") == nil)
        #expect(FileName("a\u{2028}b") == nil)
        #expect(FileName("a\u{2066}b") == nil)
        #expect(FileName("a\u{202E}fdp.exe") == nil)
    }

    @Test func typesAreToldByTheFirstBytesAlone() {
        #expect(MediaType(prefix: Array("%PDF-1.7".utf8)) == .pdf)
        #expect(MediaType(prefix: Array(" %PDF-1.7".utf8)) == nil)
        #expect(MediaType(prefix: Array("%PDF".utf8)) == nil)
        #expect(MediaType(prefix: Sample.png.prefix(8)) == .png)
        #expect(MediaType(prefix: Sample.png.prefix(7)) == nil)
        #expect(MediaType(prefix: Sample.jpeg) == .jpeg)
        #expect(MediaType(prefix: [0x49, 0x49, 0x2B, 0x00]) == nil)
        #expect(MediaType(prefix: [UInt8]()) == nil)
    }

    @Test func aDigestIsWrittenAndReadInHexadecimal() throws {
        let bytes = (0..<32).map { UInt8($0 * 8) }
        let digest = try #require(ContentDigest(bytes))
        #expect(
            digest.description == "0008101820283038404850586068707880889098a0a8b0b8c0c8d0d8e0e8f0f8"
        )
        #expect(ContentDigest(hexadecimal: digest.description) == digest)
        #expect(ContentDigest(hexadecimal: digest.description.uppercased()) == nil)
        #expect(ContentDigest(hexadecimal: String(digest.description.dropLast())) == nil)
        #expect(ContentDigest(Array(bytes.dropLast())) == nil)
    }
}
