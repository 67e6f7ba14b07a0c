import Foundation
import Ledger
import Testing

struct DongInWordsTests {
    static let northern: [(Int64, String)] = [
        (0, "Không đồng"),
        (1, "Một đồng"),
        (4, "Bốn đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (11, "Mười một đồng"),
        (14, "Mười bốn đồng"),
        (15, "Mười lăm đồng"),
        (20, "Hai mươi đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi tư đồng"),
        (25, "Hai mươi lăm đồng"),
        (31, "Ba mươi mốt đồng"),
        (44, "Bốn mươi tư đồng"),
        (55, "Năm mươi lăm đồng"),
        (99, "Chín mươi chín đồng"),
        (100, "Một trăm đồng"),
        (101, "Một trăm linh một đồng"),
        (104, "Một trăm linh bốn đồng"),
        (105, "Một trăm linh năm đồng"),
        (110, "Một trăm mười đồng"),
        (111, "Một trăm mười một đồng"),
        (115, "Một trăm mười lăm đồng"),
        (121, "Một trăm hai mươi mốt đồng"),
        (505, "Năm trăm linh năm đồng"),
        (999, "Chín trăm chín mươi chín đồng"),
        (1_000, "Một nghìn đồng"),
        (1_001, "Một nghìn không trăm linh một đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (1_015, "Một nghìn không trăm mười lăm đồng"),
        (1_050, "Một nghìn không trăm năm mươi đồng"),
        (1_100, "Một nghìn một trăm đồng"),
        (8_000, "Tám nghìn đồng"),
        (10_000, "Mười nghìn đồng"),
        (15_000, "Mười lăm nghìn đồng"),
        (21_500, "Hai mươi mốt nghìn năm trăm đồng"),
        (75_000, "Bảy mươi lăm nghìn đồng"),
        (100_000, "Một trăm nghìn đồng"),
        (105_000, "Một trăm linh năm nghìn đồng"),
        (300_000, "Ba trăm nghìn đồng"),
        (1_000_000, "Một triệu đồng"),
        (1_000_005, "Một triệu không trăm linh năm đồng"),
        (1_005_000, "Một triệu không trăm linh năm nghìn đồng"),
        (1_250_000, "Một triệu hai trăm năm mươi nghìn đồng"),
        (24_024_024, "Hai mươi tư triệu không trăm hai mươi tư nghìn không trăm hai mươi tư đồng"),
        (
            499_999_999,
            "Bốn trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín đồng"
        ),
        (1_000_000_000, "Một tỷ đồng"),
        (1_000_000_001, "Một tỷ không trăm linh một đồng"),
        (1_005_000_000, "Một tỷ không trăm linh năm triệu đồng"),
        (21_000_000_000, "Hai mươi mốt tỷ đồng"),
        (2_000_000_000_000, "Hai nghìn tỷ đồng"),
        (2_005_000_000_000, "Hai nghìn không trăm linh năm tỷ đồng"),
        (1_000_500_000_000, "Một nghìn tỷ năm trăm triệu đồng"),
        (3_000_000_000_000_000, "Ba triệu tỷ đồng"),
        (1_000_000_000_000_000_000, "Một tỷ tỷ đồng"),
        (
            .max,
            "Chín tỷ hai trăm hai mươi ba triệu ba trăm bảy mươi hai nghìn không trăm ba mươi sáu tỷ "
                + "tám trăm năm mươi tư triệu bảy trăm bảy mươi lăm nghìn tám trăm linh bảy đồng"
        ),
    ]

    @Test(arguments: northern)
    func amountsAreSpokenAsInTheCapital(amountDong: Int64, words: String) {
        #expect(Array(DongInWords.text(amountDong).utf8) == Array(words.utf8))
    }

    @Test(arguments: [
        (Int64(105), "Một trăm lẻ năm đồng"),
        (1_005, "Một ngàn không trăm lẻ năm đồng"),
        (300_000, "Ba trăm ngàn đồng"),
        (2_000_000_000_000, "Hai ngàn tỷ đồng"),
    ])
    func southernUsageDiffersInTwoWords(amountDong: Int64, words: String) {
        #expect(DongInWords.text(amountDong, usage: .southern) == words)
    }

    @Test func textIsComposed() {
        for (amountDong, _) in Self.northern {
            let text = DongInWords.text(amountDong)
            #expect(Array(text.precomposedStringWithCanonicalMapping.utf8) == Array(text.utf8))
        }
    }
}
