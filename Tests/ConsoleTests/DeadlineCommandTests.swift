import Foundation
import Testing
import WorkingTime

@testable import Console

/// `motcua deadline` without the process: what it reads, and what it says.
@Suite struct DeadlineCommandTests {
    typealias Options = DeadlineQuestion.Options

    private static func options(
        _ limit: String, from: String = "2026-02-13T16:10",
        _ change: (inout Options) -> Void = { _ in }
    ) -> Options {
        var options = Options(from: from, limit: limit)
        change(&options)
        return options
    }

    private func answer(_ options: Options) throws -> DeadlineAnswer {
        try DeadlineAnswer(to: DeadlineQuestion(options))
    }

    private func refusal(_ options: Options) -> OptionRefusal? {
        #expect(throws: OptionRefusal.self) { try answer(options) }
    }

    @Test(arguments: [
        (options("4 working_hour"), "2026-02-23T10:10+07:00"),
        (options("3 working_day"), "2026-02-25T16:10+07:00"),
        (options("3 working_day") { $0.count = "whole-days" }, "2026-02-25T17:30+07:00"),
        (options("24 hour"), "2026-02-23T07:30+07:00"),
        (options("5 day"), "2026-02-23T17:30+07:00"),
        (options("5 day") { $0.count = "whole-days" }, "2026-02-23T17:30+07:00"),
        (options("1 month"), "2026-03-13T17:30+07:00"),
        (options("same_day"), "2026-02-23T17:30+07:00"),
        (options("same_day") { $0.extend = "2" }, "2026-02-25T17:30+07:00"),
        (options("4 working_hour", from: "2026-02-13T09:10Z"), "2026-02-23T10:10+07:00"),
        (options("4 working_hour", from: "2026-02-13T09:10:59+00:00"), "2026-02-23T10:10+07:00"),
        // An hour on Friday, then three on Monday
        (
            options("4 working_hour") { $0.shifts = "08:00-12:00,13:00-17:10" },
            "2026-02-23T11:00+07:00"
        ),
        // 80 minutes on Friday, an hour suspended on Monday
        (
            options("4 working_hour") { $0.suspend = ["2026-02-23T08:00/2026-02-23T09:00"] },
            "2026-02-23T11:10+07:00"
        ),
        (
            options("4 working_hour") {
                $0.suspend = ["2026-02-23T08:00/2026-02-23T09:00"]
                $0.afterSupplement = "restart"
            }, "2026-02-23T15:00+07:00"
        ),
        // Another agency restarts nothing, and consultation is inside the limit
        (
            options("4 working_hour") {
                $0.suspend = ["2026-02-23T08:00/2026-02-23T09:00 other-agency"]
                $0.afterSupplement = "restart"
            }, "2026-02-23T11:10+07:00"
        ),
        (
            options("4 working_hour") { $0.suspend = ["2026-02-23T08:00/ consultation"] },
            "2026-02-23T10:10+07:00"
        ),
    ])
    func theDueInstantIsOneLine(options: Options, due: String) throws {
        #expect(try answer(options).line == due)
    }

    @Test(arguments: [
        (Options(limit: "3 day"), "--from", "MISSING"),
        (Options(from: "2026-02-13T16:10"), "--limit", "MISSING"),
        (options("3 day", from: "2026-02-29T10:00"), "--from", "DATE_DOES_NOT_EXIST"),
        (options("3 day", from: "2026-02-28T24:00"), "--from", "TIME_DOES_NOT_EXIST"),
        (options("3 day", from: "2026-02-28"), "--from", "MALFORMED"),
        (options("3 day", from: "1999-02-28T10:00"), "--from", "OUTSIDE_CALENDAR"),
        (options("3 fortnight"), "--limit", "UNIT_UNKNOWN"),
        (options("0 day"), "--limit", "VALUE_OUT_OF_RANGE"),
        (options("-1 day"), "--limit", "MALFORMED"),
        (options("unspecified"), "--limit", "NO_LIMIT"),
        (options("9999 month"), "--limit", "BEYOND_HORIZON"),
        (options("3 hour") { $0.count = "whole-days" }, "--count", "COUNTING_NOT_FOR_UNIT"),
        (options("3 day") { $0.count = "half-days" }, "--count", "COUNTING_UNKNOWN"),
        (options("3 day") { $0.shifts = "07:30-11:30,11:00-12:00" }, "--shifts", "SHIFTS_OVERLAP"),
        (options("3 day") { $0.shifts = "" }, "--shifts", "MALFORMED"),
        (options("3 day") { $0.extend = "0" }, "--extend", "VALUE_OUT_OF_RANGE"),
        (options("3 day") { $0.extend = "1 day" }, "--extend", "MALFORMED"),
        (options("3 day") { $0.extend = "-1" }, "--extend", "MALFORMED"),
        (options("unspecified") { $0.extend = "1" }, "--extend", "NOTHING_TO_EXTEND"),
        (options("3 day") { $0.afterSupplement = "stop" }, "--after-supplement", "RULE_UNKNOWN"),
        (options("3 day") { $0.calendar = "/nonexistent" }, "--calendar", "FILE_UNREADABLE"),
        (options("3 day") { $0.calendar = "/dev" }, "--calendar", "FILE_UNREADABLE"),
        (options("3 day") { $0.calendar = "/dev/zero" }, "--calendar", "TOO_LONG"),
        (options("3 day") { $0.suspend = ["2026-02-14"] }, "--suspend", "MALFORMED"),
        (options("3 day") { $0.suspend = [""] }, "--suspend", "MALFORMED"),
        (
            options("3 day") { $0.suspend = ["2026-02-14T10:00/2026-02-30T10:00"] }, "--suspend",
            "DATE_DOES_NOT_EXIST"
        ),
        (
            options("3 day") { $0.suspend = ["2026-02-14T10:00/2026-02-15T10:00 holiday"] },
            "--suspend", "CAUSE_UNKNOWN"
        ),
        (options("3 day") { $0.suspend = ["2026-02-14T10:00/"] }, "--suspend", "SUSPENSION_OPEN"),
        (
            options("3 day") { $0.suspend = ["2026-02-14T10:00/2099-02-14T10:00"] }, "--suspend",
            "BEYOND_HORIZON"
        ),
        (
            options("3 day") { $0.suspend = ["2026-02-13T16:09/2026-02-14T10:00"] }, "--suspend",
            "SUSPENSION_BEFORE_RECEPTION"
        ),
        (
            options("3 day") { $0.suspend = ["2026-02-15T10:00/2026-02-14T10:00"] }, "--suspend",
            "SUSPENSION_ENDS_BEFORE_IT_BEGINS"
        ),
        (
            options("3 day") {
                $0.suspend = [
                    "2026-02-14T10:00/2026-02-16T10:00", "2026-02-16T09:59/2026-02-17T10:00",
                ]
            }, "--suspend", "SUSPENSIONS_OVERLAP"
        ),
    ])
    func aBadOptionIsRefusedByName(options: Options, option: String, name: String) {
        let refusal = refusal(options)
        #expect(refusal?.option == option)
        #expect(refusal?.problems.map(\.name) == [name])
        #expect(refusal?.description.hasPrefix("\(option): \(name): ") == true)
    }

    @Test func aCalendarsFileIsReadAndItsFaultsAreTold() throws {
        let path = NSTemporaryDirectory() + "motcua-calendar-\(UUID().uuidString)"
        // What cannot be removed is no failure of the test's.
        defer { try? FileManager.default.removeItem(atPath: path) }
        let head =
            "version mine\neffective 2026-01-01\ncovers 2026\n2026-01-01 off Tết Dương lịch\n"
        try Data((head + "2026-02-16 off Nghỉ\n2026-02-21 work bù 16/02").utf8)
            .write(to: URL(fileURLWithPath: path))
        let good = try answer(Self.options("4 working_hour") { $0.calendar = path })
        // Monday is off; Tuesday 17 February is worked in this calendar
        #expect(good.line == "2026-02-17T10:10+07:00")
        #expect(!good.isProvisional)
        #expect(
            good.explanation.contains {
                $0.contains("mine, hiệu lực từ 2026-01-01, dữ liệu năm 2026")
            })

        try Data((head + "2026-02-30 off Tết\n2026-01-10 work bù 05/01").utf8)
            .write(to: URL(fileURLWithPath: path))
        #expect(
            refusal(Self.options("4 working_hour") { $0.calendar = path })?.description == """
                --calendar: DATE_DOES_NOT_EXIST: line 5: "2026-02-30": month 02 of 2026 has days 1 to 28
                --calendar: SWAP_WITHOUT_DAY_OFF: line 6: 2026-01-10 is worked for 2026-01-05, \
                which is not listed as off
                """)

        try Data([0xC3, 0x28]).write(to: URL(fileURLWithPath: path))
        let notText = refusal(Self.options("4 working_hour") { $0.calendar = path })
        #expect(notText?.problems.map(\.name) == ["NOT_UTF8"])
    }

    @Test func theLedgerEndsWithTheFourKindsOfTime() throws {
        let options = Self.options("2 working_hour", from: "2026-02-23T08:00") {
            $0.suspend = [
                "2026-02-23T08:30/2026-02-23T09:00",
                "2026-02-23T09:10/2026-02-23T09:20 other-agency",
                "2026-02-23T09:30/2026-02-23T09:35 decision",
            ]
            $0.extend = "1"
        }
        let answer = try answer(options)
        // 180 minutes counted and 45 not
        #expect(answer.line == "2026-02-23T13:45+07:00")
        #expect(
            answer.explanation.joined(separator: "\n") == """
                Tiếp nhận: 2026-02-23T08:00+07:00
                Thời hạn: 2 working_hour, gia hạn 1 working_hour
                Giờ làm việc: 07:30-11:30,13:30-17:30
                Lịch làm việc: vn-2025-2026, hiệu lực từ 2025-01-01, dữ liệu các năm 2025-2026; \
                hạn trả kết quả theo lịch đã công bố
                2026-02-23T08:00+07:00 2026-02-23T08:30+07:00     30 phút  tính, cơ quan giải quyết: \
                tính từng phút trong giờ làm việc \
                [Quyết định 1594/QĐ-TTPVHCC của Hà Nội: một ngày là 8 giờ]
                2026-02-23T08:30+07:00 2026-02-23T09:00+07:00     30 phút  tạm dừng, công dân: \
                tạm dừng tính thời hạn (chờ bổ sung hồ sơ) \
                [Quyết định 766/QĐ-TTg: không tính thời gian bổ sung hồ sơ]
                2026-02-23T09:00+07:00 2026-02-23T09:10+07:00     10 phút  tính, cơ quan giải quyết: \
                tính từng phút trong giờ làm việc \
                [Quyết định 1594/QĐ-TTPVHCC của Hà Nội: một ngày là 8 giờ]
                2026-02-23T09:10+07:00 2026-02-23T09:20+07:00     10 phút  tạm dừng, cơ quan khác: \
                tạm dừng tính thời hạn (chờ cơ quan khác)
                2026-02-23T09:20+07:00 2026-02-23T09:30+07:00     10 phút  tính, cơ quan giải quyết: \
                tính từng phút trong giờ làm việc \
                [Quyết định 1594/QĐ-TTPVHCC của Hà Nội: một ngày là 8 giờ]
                2026-02-23T09:30+07:00 2026-02-23T09:35+07:00      5 phút  tạm dừng, không bên nào: \
                tạm dừng tính thời hạn (theo quyết định)
                2026-02-23T09:35+07:00 2026-02-23T10:45+07:00     70 phút  tính, cơ quan giải quyết: \
                tính từng phút trong giờ làm việc \
                [Quyết định 1594/QĐ-TTPVHCC của Hà Nội: một ngày là 8 giờ]
                2026-02-23T10:45+07:00 2026-02-23T11:30+07:00     45 phút  tính, cơ quan giải quyết: \
                thời gian được gia hạn [Nghị định 61/2018/NĐ-CP, Điều 19 khoản 9; \
                mẫu 04 của Thông tư 03/2025/TT-VPCP]
                2026-02-23T11:30+07:00 2026-02-23T13:30+07:00    120 phút  không tính, cơ quan giải quyết: \
                ngoài giờ làm việc [Giờ làm việc của cơ quan]
                2026-02-23T13:30+07:00 2026-02-23T13:45+07:00     15 phút  tính, cơ quan giải quyết: \
                thời gian được gia hạn [Nghị định 61/2018/NĐ-CP, Điều 19 khoản 9; \
                mẫu 04 của Thông tư 03/2025/TT-VPCP]
                     300 phút  cơ quan giải quyết giữ hồ sơ
                      30 phút  công dân giữ hồ sơ
                      10 phút  cơ quan khác giữ hồ sơ
                       5 phút  không bên nào giữ hồ sơ
                     345 phút  tổng cộng, bằng thời gian đã trôi qua
                     180 phút  được tính vào thời hạn
                      60 phút  trong đó do gia hạn
                """)
    }

    @Test func aDueInstantBeyondTheCalendarIsCalledProvisional() throws {
        let answer = try answer(Self.options("1 working_hour", from: "2026-12-31T17:00"))
        #expect(answer.line == "2027-01-04T08:00+07:00")
        #expect(answer.isProvisional)
        #expect(answer.explanation.contains { $0.contains("tạm tính") })
    }
}
