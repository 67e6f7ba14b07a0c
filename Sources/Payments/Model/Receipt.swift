import Ledger
import WorkingTime

/// A numbered receipt (biên lai) for money received. Never edited; a mistake is cancelled by a new
/// record.
package struct Receipt: Hashable, Sendable {
    /// A number has at most eight digits (Decree 254/2026).
    package static let numberMax: Int64 = 99_999_999

    package let id: String
    package let series: String
    /// The local year in which the series counts from 1 to at most ``numberMax``, without gaps.
    package let year: Int
    package let number: Int64
    package let kind: FeeKind
    package let billID: String
    package let dossierID: String
    package let amountDong: Int64
    package let amountInWords: String
    package let issueTime: Instant

    package init(
        id: String, series: String, year: Int, number: Int64, kind: FeeKind, billID: String,
        dossierID: String, amountDong: Int64, amountInWords: String, issueTime: Instant
    ) {
        self.id = id
        self.series = series
        self.year = year
        self.number = number
        self.kind = kind
        self.billID = billID
        self.dossierID = dossierID
        self.amountDong = amountDong
        self.amountInWords = amountInWords
        self.issueTime = issueTime
    }

    /// E-receipts count from 1 on 1 January to 31 December in Vietnam (Decree 254/2026).
    package static func year(at now: Instant) -> Int {
        now.local(in: .vietnam).date.year
    }
}

/// How the series of one kind of fee is written in each year: `1C{YY}TAA` makes `1C26TAA` in 2026.
package struct ReceiptSeries: Hashable, Sendable {
    private let head: Substring
    private let tail: Substring

    /// `nil` unless the pattern has `{YY}` exactly once among 1 to 16 capitals and digits.
    package init?(pattern: String) {
        let parts = pattern.split(separator: Self.yearMark, omittingEmptySubsequences: false)
        guard parts.count == 2, (1...16).contains(parts[0].utf8.count + parts[1].utf8.count),
            parts.allSatisfy({ $0.utf8.allSatisfy(Self.isAllowed) })
        else { return nil }
        head = parts[0]
        tail = parts[1]
    }

    package func text(year: Int) -> String {
        let digits = year % 100
        return "\(head)\(digits < 10 ? "0" : "")\(digits)\(tail)"
    }

    /// Whether both are written the same in some year, and so would number the same receipts.
    func meets(_ other: ReceiptSeries) -> Bool {
        (0..<100).contains { text(year: $0) == other.text(year: $0) }
    }

    private static let yearMark = "{YY}"

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
