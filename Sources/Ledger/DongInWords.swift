/// An amount in Vietnamese words, as receipts carry it beside the figures (Decree 254/2026).
package enum DongInWords {
    package enum Usage: Sendable, CaseIterable {
        /// Linh, nghìn: the wording of laws and of the capital.
        case northern
        /// Lẻ, ngàn.
        case southern

        fileprivate var zeroTens: String { self == .northern ? "linh" : "lẻ" }
        fileprivate var thousand: String { self == .northern ? "nghìn" : "ngàn" }
    }

    /// `300_000` is "Ba trăm nghìn đồng": a capital first, NFC, no full stop.
    ///
    /// - Precondition: the amount is not negative; a receipt never states less than nothing.
    package static func text(_ amountDong: Int64, usage: Usage = .northern) -> String {
        precondition(amountDong >= 0, "an amount on a receipt is not negative")
        let words = amountDong == 0 ? ["không"] : words(amountDong, usage, isLeading: true)
        let sentence = words.joined(separator: " ")
        return sentence.prefix(1).uppercased() + sentence.dropFirst() + " đồng"
    }

    private static let digits = [
        "không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín",
    ]

    /// Counts in tỷ (10⁹) beyond the first nine digits: a thousand million million is "một triệu
    /// tỷ".
    private static func words(_ number: Int64, _ usage: Usage, isLeading: Bool) -> [String] {
        let (billions, rest) = number.quotientAndRemainder(dividingBy: 1_000_000_000)
        var words: [String] = []
        if billions > 0 { words += Self.words(billions, usage, isLeading: isLeading) + ["tỷ"] }
        for (unit, name) in [(Int64(1_000_000), "triệu"), (1000, usage.thousand), (1, "")] {
            let group = Int(rest / unit % 1000)
            guard group > 0 else { continue }
            words += self.group(group, usage, isLeading: isLeading && words.isEmpty)
            if !name.isEmpty { words.append(name) }
        }
        return words
    }

    /// Behind a higher group every group says its hundreds: "một nghìn không trăm linh năm".
    private static func group(_ number: Int, _ usage: Usage, isLeading: Bool) -> [String] {
        let (hundreds, below) = number.quotientAndRemainder(dividingBy: 100)
        let (tens, ones) = below.quotientAndRemainder(dividingBy: 10)
        var words: [String] = []
        if hundreds > 0 || !isLeading { words += [digits[hundreds], "trăm"] }
        switch tens {
        case 0 where ones > 0 && !words.isEmpty: words.append(usage.zeroTens)
        case 0: break
        case 1: words.append("mười")
        default: words += [digits[tens], "mươi"]
        }
        switch (tens, ones) {
        case (_, 0): break
        case (2..., 1): words.append("mốt")
        case (2..., 4): words.append("tư")
        case (1..., 5): words.append("lăm")
        default: words.append(digits[ones])
        }
        return words
    }
}
