import GRDB
import Messages
import RPC
import Testing
import WorkingTime

@testable import Records

@Suite struct QueueServiceTests {
    private static let unit = "H26.001.00"

    @Test func aDossierIsDueSoonFromEightWorkingHoursBeforeAndOverdueAfterItsMinute() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            // Three working days: due on 5 March at 09:00.
            _ = try await counter.accepted()
            let queues = counter.seat().queues
            for (time, soon, overdue, left) in [
                ("2026-03-04T08:59", 0, 0, 481), ("2026-03-04T09:00", 1, 0, 480),
                ("2026-03-05T09:00", 1, 0, 0), ("2026-03-05T09:01", 0, 1, -1),
                ("2026-03-06T09:00", 0, 1, -480),
            ] {
                counter.setTime(time)
                let all = try await queues.listQueue(
                    .with { $0.queue = .init(.agency("H26")) })
                #expect(all.items.map(\.workingMinutesLeft) == [Int32(left)], "\(time)")
                for (kind, count) in [(RecordsV1.QueueKind.dueSoon, soon), (.overdue, overdue)] {
                    let found = try await queues.count(.init(.agency("H26"), kind))
                    #expect(found.count == Int64(count) && found.isExact, "\(time) \(kind)")
                    #expect(
                        try await queues.ids(.init(.agency("H26"), kind)).count == count,
                        "\(time) \(kind)")
                }
            }
        }
    }

    @Test func aLineOfAQueueShowsTheStepAndNoName() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            _ = try await counter.start(dossier)
            let head = counter.seat("nguyen.van.an", [.official, .head])
            _ = try await head.assignments.assignStep(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.dossierID = dossier.dossierID
                    $0.stepNumber = 1
                    $0.official = "le.thi.cam"
                    $0.reason = "Phân công"
                })
            let own = counter.seat("le.thi.cam", agency: Self.unit)
            let page = try await own.queues.listQueue(
                .with { $0.queue = .init(.official("le.thi.cam")) })
            let item = try #require(page.items.first)
            #expect(page.items.count == 1 && page.nextPageToken.isEmpty)
            #expect(item.dossierID == dossier.dossierID && item.code == dossier.code)
            #expect(item.state == .processing && item.stepNumber == 1)
            #expect(item.assignee == "le.thi.cam" && item.applicantInitials == "T.T.B.")
            #expect(item.dueTime?.local == "2026-03-05T09:00+07:00")
            let text = String(decoding: try page.serialized(), as: UTF8.self)
            #expect(!text.contains("Trần") && !text.contains("0912345678"))
            let step = RecordsV1.Queue(
                .step(
                    .with {
                        $0.agency = Self.unit
                        $0.procedureID = "1489"
                        $0.stepNumber = 1
                    }))
            #expect(try await own.queues.ids(step) == [dossier.dossierID])
            #expect(try await own.queues.ids(.init(.counter(Self.unit))) == [dossier.dossierID])
        }
    }

    @Test func aCountIsExactUpToItsBoundAndSaysSoBeyond() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let queues = counter.seat().queues
            try await counter.writeDirectly(
                "INSERT INTO queue_scope (scope_number, kind, id) VALUES (901, 1, 'H26')")
            func fill(_ from: Int, _ to: Int) async throws {
                try await counter.writeDirectly(
                    """
                    WITH RECURSIVE n (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM n WHERE n < ?)
                    INSERT INTO queue_entry SELECT 901, n, n FROM n
                    """, [from, to])
            }
            try await fill(1, QueueTable.countMax)
            let exact = try await queues.count(.init(.agency("H26")))
            #expect(exact.count == 10_000 && exact.isExact)
            try await fill(QueueTable.countMax + 1, QueueTable.countMax + 1)
            let atLeast = try await queues.count(.init(.agency("H26")))
            #expect(atLeast.count == 10_000 && !atLeast.isExact)
            let summary = try await queues.getAgencySummary(.with { $0.agency = "H26" })
            #expect(summary.total?.overdue?.isExact == false && summary.total?.name != "")
        }
    }

    @Test func pagesNeitherSkipNorDoubleWhatStaysWhileOthersMove() async throws {
        try await Counter.run(at: "2026-03-02T08:00") { counter in
            var ids: [String] = []
            for minute in 10..<22 {
                counter.setTime("2026-03-02T08:\(minute)")
                ids.append(try await counter.accepted().dossierID)
            }
            let queue = RecordsV1.Queue(.agency(Self.unit))
            let queues = counter.seat().queues
            var request = RecordsV1.ListQueueRequest()
            request.queue = queue
            request.pageSize = 3
            let first = try await queues.listQueue(request)
            #expect(first.items.map(\.dossierID) == Array(ids[0..<3]))
            // One that was shown goes, one that was not goes, one moves back, one comes.
            _ = try await counter.withdraw(try await counter.get(ids[1]))
            _ = try await counter.withdraw(try await counter.get(ids[5]))
            try await counter.host.store.writer.perform { database in
                try QueueTable(database: database).move(
                    dossier: 1, from: at("2026-03-05T08:10"), to: at("2026-03-05T08:19"))
            }
            counter.setTime("2026-03-02T08:30")
            let late = try await counter.accepted().dossierID
            var rest: [String] = []
            request.pageToken = first.nextPageToken
            repeat {
                let page = try await queues.listQueue(request)
                rest += page.items.map(\.dossierID)
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            #expect(
                rest == [ids[3], ids[4], ids[6], ids[7], ids[8], ids[0], ids[9], ids[10], ids[11]]
                    + [late])
            request.pageToken = first.nextPageToken
            request.queue?.kind = .overdue
            let foreign = try await counter.refusal { try await queues.listQueue(request) }
            #expect(foreign.fields == ["page_token MALFORMED"])
        }
    }

    @Test func anAgencysSummaryHasALineForEachAgencyRightBelowIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            _ = try await counter.accepted()
            _ = try await counter.accepted(unit: "H26.002.00")
            _ = try await counter.accepted(unit: "H26.101.00")
            _ = try await counter.submitted(unit: "H26.101.00")
            counter.setTime("2026-03-05T09:01")
            _ = try await counter.accepted(unit: "H26.102.00")
            let queues = counter.seat().queues
            var lines: [String: RecordsV1.AgencySummary] = [:]
            var order: [String] = []
            var request = RecordsV1.GetAgencySummaryRequest.with {
                $0.agency = "H26"
                $0.pageSize = 40
            }
            repeat {
                let page = try await queues.getAgencySummary(request)
                #expect(page.total?.open?.count == 4 && page.total?.overdue?.count == 3)
                for line in page.children {
                    order.append(line.agency)
                    lines[line.agency] = line
                }
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            #expect(order == order.sorted() && Set(order).count == order.count)
            #expect(order.count > 126)
            #expect(lines["H26.000.00"]?.open?.count == 2)
            #expect(lines["H26.101.00"]?.overdue?.count == 1)
            #expect(lines["H26.102.00"]?.overdue?.count == 0)
            #expect(lines["H26.102.00"]?.open?.count == 1)
            #expect(lines["H26.001.00"] == nil)
        }
    }

    @Test func figuresOfOneDossierSumToTheTimeThatWentBy() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let dossier = try await counter.accepted()
            _ = try await counter.start(dossier)
            counter.setTime("2026-03-02T14:00")
            _ = try await counter.askSupplement(dossier, ["C1"])
            counter.setTime("2026-03-03T09:00")
            try await counter.digitize(dossier, "C1", document: "again")
            _ = try await counter.receiveSupplement(dossier)
            counter.setTime("2026-03-03T15:00")
            for step in 1...3 { _ = try await counter.complete(dossier, step: Int32(step)) }
            _ = try await counter.issue(dossier)
            counter.setTime("2026-03-20T15:00")
            let figures = try await counter.seat().queues.getDossierFigures(
                .with { $0.dossierID = dossier.dossierID })
            // 5 hours until it was asked for, 19 with the citizen, 6 until the result.
            #expect(figures.agencyMinutes == 660 && figures.citizenMinutes == 1_140)
            #expect(figures.otherAgencyMinutes == 0 && figures.suspendedMinutes == 0)
            #expect(figures.elapsedMinutes == 1_800 && figures.contactCount == 1)
            // Shifts are 07:30-11:30 and 13:30-17:30.
            #expect(figures.agencyWorkingMinutes == 150 + 30 + 150 + 90)
            let stranger = counter.seat("x", agency: "H26.101.00").queues
            let refusal = try await counter.refusal {
                try await stranger.getDossierFigures(.with { $0.dossierID = dossier.dossierID })
            }
            #expect(refusal.reason == "DOSSIER_NOT_FOUND")
            let year = try await counter.seat().queues.getFigures(
                .with {
                    $0.agency = Self.unit
                    $0.fromDay = "2026-03-03"
                    $0.toDay = "2026-12-31"
                })
            #expect(year.openBefore == 1 && year.openAfter == 0 && year.days.count == 1)
            #expect(year.total?.finishedOnTime == 1 && year.total?.agencyMinutes == 420)
        }
    }
}

/// Who may look at what, and what is refused by name.
@Suite struct QueueAccessTests {
    @Test func anOfficialSeesHisAgencyAndWhatLiesBelowIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let cases: [(agency: String, asked: String, isAllowed: Bool)] = [
                ("H26.001.00", "H26.001.00", true), ("H26.001.00", "H26.002.00", false),
                ("H26.001.00", "H26.000.00", false), ("H26.001.00", "H26", false),
                ("H26.000.00", "H26.001.00", true), ("H26.000.00", "H26.101.00", false),
                ("H26", "H26.101.00", true), ("", "H26", true),
                // The ward answers for the district that closed.
                ("H26.101.00", "000.00.01.H26", true),
            ]
            for (agency, asked, isAllowed) in cases {
                let queues = counter.seat("x", agency: agency).queues
                let calls: [() async throws -> Void] = [
                    { _ = try await queues.count(.init(.agency(asked))) },
                    { _ = try await queues.ids(.init(.counter(asked), .reception)) },
                    { _ = try await queues.getAgencySummary(.with { $0.agency = asked }) },
                    {
                        _ = try await queues.getFigures(
                            .with {
                                $0.agency = asked
                                $0.fromDay = "2026-01-01"
                                $0.toDay = "2026-12-31"
                            })
                    },
                ]
                for call in calls {
                    if isAllowed {
                        try await call()
                    } else {
                        let refusal = try await counter.refusal(call)
                        #expect(refusal.code == .permissionDenied, "\(agency) \(asked)")
                        #expect(refusal.reason == "OUTSIDE_AGENCY", "\(agency) \(asked)")
                    }
                }
            }
        }
    }

    @Test func anotherOfficialsQueueIsForHisHead() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            // An official of the centre.
            let queue = RecordsV1.Queue(.official("bui.van.ich"))
            for (name, agency, roles, isAllowed) in [
                ("bui.van.ich", "H26.000.00", [.official], true),
                ("x", "H26.000.00", [.official], false),
                ("x", "H26.000.00", [.official, .head], true), ("x", "H26", [.head], true),
                ("x", "H26.101.00", [.official, .head], false), ("x", "", [.official], false),
            ] as [(String, String, [CommonV1.Role], Bool)] {
                let queues = counter.seat(name, agency: agency, roles).queues
                if isAllowed {
                    #expect(try await queues.ids(queue).isEmpty)
                } else {
                    let refusal = try await counter.refusal { try await queues.ids(queue) }
                    #expect(refusal.reason == "OFFICIAL_NOT_YOURS", "\(name) \(agency)")
                }
            }
        }
    }

    @Test func whatIsNoQueueIsRefusedWithItsField() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let queues = counter.seat().queues
            let cases: [(RecordsV1.Queue?, [String])] = [
                (nil, ["queue.scope REQUIRED"]), (.init(), ["queue.scope REQUIRED"]),
                (.init(.agency("")), ["queue.agency REQUIRED"]),
                (.init(.agency("H26.999.99")), ["queue.agency UNKNOWN"]),
                (.init(.agency("H26"), .reception), ["queue.kind OUT_OF_RANGE"]),
                (.init(.official("x"), .handOver), ["queue.kind OUT_OF_RANGE"]),
                (.init(.agency("H26"), .init(rawValue: 9)), ["queue.kind UNKNOWN"]),
                (
                    .init(.step(.init())),
                    [
                        "queue.step.agency REQUIRED", "queue.step.procedure_id REQUIRED",
                        "queue.step.step_number REQUIRED",
                    ]
                ),
            ]
            for (queue, fields) in cases {
                let refusal = try await counter.refusal {
                    try await queues.countQueue(.with { $0.queue = queue })
                }
                #expect(refusal.fields == fields)
            }
            for (from, to, field) in [
                ("2026-02-30", "2026-03-01", "from_day MALFORMED"),
                ("2026-03-02", "2026-03-01", "to_day OUT_OF_RANGE"),
                ("2026-01-01", "2027-01-02", "to_day OUT_OF_RANGE"),
            ] {
                let refusal = try await counter.refusal {
                    try await queues.getFigures(
                        .with {
                            $0.agency = "H26"
                            $0.fromDay = from
                            $0.toDay = to
                        })
                }
                #expect(refusal.fields == [field])
            }
        }
    }
}

/// Queues after a reorganisation and after what came before there were any.
@Suite struct QueuePassTests {
    @Test func fromTheDayOfAReorganisationTheSuccessorHasTheDossiers() async throws {
        try await Counter.run(at: "2026-06-01T09:00") { counter in
            let waiting = try await counter.submitted(unit: "H26.101.00").dossierID
            let open = try await counter.accepted("1658", unit: "H26.101.00").dossierID
            _ = try await counter.organisation.reorganiseAgencies(
                .with {
                    $0.requestID = counter.newRequestID()
                    $0.effectiveDay = "2026-07-01"
                    $0.closings = [
                        .with {
                            $0.agency = "H26.101.00"
                            $0.successor = "H26.102.00"
                        }
                    ]
                })
            let queues = counter.seat("x", agency: "H26.102.00").queues
            try await counter.catchUpQueues()
            #expect(try await queues.ids(.init(.agency("H26.102.00"))).isEmpty)
            counter.setTime("2026-07-01T07:30")
            try await counter.catchUpQueues()
            #expect(try await queues.ids(.init(.agency("H26.102.00"))) == [open])
            #expect(try await queues.ids(.init(.counter("H26.102.00"), .reception)) == [waiting])
            // Whoever still asks for the old one is led to the new.
            #expect(try await queues.ids(.init(.agency("H26.101.00"))) == [open])
            let rows = try await counter.queueRows(
                on: at("2026-07-01T07:30").local(in: .vietnam).date)
            #expect(rows.stored == rows.expected && rows.placed == rows.expected)
        }
    }

    @Test func dossiersFromBeforeThereWereQueuesComeIntoThem() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            // More than one turn of the writer.
            for number in 0..<(QueueTable.passBatchMax + 4) {
                if number.isMultiple(of: 5) {
                    _ = try await counter.accepted()
                } else {
                    _ = try await counter.submitted()
                }
            }
            let ended = try await counter.submitted()
            _ = try await counter.withdraw(ended)
            let day = at("2026-03-02T09:00").local(in: .vietnam).date
            try await counter.catchUpQueues()
            let before = try await counter.queueRows(on: day)
            #expect(!before.stored.isEmpty)
            try await counter.writeDirectly(
                """
                DELETE FROM queue_entry;
                DELETE FROM queue_place;
                UPDATE queue_pass SET after_number = 0, is_done = 0;
                """)
            try await counter.catchUpQueues()
            let after = try await counter.queueRows(on: day)
            #expect(after.stored == before.stored && after.placed == before.stored)
            try await counter.catchUpQueues()
            #expect(try await counter.queueRows(on: day).stored == before.stored)
        }
    }
}

extension Counter {
    fileprivate func catchUpQueues() async throws {
        for _ in 0..<1_000 where try await !host.queueWork.step() { return }
        Issue.record("the queues never came to an end")
    }
}
