import Foundation
import WorkingTime

/// What `motcua deadline` was asked, read from its options. An instant without an offset is
/// Vietnam's.
struct DeadlineQuestion {
    /// The options as they were typed.
    struct Options {
        var from: String?
        var limit: String?
        var shifts = Shifts.standard.description
        var suspend: [String] = []
        var count = TimeLimit.Counting.workingTime.rawValue
        var calendar: String?
        var extend: String?
        var afterSupplement = Deadline.AfterSupplement.resume.rawValue
    }

    let deadline: Deadline
    let clock: WorkClock

    static let calendarBytesMax = 1 << 20

    /// - Throws: what is wrong with the first option that is.
    init(_ options: Options) throws(OptionRefusal) {
        guard let from = options.from else {
            throw OptionRefusal(
                "--from", "MISSING", "say when the dossier was received: --from 2026-02-13T16:10")
        }
        let reception = try Self.reading("--from") { () throws(TextRejection) in
            try Instant(parsing: from, assuming: .vietnam)
        }
        let limit = try Self.limit(options)
        let shifts = try Self.reading("--shifts") { () throws(TextRejection) in
            try Shifts(parsing: options.shifts)
        }
        let calendar = try options.calendar.map(Self.calendar) ?? .vietnam2025To2026
        let holds = try Self.holds(options.suspend)
        let afterSupplement = try Self.word(
            options.afterSupplement, of: Deadline.AfterSupplement.self,
            "--after-supplement", "RULE_UNKNOWN")
        let extra = try options.extend.map { (text) throws(OptionRefusal) in
            try Self.extra(text, of: limit)
        }
        clock = WorkClock(calendar: calendar, shifts: shifts)
        do throws(HoldRejection) {
            deadline = try Deadline(
                reception: reception, limit: limit, holds: HoldLedger(holds),
                afterSupplement: afterSupplement, extra: extra)
        } catch {
            throw OptionRefusal("--suspend", error.name, error.reason(in: .vietnam))
        }
    }

    private static func limit(_ options: Options) throws(OptionRefusal) -> TimeLimit {
        let units = TimeLimit.Unit.allCases.map(\.rawValue).joined(separator: ", ")
        guard let text = options.limit else {
            throw OptionRefusal(
                "--limit", "MISSING",
                "say how long it may take: --limit '3 working_day'; units: \(units)")
        }
        let counting = try word(
            options.count, of: TimeLimit.Counting.self, "--count", "COUNTING_UNKNOWN")
        do throws(TextRejection) {
            return try TimeLimit(parsing: text, counting: counting)
        } catch {
            throw OptionRefusal(
                error.code == .countingNotForUnit ? "--count" : "--limit", error)
        }
    }

    /// A calendar's text as ``WorkCalendar/init(parsing:)`` describes it.
    private static func calendar(path: String) throws(OptionRefusal) -> WorkCalendar {
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            bytes = try file.read(upToCount: calendarBytesMax + 1) ?? Data()
        } catch {
            throw OptionRefusal("--calendar", "FILE_UNREADABLE", "\(path) cannot be read")
        }
        guard bytes.count <= calendarBytesMax else {
            throw OptionRefusal(
                "--calendar", "TOO_LONG", "\(path) is longer than \(calendarBytesMax) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw OptionRefusal("--calendar", "NOT_UTF8", "\(path) is not UTF-8 text")
        }
        do throws(CalendarRejection) {
            return try WorkCalendar(parsing: text)
        } catch {
            throw OptionRefusal(
                "--calendar", error.problems.map { ($0.code.rawValue, $0.description) })
        }
    }

    /// `FROM/TO`, or `FROM/TO CAUSE`; a supplement when no cause is named.
    private static func holds(_ texts: [String]) throws(OptionRefusal) -> [Hold] {
        var holds: [Hold] = []
        for text in texts {
            let words = text.split(separator: " ", maxSplits: 1)
            let cause = try words.dropFirst().first.map { (name) throws(OptionRefusal) in
                try word(String(name), of: Hold.Cause.self, "--suspend", "CAUSE_UNKNOWN")
            }
            holds.append(
                try reading("--suspend") { () throws(TextRejection) in
                    try Hold(
                        parsing: words.first ?? "", cause: cause ?? .supplement, assuming: .vietnam)
                })
        }
        return holds
    }

    private static func extra(
        _ text: String, of limit: TimeLimit
    ) throws(OptionRefusal) -> TimeLimit {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw OptionRefusal(
                "--extend", "MALFORMED",
                "\"\(text.prefix(40))\": how many units of the limit, as in 2")
        }
        return try reading("--extend") { () throws(TextRejection) in
            try limit.extending(by: Int(text) ?? .max)
        }
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, of words: Word.Type, _ option: String, _ name: String
    ) throws(OptionRefusal) -> Word {
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw OptionRefusal(option, name, "\"\(text.prefix(40))\" is none of \(known)")
        }
        return word
    }

    private static func reading<Value>(
        _ option: String, _ read: () throws(TextRejection) -> Value
    ) throws(OptionRefusal) -> Value {
        do throws(TextRejection) {
            return try read()
        } catch {
            throw OptionRefusal(option, error)
        }
    }
}

/// What is wrong with an option: each problem with the name that machines know it by.
struct OptionRefusal: Error, CustomStringConvertible {
    let option: String
    let problems: [(name: String, reason: String)]

    init(_ option: String, _ problems: [(name: String, reason: String)]) {
        self.option = option
        self.problems = problems
    }

    init(_ option: String, _ name: String, _ reason: String) {
        self.init(option, [(name, reason)])
    }

    init(_ option: String, _ rejection: TextRejection) {
        self.init(option, rejection.code.rawValue, rejection.description)
    }

    /// A line for each problem: `--suspend: SUSPENSIONS_OVERLAP: ...`.
    var description: String {
        problems.map { "\(option): \($0.name): \($0.reason)" }.joined(separator: "\n")
    }
}
