import Testing
import WorkingTime

@testable import Records

/// A small city: a centre with two branches, a ward, a department, and a district that closed on
/// 30 June 2025.
enum SmallCity {
    static let old = DayRange(from: day("2019-01-06"), lastDay: day("2025-06-30"))
    static let new = DayRange(from: day("2025-07-01"), lastDay: nil)

    static var organisation: Organisation { make() }

    static func make(_ change: (inout OrganisationChange) -> Void = { _ in }) -> Organisation {
        var parts = OrganisationChange()
        for agency in [
            agency(
                "H26", .city, "Thành phố", below: "", days: old.untilFurtherNotice, takes: false),
            agency("H26.000.00", .centre, "Trung tâm", below: "H26"),
            agency("H26.001.00", .branch, "Chi nhánh số 1", below: "H26.000.00"),
            agency("H26.002.00", .branch, "Chi nhánh số 2", below: "H26.000.00"),
            agency("H26.101.00", .ward, "Phường Hoàn Kiếm", below: "H26"),
            agency(
                "H26.301.00", .department, "Sở Tư pháp", below: "H26",
                days: old.untilFurtherNotice, takes: false),
            agency(
                "000.00.20.H26", .district, "Quận Hoàn Kiếm", below: "H26", days: old,
                successor: "H26.101.00"),
        ] { parts.agencies[agency.id] = agency }
        parts.counters = [
            Records.Counter(agency: "H26.001.00", id: "Q01", name: "Quầy 1", days: new),
            Records.Counter(
                agency: "H26.001.00", id: "Q02", name: "Quầy 2",
                days: DayRange(from: new.from, lastDay: day("2025-12-31"))),
        ]
        parts.officials = [
            official("dau", ("H26.000.00", .head, new)),
            official("tiep", ("H26.001.00", .receptionist, new)),
            official("nhan", ("H26.001.00", .receptionist, DayRange(from: day("2026-02-01")))),
            official(
                "truong", ("000.00.20.H26", .head, old),
                ("H26.101.00", .head, DayRange(from: new.from, lastDay: day("2026-03-31")))),
            official("ke", ("H26.101.00", .head, DayRange(from: day("2026-04-01")))),
        ]
        change(&parts)
        return Organisation.empty.applying(parts, version: 1)
    }

    static func agency(
        _ id: String, _ level: AgencyLevel, _ name: String, below parent: String,
        days: DayRange = new, takes: Bool = true, successor: String = ""
    ) -> Agency {
        Agency(
            id: id,
            periods: [
                AgencyPeriod(
                    days: days, name: name, level: level, parent: parent, takesDossiers: takes)
            ], successor: successor)
    }

    static func official(
        _ principal: String, _ posts: (agency: String, role: PostRole, days: DayRange)...
    ) -> Official {
        Official(
            principal: principal, fullName: "Người \(principal)",
            posts: posts.map { post in
                Post(
                    agency: post.agency, role: post.role, title: post.role.word,
                    official: principal, days: post.days)
            })
    }
}

extension DayRange {
    init(from: CivilDate) { self.init(from: from, lastDay: nil) }
    var untilFurtherNotice: DayRange { DayRange(from: from) }
}

func day(_ text: String) -> CivilDate {
    do throws(TextRejection) {
        return try CivilDate(parsing: text)
    } catch {
        preconditionFailure("\(error)")
    }
}

@Suite struct OrganisationTests {
    private let city = SmallCity.organisation

    @Test func theSmallCityContradictsItselfNowhere() { #expect(city.problems() == []) }

    @Test(arguments: [
        ("H26.001.00", "2026-02-13", ["H26", "H26.000.00", "H26.001.00"]),
        ("H26.101.00", "2026-02-13", ["H26", "H26.101.00"]),
        ("H26", "2026-02-13", ["H26"]),
        // Before it began, and one that never was.
        ("H26.001.00", "2025-06-30", []),
        ("H26.999.00", "2026-02-13", []),
        // Its last day, the day after, and long before its first.
        ("000.00.20.H26", "2025-06-30", ["H26", "000.00.20.H26"]),
        ("000.00.20.H26", "2025-07-01", ["H26", "H26.101.00"]),
        ("000.00.20.H26", "2018-01-01", []),
    ])
    func aPathLeadsFromTheRootToWhoeverAnswersOnTheDay(
        _ agency: String, _ on: String, _ path: [String]
    ) {
        #expect(city.path(of: agency, on: day(on)) == path)
    }

    @Test(arguments: [
        ("H26.001.00", "H26.001.00", true), ("H26.001.00", "H26.000.00", true),
        ("H26.001.00", "H26", true), ("H26.001.00", "H26.002.00", false),
        ("H26.000.00", "H26.001.00", false),
        // The closed district's dossiers are the ward's now, and nobody is within the district.
        ("000.00.20.H26", "H26.101.00", true), ("H26.101.00", "000.00.20.H26", false),
        ("000.00.20.H26", "000.00.20.H26", false),
        // One that the city does not know, by its identifier; one that only begins alike lies nowhere.
        ("H26.0", "H26", true), ("000.00.31.H26", "H26", true), ("H260", "H26", false),
        ("", "H26", false), ("H26", "", false),
    ])
    func anAgencyLiesWithinItselfAndThoseAboveIt(
        _ agency: String, _ scope: String, _ isWithin: Bool
    ) {
        #expect(city.isWithin(agency, scope, on: day("2026-02-13")) == isWithin)
    }

    @Test(arguments: [
        // Its own head, the day he goes and the day his successor comes.
        ("H26.101.00", "2026-02-13", "truong"), ("H26.101.00", "2026-03-31", "truong"),
        ("H26.101.00", "2026-04-01", "ke"),
        // None of its own: the centre's.
        ("H26.001.00", "2026-02-13", "dau"),
        // The district's own while it stood, then the head of the ward that answers for it.
        ("000.00.20.H26", "2024-01-02", "truong"), ("000.00.20.H26", "2026-04-01", "ke"),
        // Nobody up to the root.
        ("H26.301.00", "2026-02-13", nil),
    ])
    func theAccountableHeadIsTheNearestOne(_ agency: String, _ on: String, _ head: String?) {
        #expect(city.head(of: agency, on: day(on))?.official == head)
    }

    @Test(arguments: [
        ("H26.001.00", "2026-01-31", ["tiep"]), ("H26.001.00", "2026-02-01", ["nhan", "tiep"]),
        ("H26.000.00", "2026-02-01", []),
    ])
    func thoseWhoHoldARoleAreOfTheVeryAgencyAndTheDay(
        _ agency: String, _ on: String, _ officials: [String]
    ) {
        #expect(
            city.officials(holding: .receptionist, in: agency, on: day(on)).map(\.official)
                == officials)
    }

    @Test func aCounterIsThereWhileItIsOpen() {
        #expect(
            city.counters(of: "H26.001.00", on: day("2025-12-31")).map(\.id) == ["Q01", "Q02"])
        #expect(city.counters(of: "H26.001.00", on: day("2026-01-01")).map(\.id) == ["Q01"])
        #expect(city.counter("Q02", of: "H26.001.00", on: day("2026-01-01")) == nil)
    }

    @Test func aNameIsTheOneOfTheDay() {
        let city = SmallCity.make { parts in
            var period = parts.agencies["H26.301.00"]!.periods[0]
            parts.agencies["H26.301.00"]!.periods[0].days.lastDay = day("2025-12-31")
            period.days.from = day("2026-01-01")
            period.name = "Sở Tư pháp và Hộ tịch"
            parts.agencies["H26.301.00"]!.periods.append(period)
        }
        #expect(city.problems() == [])
        #expect(city.agency("H26.301.00", on: day("2025-12-31"))?.name == "Sở Tư pháp")
        #expect(city.agency("H26.301.00", on: day("2026-01-01"))?.name == "Sở Tư pháp và Hộ tịch")
    }

    @Test func whatAnAgencyAnswersForIncludesWhatCameToIt() {
        #expect(
            city.agencies(within: "H26.101.00", on: day("2026-02-13"))
                == ["000.00.20.H26", "H26.101.00"])
        #expect(
            city.agencies(within: "H26.000.00", on: day("2026-02-13"))
                == ["H26.000.00", "H26.001.00", "H26.002.00"])
    }
}

@Suite struct OrganisationProblemTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var row: OrganisationRow
        var field: String
        var change: @Sendable (inout OrganisationChange) -> Void

        init(
            _ name: String, _ row: OrganisationRow, _ field: String,
            _ change: @escaping @Sendable (inout OrganisationChange) -> Void
        ) {
            testDescription = name
            self.row = row
            self.field = field
            self.change = change
        }
    }

    private static func period(_ agency: String, _ from: String = "2025-07-01") -> OrganisationRow {
        .period(agency: agency, from: day(from))
    }

    static let faults: [Fault] = [
        Fault("parent of a lower level", period("H26.000.00"), "parent") {
            $0.agencies["H26.000.00"]!.periods[0].parent = "H26.001.00"
        },
        Fault("parent of the same level", period("H26.001.00"), "parent") {
            $0.agencies["H26.001.00"]!.periods[0].parent = "H26.002.00"
        },
        Fault("unknown parent", period("H26.001.00"), "parent") {
            $0.agencies["H26.001.00"]!.periods[0].parent = "H26.555.00"
        },
        Fault("no parent", period("H26.001.00"), "parent") {
            $0.agencies["H26.001.00"]!.periods[0].parent = ""
        },
        Fault("parent closed before", period("H26.001.00"), "parent") {
            $0.agencies["H26.000.00"]!.periods[0].days.lastDay = day("2026-06-30")
            $0.agencies["H26.000.00"]!.successor = "H26.301.00"
            $0.officials.removeAll { $0.principal == "dau" }
        },
        Fault("parent that began later", period("H26.001.00"), "parent") {
            $0.agencies["H26.000.00"]!.periods[0].days.from = day("2025-07-02")
            $0.officials.removeAll { $0.principal == "dau" }
        },
        Fault("periods that overlap", period("H26.301.00", "2019-01-06"), "last_day") {
            var second = $0.agencies["H26.301.00"]!.periods[0]
            second.days.from = day("2026-01-01")
            $0.agencies["H26.301.00"]!.periods.append(second)
        },
        Fault("periods with a gap", period("H26.301.00", "2019-01-06"), "last_day") {
            var second = $0.agencies["H26.301.00"]!.periods[0]
            second.days.from = day("2026-01-01")
            $0.agencies["H26.301.00"]!.periods[0].days.lastDay = day("2025-12-30")
            $0.agencies["H26.301.00"]!.periods.append(second)
        },
        Fault("closed with no successor", period("000.00.20.H26", "2019-01-06"), "successor") {
            $0.agencies["000.00.20.H26"]!.successor = ""
        },
        Fault("succeeded by a closed one", period("000.00.20.H26", "2019-01-06"), "successor") {
            $0.agencies["H26.101.00"]!.periods[0].days.from = day("2025-07-02")
            $0.officials.removeAll { ["truong", "ke"].contains($0.principal) }
        },
        Fault("succeeded by itself", period("000.00.20.H26", "2019-01-06"), "successor") {
            $0.agencies["000.00.20.H26"]!.successor = "000.00.20.H26"
        },
        Fault("open with a successor", period("H26.002.00"), "successor") {
            $0.agencies["H26.002.00"]!.successor = "H26.001.00"
        },
        Fault("a taker of dossiers that codes cannot begin with", period("H26.9"), "agency") {
            $0.agencies["H26.9"] = SmallCity.agency("H26.9", .department, "Sở", below: "H26")
        },
        Fault("two heads at once", .official("ke"), "posts") {
            $0.officials[4].posts[0].days.from = day("2026-03-31")
        },
        Fault("a post in no agency", .official("tiep"), "posts[0].agency") {
            $0.officials[1].posts[0].agency = "H26.555.00"
        },
        Fault("a post in a closed agency", .official("truong"), "posts[0].agency") {
            $0.officials[3].posts[0].days.lastDay = day("2025-07-01")
        },
        Fault("one post held twice", .official("tiep"), "posts[1].from") {
            $0.officials[1].posts.append($0.officials[1].posts[0])
        },
        Fault("an official without a post", .official("tiep"), "posts") {
            $0.officials[1].posts = []
        },
        Fault(
            "a counter of a closed agency", .counter(agency: "000.00.20.H26", id: "Q01"), "agency"
        ) {
            $0.counters.append(
                Records.Counter(
                    agency: "000.00.20.H26", id: "Q01", name: "Quầy",
                    days: SmallCity.old.untilFurtherNotice))
        },
    ]

    @Test(arguments: faults) func whatContradictsItselfIsToldWithRowAndField(_ fault: Fault) {
        let problems = SmallCity.make(fault.change).problems()
        #expect(problems.contains { $0.rows.first == fault.row && $0.field == fault.field })
        #expect(problems.allSatisfy { $0.field == fault.field })
    }

    @Test func aCircleOfSuccessorsAnswersForNobody() {
        let city = SmallCity.make {
            for (id, successor) in [("H26.001.00", "H26.002.00"), ("H26.002.00", "H26.001.00")] {
                $0.agencies[id]!.periods[0].days.lastDay = day("2026-06-30")
                $0.agencies[id]!.successor = successor
            }
            $0.counters = []
            $0.officials.removeAll { ["tiep", "nhan"].contains($0.principal) }
        }
        #expect(city.answering(for: "H26.001.00", on: day("2026-07-01")) == nil)
        #expect(city.problems().map(\.field) == ["successor", "successor"])
    }
}

@Suite struct AgencyIdentifierTests {
    @Test(arguments: [
        "H26", "H26.001.00", "000.00.01.H26", "H26.A01.0Z", "Y99",
        "H26." + String(repeating: "1", count: 31),
    ])
    func anIdentifierIsMadeOfDigitsCapitalsAndDots(_ id: String) {
        #expect(AgencyIdentifier.isWellFormed(id))
    }

    @Test(arguments: [
        "", "h26", "H26.a01", "H26..01", ".H26", "H26.", "H2", "Z26", "026", "H26 01", "H26-01",
        "Đ26", "H26." + String(repeating: "1", count: 32), "H26.001.00\n",
    ])
    func nothingElseIs(_ id: String) { #expect(!AgencyIdentifier.isWellFormed(id)) }
}
