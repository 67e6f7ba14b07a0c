import Testing

@testable import Records

struct JSONTextTests {
    @Test(
        "a list of texts is read back as it was written",
        arguments: [
            [], [""], ["", ""], ["H26.101.00"], ["a,b", "[", "]"], ["\"", "\\", "\n"],
            ["Sở Xây dựng", "\u{301}đứng đầu"], ["\",\""], [",", ","],
        ] as [[String]])
    func roundTrip(_ texts: [String]) throws {
        let json = try JSONText.encode(texts)
        #expect(try JSONText.decode(json) == texts, "\(json)")
    }

    @Test(
        "other JSON of the same meaning is read too",
        arguments: [
            ("[ ]", []), ("[ \"a\" , \"b\" ]", ["a", "b"]), ("[\"\\u0061\"]", ["a"]),
        ] as [(String, [String])])
    func spellings(_ json: String, _ texts: [String]) throws {
        #expect(try JSONText.decode(json) == texts)
    }

    @Test(
        "what is no list of texts is refused",
        arguments: [
            "", "[", "\"a\"", "[\"a\"\"b\"]", "[\"a\",\"]", "[1]", "[\"a\" 1 \"b\"]",
        ])
    func others(_ json: String) {
        #expect(throws: (any Error).self) { try JSONText.decode(json) }
    }
}
