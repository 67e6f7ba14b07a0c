import Testing

@testable import WorkingTime

@Suite struct WorkCalendarTests {
    private let shipped = WorkCalendar.vietnam2025To2026

    @Test func theShippedCalendarHasTheYearsWorkingDays() throws {
        #expect(shipped.years == 2025...2026)
        // 261 weekdays each; 2025: 12 of them off, one Saturday; 2026: 14 off, two Saturdays.
        for (year, workingDays) in [(2025, 250), (2026, 249)] {
            let first = try #require(CivilDate(year: year, month: 1, day: 1))
            let worked = (0..<365).count { shipped.kind(of: first.adding(days: $0)).isWorked }
            #expect(worked == workingDays)
        }
    }

    @Test(arguments: [
        ("2025-01-24", WorkCalendar.DayKind.working), ("2025-01-27", .off("Tết Nguyên Đán")),
        ("2025-01-31", .off("Tết Nguyên Đán")), ("2025-02-03", .working),
        ("2025-11-24", .working), ("2026-01-10", .swapped(for: CivilDate(daysSinceEpoch: 20_455))),
        ("2026-01-17", .weekend), ("2026-04-26", .off("Giỗ Tổ Hùng Vương")),
        ("2026-08-31", .off("Nghỉ hoán đổi với 22/08")),
        ("2026-11-24", .off("Ngày Văn hóa Việt Nam")),
        ("2027-01-01", .off("Tết Dương lịch")),
        ("2027-05-03", .off("nghỉ bù Ngày Quốc tế Lao động")),
        ("2027-05-04", .working), ("2028-05-02", .off("nghỉ bù Ngày Chiến thắng")),
        ("2024-11-24", .weekend), ("2023-11-24", .working),
    ])
    func daysAreWhatTheAnnouncementsSay(date: String, kind: WorkCalendar.DayKind) throws {
        #expect(shipped.kind(of: try CivilDate(parsing: date)) == kind)
    }

    private static let head = """
        version test
        effective 2025-12-01
        covers 2026
        2026-01-01 off Tết Dương lịch
        2026-01-02 off Nghỉ hoán đổi

        """

    struct Fault: CustomTestStringConvertible, Sendable {
        let lines: String
        let line: Int
        let codes: [CalendarRejection.Code]

        init(_ lines: String, _ line: Int, _ codes: CalendarRejection.Code...) {
            self.lines = lines
            self.line = line
            self.codes = codes
        }

        var testDescription: String { lines }
    }

    @Test(arguments: [
        Fault("holiday 2026-03-03", 6, .unknownWord),
        Fault("2026-03-03 holiday Tết", 6, .unknownWord),
        Fault("\n# comment\n2026-02-30 off Tết", 8, .noSuchDate),
        Fault("2026-2-3 off Tết", 6, .malformed),
        Fault("2026-03-03", 6, .malformed),
        Fault("2026-03-03 off", 6, .malformed),
        Fault("2026-03-03 off T\u{1B}[2J", 6, .malformed),
        Fault("2026-03-03 off " + String(repeating: "x", count: 101), 6, .malformed),
        Fault("2026-01-01 off Tết", 6, .repeated),
        Fault("2027-03-03 off Tết", 6, .notCovered),
        Fault("2026-01-10 work bù 05/01", 6, .swapWithoutDayOff),
        Fault("2026-01-10 work bù 02/01/2025", 6, .swapWithoutDayOff),
        Fault("2026-01-03 off Tết\n2026-01-10 work bù 03/01", 7, .swapWithoutDayOff),
        Fault("2026-01-10 work bù 31/02", 6, .noSuchDate),
        Fault("2026-01-10 work bù 2/1", 6, .malformed),
        Fault("2026-01-10 work bù 02/01/26", 6, .malformed),
        Fault("2026-01-10 work for 02/01", 6, .malformed),
        Fault("2026-01-10 work", 6, .malformed),
        Fault("2026-01-12 work bù 02/01", 6, .swapOfWorkingDay),
        Fault("2026-01-10 work bù 02/01\n2026-01-17 work bù 02/01", 7, .repeated),
        Fault("2026-01-10 work bù 02/01\n2026-01-10 work bù 01/01", 7, .repeated),
        Fault("2026-01-10 off Tết\n2026-01-10 work bù 02/01", 7, .contradiction),
        Fault("2026-01-01 shifts 07:30-11:30", 6, .contradiction),
        Fault("2026-01-10 shifts 07:30-11:30", 6, .shiftsOnDayOff),
        Fault("2026-03-04 shifts 11:30-07:30", 6, .malformed),
        Fault("2026-03-04 shifts 07:30-11:30 13:30-17:30", 6, .malformed),
        Fault("2026-03-04 shifts 07:30-11:30\n2026-03-04 shifts 08:00-11:30", 7, .repeated),
        Fault("yearly 02-29 Tết", 6, .noSuchDate),
        Fault("yearly 9-2 Quốc khánh", 6, .malformed),
        Fault("yearly 09-02", 6, .malformed),
        Fault("yearly 09-02 from soon Quốc khánh", 6, .malformed),
        Fault("yearly 09-02 Quốc khánh\nyearly 09-02 Quốc khánh", 7, .repeated),
        Fault("version other", 6, .repeated),
        Fault("effective 2026-01-01", 6, .repeated),
        Fault("covers 2027", 6, .repeated),
        Fault("effective 2026-02-29", 6, .noSuchDate),
        Fault("2026-04-31 work bù 02/01", 6, .noSuchDate),
        Fault("2026-13-01 shifts 07:30-11:30", 6, .noSuchDate),
        Fault("yearly 13-01 Tết", 6, .noSuchDate),
        Fault("2026-03-03 off Tết\n2026-03-03 off Tết", 7, .repeated),
        Fault("2026-01-02 work bù 01/01", 6, .contradiction, .swapOfWorkingDay),
        Fault("2027-01-02 work bù 02/01/2026", 6, .notCovered),
    ])
    func aFaultyLineIsRefusedWithItsNumber(fault: Fault) {
        let rejection = #expect(throws: CalendarRejection.self) {
            try WorkCalendar(parsing: Self.head + fault.lines)
        }
        #expect(rejection?.problems.map(\.line) == fault.codes.map { _ in fault.line })
        #expect(Set(rejection?.problems.map(\.code) ?? []) == Set(fault.codes))
    }

    @Test(arguments: [
        ("covers 2027 2026", CalendarRejection.Code.yearsOutOfOrder), ("covers", .malformed),
        ("covers 2025 2026 2027", .malformed), ("covers 0 2026", .malformed),
        ("covers 2026 10000", .malformed), ("covers soon", .malformed),
    ])
    func theYearsCoveredComeInOrder(line: String, code: CalendarRejection.Code) {
        let rejection = #expect(throws: CalendarRejection.self) {
            try WorkCalendar(parsing: "version a\neffective 2026-01-01\n\(line)")
        }
        #expect(rejection?.problems.first { $0.line == 3 }?.code == code)
    }

    @Test func aByteOrderMarkIsNoWord() throws {
        let calendar = try WorkCalendar(parsing: "\u{FEFF}" + Self.head)
        #expect(calendar.version == "test")
    }

    @Test func refusalsHaveNamesOfTheirOwn() {
        let names =
            CalendarRejection.Code.allCases.map(\.rawValue)
            + TextRejection.Code.allCases.map(\.rawValue)
        // A date that does not exist, and what is malformed, is the same wherever it stands.
        #expect(Set(names).count == names.count - 2)
        #expect(names.allSatisfy { $0.allSatisfy { $0 == "_" || $0.isUppercase } })
    }

    @Test func allFaultsAreReportedInOrder() {
        let rejection = #expect(throws: CalendarRejection.self) {
            try WorkCalendar(
                parsing: """
                    covers 2026 2027
                    2026-01-10 work bù 02/01
                    2026-02-30 off Tết
                    2026-03-03 of Tết
                    2026-01-01 off Tết Dương lịch
                    """)
        }
        #expect(
            rejection?.description == """
                the line "version NAME" is missing
                the line "effective DATE" is missing
                2027 is covered and has no day off
                line 2: 2026-01-10 is worked for 2026-01-02, which is not listed as off
                line 3: "2026-02-30": month 02 of 2026 has days 1 to 28
                line 4: "of": after a date comes off, work or shifts
                """)
    }

    @Test func limitsHaveNames() {
        let lines = String(repeating: "# comment\n", count: WorkCalendar.linesMax - 5)
        #expect(throws: Never.self) { try WorkCalendar(parsing: Self.head + lines.dropLast()) }
        let rejection = #expect(throws: CalendarRejection.self) {
            try WorkCalendar(parsing: Self.head + lines)
        }
        #expect(rejection?.problems.map(\.code) == [.tooLong])
        let years = #expect(throws: CalendarRejection.self) {
            try WorkCalendar(parsing: "version a\neffective 2026-01-01\ncovers 2026 2076")
        }
        #expect(years?.problems.contains { $0.code == .tooLong && $0.line == 3 } == true)
    }

    @Test func swapsMayPayForADayOfAnotherCoveredYear() throws {
        let calendar = try WorkCalendar(
            parsing: """
                version test
                effective 2026-01-01
                covers 2026 2027
                2026-01-01 off Tết\r
                2026-12-26 work bù 01/01/2027\r
                2027-01-01 off Tết Dương lịch
                """)
        let saturday = try CivilDate(parsing: "2026-12-26")
        #expect(calendar.kind(of: saturday) == .swapped(for: try CivilDate(parsing: "2027-01-01")))
        #expect(calendar.daysOff.values.sorted() == ["Tết", "Tết Dương lịch"])
    }

    @Test func theVersionInForceIsTheLastToBecomeEffective() throws {
        let later = try WorkCalendar(parsing: Self.head)
        let versions = [later, shipped]
        let inForce = { (date: String) throws in
            WorkCalendar.inForce(on: try CivilDate(parsing: date), among: versions)?.version
        }
        #expect(try inForce("2024-12-31") == nil)
        #expect(try inForce("2025-11-30") == "vn-2025-2026")
        #expect(try inForce("2025-12-01") == "test")
    }
}
