import Foundation

/// Reads a fee line as a source prints it: `Lệ phí : 40.000 Đồng` and an explanation. The amount is
/// the number before the word Đồng at the beginning, and nothing else: numbers of the explanation,
/// of other currencies and shares are never amounts.
struct RawFee: Equatable {
    var amount: FeeAmount
    var per = ""
    var note: String
    var doubts: [String] = []

    enum Reading: Equatable {
        case fee(RawFee)
        case refused(String)
    }

    static func read(_ printed: String, kind: FeeKind) -> Reading {
        let text = RawText.tidy(printed)
        let (label, body) = parted(text)
        let (number, rest) = leadingNumber(of: body)
        var fee = RawFee(amount: .open, note: rest)
        guard let number else {
            if let after = body.removingPrefix("Đồng") {
                fee.note = after
            } else {
                fee.note = body
                if isForeign(body) {
                    fee.doubts.append("prints no amount in đồng: it is left open")
                }
            }
            fee.finish(label, kind)
            return .fee(fee)
        }
        if let after = ["Đồng", "VNĐ", "VND", "đ"].lazy.compactMap({ rest.removingPrefix($0) })
            .first
        {
            guard let dong = amount(number) else {
                return .refused(
                    "\(RawText.quoted(number)) is grouped badly: group by three digits, as in 15.000.000"
                )
            }
            fee.note = after
            fee.setDong(dong, number: number)
        } else if rest.hasPrefix("%") || isForeign(RawText.cut(rest, charactersMax: 12)) {
            fee.note = body
            fee.doubts.append("prints no amount in đồng: it is left open")
        } else if let dong = amount(number), dong == 0 || dong >= leastDong {
            fee.setDong(dong, number: number)
            fee.doubts.append("prints no currency: read as đồng")
        } else {
            fee.note = body
            fee.doubts.append("prints a number without a currency: the amount is left open")
        }
        fee.finish(label, kind)
        return .fee(fee)
    }

    /// No fee is as small; a smaller number without a currency may be anything.
    private static let leastDong: Int64 = 1_000

    private mutating func setDong(_ dong: Int64, number: String) {
        amount = .dong(dong)
        if number.contains(",") { doubts.append("groups the digits of \(number) by commas") }
        guard dong == 0, !Self.isFree(note) else { return }
        if Self.isDecidedElsewhere(note) {
            amount = .open
            doubts.append("prints 0 Đồng beside words that somebody sets the fee: it is left open")
        } else if Self.dongAmounts(in: note).contains(where: { $0 != "0" }) {
            amount = .open
            doubts.append("prints 0 Đồng and another amount in words: it is left open")
        }
    }

    private mutating func finish(_ label: String, _ kind: FeeKind) {
        let amounts = Self.dongAmounts(in: note)
        if case .dong(let dong) = amount, dong > 0,
            let other = amounts.first(where: { Self.amount($0) != dong })
        {
            doubts.append("prints \(RawText.quoted(other)) đồng in words as well")
        } else if amount == .open, !amounts.isEmpty, doubts.isEmpty {
            doubts.append("prints amounts in words alone: none is taken")
        }
        let called = Folding.fold(note)
        if kind == .charge, label.hasPrefix("Lệ phí"), called.hasPrefix("phi ") {
            doubts.append("is labelled Lệ phí and called Phí")
        }
        if kind == .serviceFee, called.hasPrefix("le phi ") {
            doubts.append("is labelled Phí and called Lệ phí")
        }
        per = Self.per(in: note)
        note = RawText.cut(note, charactersMax: 400)
    }

    /// Whether an explanation says that nobody pays; an exemption of some says it not.
    private static func isFree(_ note: String) -> Bool {
        let text = note.lowercased()
        return ["không thu", "không có", "không quy định", "không phải nộp", "không mất"].contains(
            where: text.hasPrefix)
            || ["miễn", "miễn phí", "miễn lệ phí"].contains(
                text.trimmingCharacters(in: CharacterSet(charactersIn: ". ")))
    }

    /// Whether somebody else sets the amount.
    private static func isDecidedElsewhere(_ note: String) -> Bool {
        let text = note.lowercased()
        return [
            "hội đồng nhân dân", "hđnd", "quyết định", "theo quy định", "mức cụ thể",
            "lệ phí cụ thể", "phí cụ thể", "theo thông tư", "theo nghị quyết", "theo mức thu",
        ].contains(where: text.contains)
    }

    private static func parted(_ text: String) -> (label: String, body: String) {
        let labels = ["Lệ phí", "Phí", "Mức giá", "Mức phí", "Mức lệ phí", "Giá", "Mức thu"]
        for label in labels {
            guard let rest = text.removingPrefix(label), rest.hasPrefix(":") else { continue }
            return (label, RawText.tidy(String(rest.dropFirst())))
        }
        return ("", text)
    }

    /// The number at the beginning, with its points and commas, and what follows it.
    private static func leadingNumber(of body: String) -> (String?, String) {
        var number = String(body.prefix { $0.isASCII && $0.isNumber || $0 == "." || $0 == "," })
        while number.last == "." || number.last == "," { number.removeLast() }
        guard number.first?.isNumber == true else { return (nil, body) }
        return (number, RawText.tidy(String(body.dropFirst(number.count))))
    }

    /// Digits alone or in groups of three.
    private static func amount(_ number: String) -> Int64? {
        for separator: Character in [".", ","] where number.contains(separator) {
            let groups = number.split(separator: separator, omittingEmptySubsequences: false)
            guard (1...3).contains(groups[0].count),
                groups.dropFirst().allSatisfy({ $0.count == 3 })
            else { return nil }
            return dong(groups.joined())
        }
        return dong(number)
    }

    private static func dong(_ digits: String) -> Int64? {
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let dong = Int64(digits),
            dong <= CatalogueRow.amountDongMax
        else { return nil }
        return dong
    }

    private static func isForeign(_ text: String) -> Bool {
        let folded = " \(Folding.fold(text)) "
        return ["$", "€", "đô la", "đô-la", "nhân dân tệ"].contains(
            where: text.lowercased().contains)
            || ["usd", "eur", "euro", "jpy", "cny"].contains { folded.contains(" \($0) ") }
    }

    /// The numbers right before "đồng" in an explanation, as printed.
    private static func dongAmounts(in note: String) -> [String] {
        let words = note.lowercased().split { $0.isWhitespace || "/();:".contains($0) }
        return zip(words, words.dropFirst()).compactMap { number, unit in
            guard number.first?.isNumber == true,
                number.allSatisfy({ $0.isNumber || $0 == "." || $0 == "," }),
                unit.hasPrefix("đồng") || unit.hasPrefix("vnđ")
            else { return nil }
            return String(number)
        }
    }

    /// What one amount pays for: what stands after "đồng/", where it stands once.
    private static func per(in note: String) -> String {
        let parts = note.replacing("đồng /", with: "đồng/").split(
            separator: "đồng/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "" }
        let words = parts[1].prefix { !".,;:()".contains($0) }.split(separator: " ")
        let text = words.drop { $0 == "01" || $0 == "1" }.joined(separator: " ")
        return text.count <= 60 ? text : ""
    }
}

extension String {
    /// The rest after a prefix that is a word of its own; `nil` when it does not begin so. Large and
    /// small letters are alike.
    fileprivate func removingPrefix(_ prefix: String) -> String? {
        guard lowercased().hasPrefix(prefix.lowercased()) else { return nil }
        let rest = dropFirst(prefix.count)
        guard rest.first?.isLetter != true else { return nil }
        return rest.trimmingCharacters(in: .whitespaces)
    }
}
