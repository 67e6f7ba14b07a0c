import WorkingTime

/// Reads a time limit as a source prints it (Thời hạn). It takes a number only where the whole text,
/// or its beginning before an exception, is one; what is words stays words.
enum RawLimit {
    enum Reading: Equatable {
        case limit(TimeLimit, doubt: String?)
        /// Nothing certain can be said.
        case refused(String)
    }

    static func read(_ printed: String) -> Reading {
        let text = RawText.tidy(printed).lowercased()
        if RawText.isPlaceholder(text) { return .limit(.unspecified, doubt: "no limit is printed") }
        if let number = broken(in: text) {
            return .refused("counts \(RawText.quoted(number)), which is no whole number")
        }
        let words = words(of: text)
        let times = times(in: words)
        if times.count == 1, times[0].words == words.indices { return whole(times[0]) }
        if text.contains("ngay trong ngày") || text.hasPrefix("ngay sau khi")
            || text == "trong ngày" || text == "trong ngày làm việc"
        {
            // 15 hours is the hand-over's cut-off there.
            let others = times.filter { !$0.isCutOff }
            return .limit(.sameDay, doubt: others.isEmpty ? nil : "names \(told(others)) besides")
        }
        let isCountedBack = ["trước ngày", "trước khi", "trước thời điểm"].contains(
            where: text.contains)
        let isRecurring = ["hàng năm", "hằng năm", "một lần", "định kỳ"].contains(
            where: text.contains)
        if isCountedBack || isRecurring { return .limit(.unspecified, doubt: nil) }
        guard let first = times.first else { return wordsAlone(text, words) }
        let isLeading = words[..<first.words.lowerBound].allSatisfy(leadingWords.contains)
        let rest = words[first.words.upperBound...]
        if times.count > 1 {
            let between = Set(words).subtracting(times.flatMap { words[$0.words] })
            if between.isSubset(of: ["+", "và", "-"]) {
                return .refused("adds up \(told(times)): write one number and one unit")
            }
            guard isLeading, times.dropFirst().allSatisfy({ $0.isOfCase(in: words) }) else {
                return .limit(
                    .unspecified, doubt: "names \(told(times)), one after the other: none is taken")
            }
            return first.reading(doubt: "names \(told(times.dropFirst())) for a case besides")
        }
        guard isLeading else {
            return .limit(
                .unspecified, doubt: "names \(told(times)) amid other words: it is not taken")
        }
        let isPlain = ["kể", "tính", "từ", "sau", "làm"].contains(rest.first ?? "từ")
        return first.reading(
            doubt: isPlain ? nil : "goes on after \(told(times)) with words that are not read")
    }

    private static func whole(_ time: Time) -> Reading {
        if time.isCutOff {
            return .limit(
                .sameDay,
                doubt: "prints 15 Giờ, the hour after which a dossier is handed over on the next "
                    + "working day: read as the same day, not as 15 hours")
        }
        return time.reading(doubt: nil)
    }

    private static func wordsAlone(_ text: String, _ words: [String]) -> Reading {
        if zip(words, words.dropFirst()).contains(where: {
            numberWords.contains($0) && ["ngày", "giờ", "tháng"].contains($1)
        }) {
            return .refused("writes the number in words: write it in digits")
        }
        if words.count == 1, words[0].allSatisfy(\.isNumber) {
            return .refused("is a number without a unit: write Ngày làm việc, Ngày, Giờ or Tháng")
        }
        let isKnown = knownWords.contains { text.hasPrefix($0) }
        return .limit(.unspecified, doubt: isKnown ? nil : "is words alone: no limit is read")
    }

    /// A fraction, a decimal or a range before a unit: `1/2 ngày`, `0,5 ngày`, `10-15 ngày`.
    private static func broken(in text: String) -> String? {
        let tokens = text.split(whereSeparator: \.isWhitespace)
        return zip(tokens, tokens.dropFirst()).first { number, unit in
            let digits = number.split { "/,.-–½".contains($0) }
            return ["ngày", "giờ", "tháng", "tiếng"].contains(where: unit.hasPrefix)
                && (digits.count > 1 || number.contains("½"))
                && digits.allSatisfy { $0.allSatisfy(\.isNumber) }
        }.map { String($0.0) }
    }

    private static func told(_ times: some Collection<Time>) -> String {
        times.map { "\($0.value) \($0.unitText)" }.joined(separator: ", ")
    }

    /// What may stand before the number without changing it.
    private static let leadingWords: Set = [
        "trong", "thời", "hạn", "vòng", "không", "quá", "tối", "đa", "chậm", "nhất", "là", "-",
    ]
    private static let numberWords: Set = [
        "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười",
    ]
    /// How sources say that there is no fixed limit.
    private static let knownWords = [
        "khác", "không quy định", "chưa quy định", "không xác định", "tùy theo", "tuỳ theo",
        "theo kế hoạch", "theo quy định", "chậm nhất vào ngày",
    ]

    private static func words(of text: String) -> [String] {
        text.split { $0.isWhitespace || ",;:()….".contains($0) }.map(String.init)
    }

    private struct Time {
        var value: Int
        /// `nil` for a unit that the catalogue has not.
        var unit: TimeLimit.Unit?
        var unitText: String
        var words: Range<Int>

        /// The hand-over's cut-off (Decree 61/2018 art. 18) looks like a limit.
        var isCutOff: Bool { value == 15 && unit == .hour }

        func reading(doubt: String?) -> Reading {
            guard let unit else {
                return .refused("counts in \(unitText): write it in months or days")
            }
            do throws(TextRejection) {
                return .limit(try TimeLimit(value, unit), doubt: doubt)
            } catch {
                return .refused(error.reason)
            }
        }

        /// Whether "trường hợp" stands before it.
        func isOfCase(in all: [String]) -> Bool {
            let before = all[..<words.lowerBound]
            return zip(before, before.dropFirst()).contains { $0 == "trường" && $1 == "hợp" }
        }
    }

    private static func times(in words: [String]) -> [Time] {
        var times: [Time] = []
        for (index, word) in words.enumerated() {
            guard word.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(word) else {
                // "15h" is an hour of the day or a number of hours: only its digits are told.
                if word.last == "h", let value = Int(word.dropLast()) {
                    times.append(
                        Time(value: value, unit: .hour, unitText: "giờ", words: index..<index + 1))
                }
                continue
            }
            for (unitWords, unit) in units {
                let end = index + 1 + unitWords.count
                guard end <= words.count, Array(words[(index + 1)..<end]) == unitWords else {
                    continue
                }
                times.append(
                    Time(
                        value: value, unit: unit, unitText: unitWords.joined(separator: " "),
                        words: index..<end))
                break
            }
        }
        return times
    }

    /// Longer ones first.
    private static let units: [([String], TimeLimit.Unit?)] = [
        (["ngày", "làm", "việc"], .workingDay), (["giờ", "làm", "việc"], .workingHour),
        (["ngày"], .day), (["giờ"], .hour), (["tháng"], .month), (["tiếng"], .hour),
        (["năm"], nil), (["tuần"], nil), (["phút"], nil), (["quý"], nil),
    ]
}
