import Records
import Testing

@Suite struct FoldingTests {
    @Test(arguments: [
        ("Đăng ký khai sinh", "dang ky khai sinh"),
        ("ĐƯỜNG  bộ – Đất đai", "duong bo dat dai"),
        ("Thi đua – Khen thưởng", "thi dua khen thuong"),
        ("e\u{302}\u{301} = ế", "e e"),
        ("Mẫu số 01/TT-BTP.", "mau so 01 tt btp"),
        ("  ", ""),
        ("ŨỮỰƠƯ", "uuuou"),
    ])
    func marksAndStrokesComeOff(text: String, folded: String) {
        #expect(Folding.fold(text) == folded)
    }

    @Test(arguments: ["", " ", "a", "đ", "-- ?", "\"*"])
    func aQueryOfLessThanTwoLettersIsNone(query: String) {
        #expect(Folding.words(ofQuery: query) == nil)
    }

    @Test func aQueryIsItsFoldedWords() {
        #expect(Folding.words(ofQuery: "Đăng ký \"khai\" sinh*") == ["dang", "ky", "khai", "sinh"])
        #expect(Folding.words(ofQuery: String(repeating: "ab ", count: 17)) == nil)
    }
}
