import Testing

@testable import WorkingTime

@Suite struct LedgerTests {
    private func ledger(
        _ reception: String, _ unit: String, _ holds: [String] = [],
        _ policy: Deadline.AfterSupplement = .resume, until: String? = nil
    ) throws -> DeadlineLedger {
        let deadline = try Deadline(
            reception: at(reception), limit: limit(unit), holds: HoldLedger(holds.map(hold)),
            afterSupplement: policy)
        return try WorkClock.vietnam.explain(deadline, until: until.map(at))
    }

    private func brief(_ ledger: DeadlineLedger) -> [String] {
        ledger.lines.map {
            "\(text($0.to)!) \($0.minutes) \($0.holder.rawValue) \($0.effect.rawValue):"
                + " \($0.rule.sentence)"
        }
    }

    @Test func theEveOfTetIsExplainedLineByLine() throws {
        let ledger = try ledger("2026-02-13T16:10", "4 working_hour")
        #expect(
            brief(ledger) == [
                "2026-02-13T17:30 80 agency counted: tính từng phút trong giờ làm việc",
                "2026-02-14T00:00 390 agency not-counted: ngoài giờ làm việc",
                "2026-02-16T00:00 2880 agency not-counted: ngày nghỉ hằng tuần",
                "2026-02-21T00:00 7200 agency not-counted: ngày nghỉ: Tết Nguyên Đán",
                "2026-02-23T00:00 2880 agency not-counted: ngày nghỉ hằng tuần",
                "2026-02-23T07:30 450 agency not-counted: ngoài giờ làm việc",
                "2026-02-23T10:10 160 agency counted: tính từng phút trong giờ làm việc",
            ])
        #expect(ledger.elapsedMinutes == 14_040)
        #expect(ledger.countedMinutes == 240)
        #expect(
            ledger.lines[3].formatted(in: .vietnam)
                == "2026-02-16T00:00+07:00 2026-02-21T00:00+07:00   7200 phút  không tính, cơ quan giải quyết:"
                + " ngày nghỉ: Tết Nguyên Đán [Bộ luật Lao động 2019, Điều 111 và Điều 112]")
    }

    @Test func aSwapSaturdaySaysWhyItCounts() throws {
        let swapped = "ngày làm bù cho ngày nghỉ 2026-01-02: tính như ngày làm việc"
        #expect(
            brief(try ledger("2026-01-09T16:00", "4 working_hour")) == [
                "2026-01-09T17:30 90 agency counted: tính từng phút trong giờ làm việc",
                "2026-01-10T07:30 840 agency not-counted: ngoài giờ làm việc",
                "2026-01-10T10:00 150 agency counted: \(swapped)",
            ])
        #expect(
            brief(try ledger("2026-01-09T16:00", "1 working_day whole")) == [
                "2026-01-10T00:00 480 agency not-counted: không tính ngày đầu tiên",
                "2026-01-10T17:30 1050 agency counted: \(swapped)",
            ])
    }

    @Test func aRestartSaysWhatItDiscards() throws {
        let ledger = try ledger(
            "2026-03-03T08:00", "1 working_hour", ["2026-03-03T08:20/2026-03-03T09:00"], .restart,
            until: "2026-03-03T10:30")
        #expect(
            brief(ledger) == [
                "2026-03-03T08:20 20 agency not-counted:"
                    + " thời hạn tính lại từ đầu sau khi hồ sơ được bổ sung",
                "2026-03-03T09:00 40 citizen suspended:"
                    + " thời hạn tính lại từ đầu sau khi hồ sơ được bổ sung",
                "2026-03-03T10:00 60 agency counted: tính từng phút trong giờ làm việc",
                "2026-03-03T10:30 30 agency overdue: đã quá hạn",
            ])
    }

    @Test func daysAreExplainedByTheCivilCode() throws {
        let ledger = try ledger(
            "2026-03-02T09:00", "4 day", ["2026-03-03T10:00/2026-03-04T09:00 payment"])
        #expect(
            brief(ledger) == [
                "2026-03-03T00:00 900 agency not-counted: không tính ngày đầu tiên",
                "2026-03-03T10:00 600 agency counted: tính từng ngày, kể cả ngày nghỉ",
                "2026-03-04T09:00 1380 citizen suspended: tạm dừng tính thời hạn (chờ nộp phí, lệ phí), cộng thêm 1 ngày",
                "2026-03-05T00:00 900 agency not-counted:"
                    + " ngày kết thúc tạm dừng thuộc về thời gian tạm dừng",
                "2026-03-08T00:00 4320 agency counted: tính từng ngày, kể cả ngày nghỉ",
                "2026-03-09T17:30 2490 agency not-counted:"
                    + " ngày cuối là ngày nghỉ: thời hạn kết thúc vào ngày làm việc tiếp theo",
            ])
    }

    @Test func theFourKindsOfTimeAreToldApart() throws {
        let ledger = try ledger(
            "2026-03-03T08:00", "2 working_day",
            [
                "2026-03-03T09:00/2026-03-03T10:00 supplement",
                "2026-03-03T10:00/2026-03-03T10:30 consultation",
                "2026-03-03T14:00/2026-03-03T14:45 other-agency",
                "2026-03-03T15:00/2026-03-03T15:10 decision",
            ], until: "2026-03-03T16:00")
        #expect(ledger.minutes(heldBy: .citizen) == 60)
        #expect(ledger.minutes(heldBy: .otherAgency) == 75)
        #expect(ledger.minutes(heldBy: .nobody) == 10)
        #expect(ledger.minutes(heldBy: .agency) == 480 - 145)
        #expect(ledger.elapsedMinutes == 480)
    }

    @Test func withoutADueInstantTheLedgerEndsWhereNothingMoreIsKnown() throws {
        let open = try ledger("2026-03-03T08:00", "2 working_hour", ["2026-03-03T08:30/"])
        #expect(text(open.until) == "2026-03-03T08:30")
        #expect(open.countedMinutes == 30)
        let later = try ledger(
            "2026-03-03T08:00", "2 working_hour", ["2026-03-03T08:30/"], until: "2026-03-05T08:30")
        #expect(later.minutes(heldBy: .citizen) == 2_880)
        let unspecified = try ledger("2026-03-03T08:00", "unspecified", until: "2026-03-03T09:00")
        #expect(
            brief(unspecified) == [
                "2026-03-03T09:00 60 agency not-counted: thủ tục không quy định thời hạn"
            ])
        #expect(try ledger("2026-03-03T08:00", "unspecified").lines.isEmpty)
        #expect(try ledger("2014-03-03T08:00", "1 day", until: "2014-03-04T08:00").lines.isEmpty)
    }
}
