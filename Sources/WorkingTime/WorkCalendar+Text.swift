/// Why a calendar's text was refused: every faulty line, in order.
package struct CalendarRejection: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// From 1; 0 for what the text as a whole lacks.
        package let line: Int
        package let code: Code
        package let reason: String

        package var description: String { line == 0 ? reason : "line \(line): \(reason)" }
    }

    /// The raw value is the name by which machines know the problem.
    package enum Code: String, CaseIterable, Sendable {
        case unknownWord = "WORD_UNKNOWN"
        case noSuchDate = "DATE_DOES_NOT_EXIST"
        case malformed = "MALFORMED"
        case missing = "MISSING"
        case repeated = "REPEATED"
        case contradiction = "CONTRADICTION"
        case yearsOutOfOrder = "YEARS_OUT_OF_ORDER"
        case notCovered = "NOT_COVERED"
        case swapWithoutDayOff = "SWAP_WITHOUT_DAY_OFF"
        case swapOfWorkingDay = "SWAP_OF_WORKING_DAY"
        case shiftsOnDayOff = "SHIFTS_ON_DAY_OFF"
        case tooLong = "TOO_LONG"
    }

    package let problems: [Problem]

    package var description: String {
        problems.map(\.description).joined(separator: "\n")
    }
}

extension WorkCalendar {
    package static let linesMax = 5_000
    package static let nameCharactersMax = 100

    /// Reads a calendar from lines, in any order; `#` begins a comment line.
    ///
    ///     version vn-2025-2026
    ///     effective 2025-01-01
    ///     covers 2025 2026
    ///     yearly 11-24 from 2026 Ngày Văn hóa Việt Nam
    ///     2026-02-16 off Tết Nguyên Đán
    ///     2026-01-02 off Nghỉ hoán đổi
    ///     2026-01-10 work bù 02/01
    ///     2026-03-04 shifts 07:30-11:30
    ///
    /// `work` names a weekend day worked in exchange for a listed weekday off of the same year, or of
    /// the year written as `bù 02/01/2027`. `shifts` gives a worked day its own shifts. `yearly` is
    /// used only in years not covered. A covered year without a single day off is refused: it is a
    /// year that somebody forgot.
    package init(parsing text: String) throws(CalendarRejection) {
        var reader = CalendarReader()
        // Editors that save UTF-8 with a byte order mark are not to blame for it.
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, line) in lines.prefix(Self.linesMax).enumerated() {
            reader.read(line, number: index + 1)
        }
        if lines.count > Self.linesMax {
            reader.note(0, .tooLong, "a calendar has at most \(Self.linesMax) lines")
        }
        self = try reader.finish()
    }
}

/// Collects entries with their lines first and judges them together, for lines come in any order.
private struct CalendarReader {
    private struct Entry<Value> {
        let line: Int
        let value: Value
    }

    private var problems: [CalendarRejection.Problem] = []
    private var version: Entry<String>?
    private var effective: Entry<CivilDate>?
    private var years: Entry<ClosedRange<Int>>?
    private var yearly: [Entry<WorkCalendar.YearlyHoliday>] = []
    private var off: [CivilDate: Entry<String>] = [:]
    private var swaps: [CivilDate: Entry<CivilDate>] = [:]
    private var shifts: [CivilDate: Entry<Shifts>] = [:]

    mutating func note(_ line: Int, _ code: CalendarRejection.Code, _ reason: String) {
        problems.append(.init(line: line, code: code, reason: reason))
    }

    mutating func read(_ line: Substring, number: Int) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let first = words.first, !first.hasPrefix("#") else { return }
        let rest = Array(words.dropFirst())
        switch first {
        case "version": readVersion(rest, number)
        case "effective": readEffective(rest, number)
        case "covers": readYears(rest, number)
        case "yearly": readYearly(rest, number)
        default:
            guard first.utf8.first.map({ (0x30...0x39).contains($0) }) == true else {
                note(number, .unknownWord, "\"\(first.prefix(40))\" is not a word of a calendar")
                return
            }
            guard let date = readDate(first, number) else { return }
            readDay(date, rest, number)
        }
    }

    private mutating func readVersion(_ words: [Substring], _ line: Int) {
        guard words.count == 1, Self.isName(words[0]) else {
            return note(line, .malformed, "a version is one word: version vn-2025-2026")
        }
        if let version {
            return note(line, .repeated, "the version was given on line \(version.line)")
        }
        version = Entry(line: line, value: String(words[0]))
    }

    private mutating func readEffective(_ words: [Substring], _ line: Int) {
        guard words.count == 1 else {
            return note(line, .malformed, "write one date: effective 2025-01-01")
        }
        guard let date = readDate(words[0], line) else { return }
        if let effective {
            return note(line, .repeated, "the effective date was given on line \(effective.line)")
        }
        effective = Entry(line: line, value: date)
    }

    private mutating func readYears(_ words: [Substring], _ line: Int) {
        let years = words.compactMap { Int($0) }
        guard years.count == words.count, (1...2).contains(years.count),
            years.allSatisfy(CivilDate.yearsSupported.contains)
        else { return note(line, .malformed, "write the first and last year: covers 2025 2026") }
        guard years[0] <= years[years.count - 1] else {
            return note(
                line, .yearsOutOfOrder,
                "\(years[0]) comes after \(years[1]): write the first year first")
        }
        guard years[years.count - 1] - years[0] < WorkCalendar.yearsMax else {
            return note(line, .tooLong, "a calendar covers at most \(WorkCalendar.yearsMax) years")
        }
        if let earlier = self.years {
            return note(line, .repeated, "the years were given on line \(earlier.line)")
        }
        self.years = Entry(line: line, value: years[0]...years[years.count - 1])
    }

    private mutating func readYearly(_ words: [Substring], _ line: Int) {
        var words = words[...]
        var cursor = TextCursor(words.popFirst() ?? "")
        guard let month = cursor.takeNumber(digits: 2), cursor.take("-"),
            let day = cursor.takeNumber(digits: 2), cursor.isAtEnd
        else {
            return note(line, .malformed, "write month and day: yearly 09-02 Quốc khánh")
        }
        // 29 February is no holiday that comes each year, so a common year is the measure.
        guard CivilDate(year: 2025, month: month, day: day) != nil else {
            return note(
                line, .noSuchDate, "no year has a day \(padded(month, 2))-\(padded(day, 2))")
        }
        var fromYear = CivilDate.yearsSupported.lowerBound
        if words.first == "from" {
            guard let year = words.dropFirst().first.flatMap({ Int($0) }),
                CivilDate.yearsSupported.contains(year)
            else { return note(line, .malformed, "after from comes a year") }
            fromYear = year
            words = words.dropFirst(2)
        }
        guard let name = readName(words, line) else { return }
        let isSame = { (entry: Entry<WorkCalendar.YearlyHoliday>) in
            entry.value.month == month && entry.value.day == day
        }
        if let earlier = yearly.first(where: isSame) {
            return note(line, .repeated, "this yearly holiday was given on line \(earlier.line)")
        }
        yearly.append(
            Entry(line: line, value: .init(month: month, day: day, fromYear: fromYear, name: name)))
    }

    private mutating func readDay(_ date: CivilDate, _ words: [Substring], _ line: Int) {
        switch words.first {
        case "off":
            guard let name = readName(words.dropFirst(), line) else { return }
            if let earlier = off[date] {
                return note(line, .repeated, "\(date) was given as off on line \(earlier.line)")
            }
            off[date] = Entry(line: line, value: name)
        case "work":
            guard words.count == 3, words[1] == "bù" else {
                return note(line, .malformed, "write the day off it pays for: work bù 02/01")
            }
            guard let paid = readPaidDay(words[2], workedIn: date.year, line) else { return }
            if let earlier = swaps[date] {
                return note(line, .repeated, "\(date) was given as worked on line \(earlier.line)")
            }
            swaps[date] = Entry(line: line, value: paid)
        case "shifts":
            guard words.count == 2 else {
                return note(line, .malformed, "write the shifts without spaces: 07:30-11:30")
            }
            do throws(TextRejection) {
                let value = try Shifts(parsing: words[1])
                if let earlier = shifts[date] {
                    return note(
                        line, .repeated, "\(date) was given shifts on line \(earlier.line)")
                }
                shifts[date] = Entry(line: line, value: value)
            } catch {
                note(line, .malformed, error.description)
            }
        case let word?:
            note(
                line, .unknownWord,
                "\"\(word.prefix(40))\": after a date comes off, work or shifts")
        case nil:
            note(line, .malformed, "after a date comes off, work or shifts")
        }
    }

    private mutating func readDate(_ text: Substring, _ line: Int) -> CivilDate? {
        do throws(TextRejection) {
            return try CivilDate(parsing: text)
        } catch {
            note(
                line, error.code == .noSuchDate ? .noSuchDate : .malformed, error.description)
            return nil
        }
    }

    /// `DD/MM` or `DD/MM/YYYY`, the way that announcements write it.
    private mutating func readPaidDay(
        _ text: Substring, workedIn year: Int, _ line: Int
    ) -> CivilDate? {
        var cursor = TextCursor(text)
        var year = year
        guard let day = cursor.takeNumber(digits: 2), cursor.take("/"),
            let month = cursor.takeNumber(digits: 2)
        else {
            note(line, .malformed, "the day off is written DD/MM or DD/MM/YYYY")
            return nil
        }
        if cursor.take("/"), let written = cursor.takeNumber(digits: 4) { year = written }
        guard cursor.isAtEnd else {
            note(line, .malformed, "the day off is written DD/MM or DD/MM/YYYY")
            return nil
        }
        guard let date = CivilDate(year: year, month: month, day: day) else {
            note(line, .noSuchDate, "there is no day \(text) in \(year)")
            return nil
        }
        return date
    }

    private mutating func readName(_ words: ArraySlice<Substring>, _ line: Int) -> String? {
        let name = words.joined(separator: " ")
        guard Self.isName(name) else {
            note(
                line, .malformed,
                "a day off has a name of 1 to \(WorkCalendar.nameCharactersMax) characters")
            return nil
        }
        return name
    }

    /// Names are shown on terminals and in letters: no control characters.
    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.count <= WorkCalendar.nameCharactersMax
            && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}

extension CalendarReader {
    consuming func finish() throws(CalendarRejection) -> WorkCalendar {
        var reader = self
        reader.judge()
        guard reader.problems.isEmpty, let version = reader.version,
            let effective = reader.effective, let years = reader.years
        else {
            throw CalendarRejection(problems: reader.problems.sorted { $0.line < $1.line })
        }
        return WorkCalendar(
            version: version.value, effectiveFrom: effective.value, years: years.value,
            daysOff: reader.off.mapValues(\.value), swaps: reader.swaps.mapValues(\.value),
            specialShifts: reader.shifts.mapValues(\.value), yearly: reader.yearly.map(\.value))
    }

    private mutating func judge() {
        if version == nil { note(0, .missing, "the line \"version NAME\" is missing") }
        if effective == nil { note(0, .missing, "the line \"effective DATE\" is missing") }
        guard let years = years?.value else {
            return note(0, .missing, "the line \"covers YEAR YEAR\" is missing")
        }
        judgeSpan(years)
        judgeSwaps()
        for (date, entry) in shifts {
            if let off = off[date] {
                note(
                    entry.line, .contradiction, "\(date) is off on line \(off.line) and has shifts")
            } else if date.weekday.isWeekend, swaps[date] == nil {
                note(
                    entry.line, .shiftsOnDayOff,
                    "\(date) is a \(date.weekday), not worked, and cannot have shifts")
            }
        }
    }

    private mutating func judgeSpan(_ years: ClosedRange<Int>) {
        let listed =
            off.map { ($0.key, $0.value.line) } + swaps.map { ($0.key, $0.value.line) }
            + shifts.map { ($0.key, $0.value.line) }
        for (date, line) in listed where !years.contains(date.year) {
            note(
                line, .notCovered,
                "\(date) lies outside the years covered, "
                    + "\(years.lowerBound) to \(years.upperBound)")
        }
        let yearsWithDaysOff = Set(off.keys.map(\.year))
        for year in years where !yearsWithDaysOff.contains(year) {
            note(0, .missing, "\(year) is covered and has no day off")
        }
    }

    private mutating func judgeSwaps() {
        var paidBy: [CivilDate: CivilDate] = [:]
        for (date, entry) in swaps.sorted(by: { $0.key < $1.key }) {
            let paid = entry.value
            if let off = off[date] {
                note(
                    entry.line, .contradiction,
                    "\(date) is off on line \(off.line) and worked here")
            }
            if !date.weekday.isWeekend {
                note(
                    entry.line, .swapOfWorkingDay,
                    "\(date) is a \(date.weekday), which is worked anyway")
            }
            if off[paid] == nil {
                note(
                    entry.line, .swapWithoutDayOff,
                    "\(date) is worked for \(paid), which is not listed as off")
            } else if paid.weekday.isWeekend {
                note(
                    entry.line, .swapWithoutDayOff,
                    "\(date) is worked for \(paid), a \(paid.weekday), which is off anyway")
            }
            if let other = paidBy[paid] {
                note(entry.line, .repeated, "\(paid) is already paid for by \(other)")
            }
            paidBy[paid] = date
        }
    }
}
