import Testing
import WorkingTime

@testable import Records

@Suite struct StateTests {
    /// As the domain sheet writes them.
    static let beforeAcceptance = "1→2|3|5|6|7 5→1|2|7 6→2|7"
    static let afterAcceptance = "2→4|7|8 4→5|6|7|8|9 5→4|7|8 6→4|7|8 9→10"

    static func pairs(_ text: String) -> Set<[Int]> {
        Set(
            text.split(separator: " ").flatMap { rule in
                let sides = rule.split(separator: "→")
                return sides[1].split(separator: "|").map { [Int(sides[0])!, Int($0)!] }
            })
    }

    @Test func allHundredPairsAreAsTheSheetSays() {
        let early = Self.pairs(Self.beforeAcceptance)
        let late = Self.pairs(Self.afterAcceptance)
        for from in DossierState.allCases {
            for to in DossierState.allCases {
                let pair = [from.rawValue, to.rawValue]
                // States 1 and 3 are never those of an accepted dossier, 2, 4, 8, 9, 10 always.
                if ![2, 4, 8, 9, 10].contains(from.rawValue) {
                    #expect(from.moves(isAccepted: false).contains(to) == early.contains(pair))
                }
                if ![1, 3].contains(from.rawValue) {
                    #expect(from.moves(isAccepted: true).contains(to) == late.contains(pair))
                }
            }
        }
    }

    @Test(arguments: [DossierState.refused, .withdrawn, .stopped, .returned])
    func finalStatesLeadNowhere(state: DossierState) {
        #expect(state.moves(isAccepted: true).isEmpty && state.moves(isAccepted: false).isEmpty)
    }
}

@Suite struct RegimeTests {
    @Test(arguments: [
        (2024, 3, 1, "circular-01-2018"), (2025, 6, 30, "circular-01-2018"),
        (2025, 7, 1, "circular-03-2025"), (2030, 1, 1, "circular-03-2025"),
    ])
    func theDayOfReceptionDecides(year: Int, month: Int, day: Int, id: String) throws {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        #expect(Regime.inForce(on: date).id == id)
    }

    @Test func codesFollowTheRegime() throws {
        let (old, new) = (Regime.all[0], Regime.all[1])
        let day = try #require(CivilDate(year: 2023, month: 6, day: 5))
        #expect(
            DossierCode.make(unit: "000.00.01.H26", day: day, sequence: 1, regime: old)
                == "000.00.01.H26-230605-0001")
        #expect(
            DossierCode.make(unit: "000.00.01.H26", day: day, sequence: 9999, regime: old)
                == "000.00.01.H26-230605-9999")
        #expect(
            DossierCode.make(unit: "000.00.01.H26", day: day, sequence: 10_000, regime: old) == nil)
        #expect(
            DossierCode.make(unit: "H26.001.00", day: day, sequence: 10_000, regime: new)
                == "H26.001.00-230605-10000")
    }

    @Test(arguments: [
        ("H26.001.00", true, false), ("H26.A01.0Z", true, false), ("000.00.01.H26", false, true),
        ("Z26.001.00", false, false), ("H26.001", false, false), ("H26.001.00.", false, false),
        ("h26.001.00", false, false), ("H26.0011.0", false, false), ("", false, false),
        ("H26.001.0 ", false, false), ("H2é.001.00", false, false),
    ])
    func unitsFollowThePattern(unit: String, isNew: Bool, isOld: Bool) {
        #expect(Regime.UnitPattern.levelOneFirst.matches(unit) == isNew)
        #expect(Regime.UnitPattern.levelOneLast.matches(unit) == isOld)
    }
}

@Suite struct ApplicantTests {
    static let day = CivilDate(year: 2026, month: 2, day: 13)!

    static func applicant(
        name: String = "Nguyễn Văn An", identity: String = "", phone: String = "",
        email: String = ""
    ) -> Applicant {
        Applicant(
            fullName: name, identityNumber: identity, phone: phone, email: email, address: "")
    }

    @Test(
        arguments: [
            ("", nil),
            ("001099012345", nil),  // Hanoi, 19xx, born 1999
            ("001300012345", nil),  // woman born 2000
            ("100288000001", .implausible),  // born 2088
            ("192099000001", nil),  // registered abroad
            ("003099012345", .implausible),  // there is no province 003
            ("000099012345", .implausible),
            ("001800012345", .implausible),  // born 2300
            ("001226012345", nil),  // born this year
            ("001227012345", .implausible),
            ("012345678", nil),
            ("0100112437", nil),  // a tax code in force
            ("0100112438", .implausible),
            ("0100112437-001", nil),
            ("0100112437001", nil),
            ("0100112437000", .implausible),
            ("0100000000", .implausible),
            ("12345", .malformed),
            ("00109901234a", .malformed),
            ("００１０９９０１２３４５", .malformed),
            ("0100112437_001", .malformed),
        ] as [(String, FieldViolation.Reason?)])
    func identityNumbersAreChecked(number: String, reason: FieldViolation.Reason?) {
        let violations = Self.applicant(identity: number).violations(on: Self.day)
        #expect(violations.map(\.reason) == (reason.map { [$0] } ?? []))
        #expect(violations.allSatisfy { $0.field == "applicant.identity_number" })
        #expect(violations.allSatisfy { number.isEmpty || !$0.remedy.contains(number) })
    }

    @Test(arguments: [
        ("0912345678", true), ("0312345678", true), ("02438253999", true), ("0112345678", false),
        ("091234567", false), ("09123456789", false), ("+84912345678", false),
        ("0912 345 678", false),
        ("0243825399", false),
    ])
    func phonesAreChecked(phone: String, isGood: Bool) {
        #expect(Self.applicant(phone: phone).violations(on: Self.day).isEmpty == isGood)
    }

    @Test(arguments: [
        ("an@example.vn", true), ("a.b+c@mail.example.vn", true), ("an", false), ("an@", false),
        ("an@vn", false), ("a@b@c.vn", false), ("an @example.vn", false), ("an@-x.vn", false),
        ("ấn@example.vn", false), (".a@example.vn", false), ("a@example..vn", false),
    ])
    func emailsAreChecked(email: String, isGood: Bool) {
        #expect(Self.applicant(email: email).violations(on: Self.day).isEmpty == isGood)
    }

    @Test func everythingIsToldAtOnce() {
        let applicant = Self.applicant(name: "  ", identity: "1", phone: "1", email: "1")
        #expect(
            applicant.violations(on: Self.day).map(\.field) == [
                "applicant.full_name", "applicant.identity_number", "applicant.phone",
                "applicant.email",
            ])
    }
}

@Suite struct CaseSelectionTests {
    private func select(
        _ id: String, _ channel: IntakeChannel = .direct, limit: String = "", fees: [String] = [],
        components: [String] = []
    ) throws -> Result<CaseSelection, CaseSelection.Violations> {
        CaseSelection.select(
            .init(channel: channel, limitID: limit, feeLineIDs: fees, componentIDs: components),
            of: try Samples.procedure(id))
    }

    private func fields(_ result: Result<CaseSelection, CaseSelection.Violations>) -> [String] {
        guard case .failure(let failure) = result else { return [] }
        return failure.violations.map { "\($0.field) \($0.reason.rawValue)" }
    }

    @Test func theOnlyChoiceIsTaken() throws {
        let selection = try select("1658", .online).get()
        #expect(selection.limit.id == "L2" && selection.limit.channel == .online)
        #expect(selection.feeLines.map(\.amount) == [.dong(0)])
        #expect(selection.components.map(\.id) == ["C1"])
        #expect(try select("1489").get().feeLines.isEmpty)
    }

    @Test func alternativesAreNeitherGuessedNorSummed() throws {
        let result = try select("1493", .post)
        #expect(fields(result) == ["limit_id AMBIGUOUS", "fee_line_ids AMBIGUOUS"])
        guard case .failure(let failure) = result else { return }
        #expect(failure.violations[0].remedy == "choose one of L5 (10 Ngày), L6 (15 Ngày)")
        #expect(failure.violations[1].remedy.contains("F1 (200000 dong, Phí cung cấp"))
        let selection = try select("1493", .post, limit: "L6", fees: ["F2"]).get()
        #expect(selection.limit.limit == (try TimeLimit(15, .day)))
        #expect(selection.feeLines.map(\.id) == ["F2"])
    }

    @Test func whatTheChannelDoesNotHaveIsRefused() throws {
        #expect(fields(try select("1489", .online)) == ["channel NOT_OFFERED"])
        #expect(
            fields(try select("1493", .direct, limit: "L3", fees: ["F1"])) == ["limit_id UNKNOWN"])
        #expect(
            fields(
                try select(
                    "1493", .direct, limit: "L1", fees: ["F1", "F9"], components: ["C1", "C1"]))
                == ["fee_line_ids[1] UNKNOWN", "component_ids[1] REPEATED"])
    }

    @Test func openAmountsAreKeptOpen() throws {
        #expect(try select("1611").get().feeLines.map(\.amount) == [.open])
    }
}
