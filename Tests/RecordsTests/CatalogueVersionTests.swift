import Foundation
import GRDB
import Identity
import Messages
import RPC
import Storage
import Testing
import WorkingTime

@testable import Records

/// Drafts, published versions and retired ones, through the service.
@Suite struct CatalogueVersionTests {
    @Test func aDraftIsSavedChangedAndPublishedAndNewDossiersUseIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let old = try await counter.submitted("1489")
            var draft = try await counter.procedure("1489")
            draft.name = "Gia hạn Thẻ phóng viên"
            let saved = try await counter.saveDraft(draft)
            #expect(saved.version == 2 && saved.log?.status == .draft)
            #expect(saved.log?.draftRevision == 1 && saved.log?.savedBy == "nguyen.van.an")
            #expect(try await counter.submitted("1489").procedureVersion == 1)
            draft.sequence = "Nộp, thẩm định, trả kết quả"
            draft.setCount = 1
            #expect(try await counter.saveDraft(draft).log?.draftRevision == 2)
            let published = try await counter.publish("1489", 2)
            #expect(published.log?.status == .published)
            #expect(published.log?.effectiveDay == "2026-03-02")
            #expect(published.missingParts == [])
            #expect(published.log?.change == "Đổi tên" && published.log?.reason == "Nghị định mới")
            let new = try await counter.submitted("1489")
            #expect(new.procedureVersion == 2 && new.procedureName == "Gia hạn Thẻ phóng viên")
            #expect(try await counter.get(old.dossierID).procedureVersion == 1)
            guard
                case .procedureImported(let event)? = try await counter.events()
                    .last(where: { if case .procedureImported = $0.event { true } else { false } })?
                    .event
            else {
                Issue.record("no event")
                return
            }
            #expect(event.procedureID == "1489" && event.version == 2)
        }
    }

    @Test func aVersionTakesEffectOnItsDay() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.name = "Tên mới hoàn toàn"
            _ = try await counter.saveDraft(draft)
            _ = try await counter.publish("1489", 2, from: "2026-03-04")
            #expect(try await counter.submitted("1489").procedureVersion == 1)
            #expect(try await counter.procedure("1489").version == 1)
            // Found by the words of the version in force, and of the coming one.
            for words in ["Thẻ phóng viên", "hoàn toàn"] {
                var search = RecordsV1.SearchProceduresRequest()
                search.query = words
                let found = try await counter.procedures.searchProcedures(search).procedures
                #expect(found.contains { $0.procedureID == "1489" && $0.version == 1 })
            }
            counter.setTime("2026-03-04T00:00")
            #expect(try await counter.submitted("1489").procedureVersion == 2)
            #expect(try await counter.procedure("1489").name == "Tên mới hoàn toàn")
        }
    }

    @Test func aRetiredProcedureTakesNoNewDossiersAndOldOnesGoOn() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let old = try await counter.accepted("1489")
            #expect(try await counter.retire("1489").log?.status == .retired)
            let refused = try await counter.refusal { try await counter.submitted("1489") }
            #expect(refused.code == .failedPrecondition && refused.reason == "PROCEDURE_RETIRED")
            #expect(try await counter.start(old).state == .processing)
            let again = try await counter.refusal { try await counter.retire("1489") }
            #expect(again.reason == "PROCEDURE_RETIRED")
            var list = RecordsV1.ListProceduresRequest()
            list.pageSize = 100
            let listed = try await counter.procedures.listProcedures(list).procedures
            #expect(listed.count == 82 && !listed.contains { $0.procedureID == "1489" })
            // Importing the same line again does not open it behind anybody's back.
            let imported = try await counter.importing(Samples.catalogue())
            #expect(imported.imported == 0 && imported.unchanged == 82)
            #expect(imported.rejected.map(\.field) == ["source_id"])
            #expect(imported.rejected[0].reason.contains("is retired"))
            // A new version opens it.
            var draft = try await counter.procedure("1489")
            draft.setCount = 1
            let saved = try await counter.saveDraft(draft)
            _ = try await counter.publish("1489", saved.version)
            #expect(try await counter.submitted("1489").procedureVersion == 2)
        }
    }

    @Test func aDraftAloneIsNobodysProcedure() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.procedureID = "77"
            #expect(try await counter.saveDraft(draft).version == 1)
            let refused = try await counter.refusal { try await counter.submitted("77") }
            #expect(refused.reason == "PROCEDURE_NOT_PUBLISHED")
            let unknown = try await counter.refusal { try await counter.submitted("78") }
            #expect(unknown.reason == "PROCEDURE_NOT_FOUND")
            let retired = try await counter.refusal { try await counter.retire("77") }
            #expect(retired.reason == "PROCEDURE_NOT_PUBLISHED")
            // Officials see the draft, the public does not.
            #expect(try await counter.procedure("77", version: 1).procedureID == "77")
            let hidden = try await counter.refusal { try await counter.procedure("77") }
            #expect(hidden.reason == "PROCEDURE_NOT_FOUND")
            let portal = counter.publicProcedures()
            var get = RecordsV1.GetProcedureRequest()
            (get.procedureID, get.version) = ("77", 1)
            let closed = try await counter.refusal { [get] in try await portal.getProcedure(get) }
            #expect(closed.reason == "PROCEDURE_NOT_FOUND")
        }
    }

    @Test func ofTwoPublicationsAtOnceOneStands() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1489")
            draft.setCount = 2
            _ = try await counter.saveDraft(draft)
            let requests = (0..<8).map { _ in counter.publication("1489", 2) }
            let outcomes = await withTaskGroup(of: String.self) { group in
                for request in requests {
                    group.addTask {
                        do {
                            return try await counter.procedures.publishVersion(request).version
                                .description
                        } catch let status as Status {
                            return status.reason
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.sorted() == ["2"] + Array(repeating: "DRAFT_NOT_FOUND", count: 7))
            let events = try await counter.events().filter { event in
                if case .procedureImported(let body) = event.event {
                    return body.procedureID == "1489"
                }
                return false
            }
            #expect(events.count == 2)
        }
    }

    @Test func nobodysWorkIsOverwrittenUnseen() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let draft = try await counter.procedure("1489")
            let none = try await counter.refusal {
                try await counter.saveDraft(draft, revision: 1)
            }
            #expect(none.reason == "DRAFT_NOT_FOUND")
            _ = try await counter.saveDraft(draft)
            _ = try await counter.saveDraft(draft, revision: 1)
            let late = try await counter.refusal {
                try await counter.saveDraft(draft, revision: 1)
            }
            #expect(late.reason == "DRAFT_CHANGED")
            #expect(late.errorInfo?.metadata["draft_revision"] == "2")
            var request = counter.publication("1489", 2)
            request.draftRevision = 1
            let unseen = try await counter.refusal { [request] in
                try await counter.procedures.publishVersion(request)
            }
            #expect(unseen.reason == "DRAFT_CHANGED")
        }
    }

    @Test func anImportPassesADraftAndLeavesIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var draft = try await counter.procedure("1658")
            draft.manner = "Qua cổng"
            _ = try await counter.saveDraft(draft)
            let text = String(decoding: try Samples.catalogue(), as: UTF8.self)
            let line = try #require(
                text.split(separator: "\n").first { $0.contains("\"source_id\": 1658,") }
            ).replacing("\"amount_dong\": 0", with: "\"amount_dong\": 5000")
            #expect(try await counter.importing(Array(line.utf8)).imported == 1)
            let versions = try await counter.versions("1658")
            #expect(versions.map(\.version) == [1, 2, 3])
            #expect(versions.map { $0.log?.status } == [.published, .published, .draft])
            #expect(versions.map(\.inForce) == [false, true, false])
            #expect(try await counter.procedure("1658", version: 3).manner == "Qua cổng")
            #expect(try await counter.publish("1658", 3).version == 3)
            #expect(try await counter.submitted("1658").feeLines[0].amountDong == 0)
        }
    }

    @Test func aNationalCodeIsOneProceduresAndFindsIt() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for (id, code) in [
                ("1488", "1.001193.000.00.00.H26"), ("1489", "1.0011931"), ("1490", "1.001194.H26"),
            ] {
                var draft = try await counter.procedure(id)
                draft.nationalCode = code
                if code == "1.0011931" {
                    let status = try await counter.refusal { [draft] in
                        try await counter.saveDraft(draft)
                    }
                    #expect(status.fields == ["procedure.national_code MALFORMED"])
                    continue
                }
                _ = try await counter.saveDraft(draft)
                _ = try await counter.publish(id, 2)
            }
            for (query, ids) in [
                ("1.001193", ["1488"]), ("1.001193.000.00.00.H26", ["1488"]),
                ("1.001194", ["1490"]),
                ("1.001193.H26", []), ("2.001193", []),
            ] {
                var search = RecordsV1.SearchProceduresRequest()
                search.query = query
                let found = try await counter.procedures.searchProcedures(search).procedures
                #expect(found.map(\.procedureID) == ids, "\(query)")
            }
            var other = try await counter.procedure("1491")
            other.nationalCode = "1.001194.H26"
            _ = try await counter.saveDraft(other)
            let taken = try await counter.refusal { try await counter.publish("1491", 2) }
            #expect(taken.reason == "NATIONAL_CODE_TAKEN")
            #expect(taken.errorInfo?.metadata["procedure_id"] == "1490")
            var line = CatalogueLine(procedureID: "1492", content: try Samples.procedure("1492"))
            line.content.nationalCode = "1.001194.H26"
            let imported = try await counter.importing(Array(CatalogueText.line(line).utf8))
            #expect(imported.imported == 0 && imported.rejected.map(\.field) == ["code"])
        }
    }

    @Test func badRequestsNameTheField() async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            var publication = counter.publication("1489", 0)
            publication.change = " "
            publication.reason = ""
            publication.effectiveDay = "2026-03-01"
            let status = try await counter.refusal { [publication] in
                try await counter.procedures.publishVersion(publication)
            }
            #expect(
                status.fields == [
                    "version REQUIRED", "change REQUIRED", "reason REQUIRED",
                    "effective_day OUT_OF_RANGE",
                ])
            for (day, reason) in [
                ("2026-02-30", "DATE_DOES_NOT_EXIST"), ("tomorrow", "MALFORMED"),
            ] {
                publication = counter.publication("1489", 1)
                publication.effectiveDay = day
                let status = try await counter.refusal { [publication] in
                    try await counter.procedures.publishVersion(publication)
                }
                #expect(status.fields == ["effective_day \(reason)"])
            }
            let noDraft = try await counter.refusal { try await counter.publish("1489", 1) }
            #expect(noDraft.reason == "DRAFT_NOT_FOUND")
            let unknown = try await counter.refusal { try await counter.publish("5", 1) }
            #expect(unknown.reason == "PROCEDURE_NOT_FOUND")
            let reason = try await counter.refusal { try await counter.retire("1489", reason: "") }
            #expect(reason.fields == ["reason REQUIRED"])
        }
    }

    @Test func eachFieldOfADraftIsChecked() async throws {
        let changes: [(@Sendable (inout RecordsV1.Procedure) -> Void, [String])] = [
            ({ $0.procedureID = "" }, ["procedure.procedure_id REQUIRED"]),
            ({ $0.procedureID = "01" }, ["procedure.procedure_id MALFORMED"]),
            ({ $0.name = "" }, ["procedure.name MALFORMED"]),
            ({ $0.resultName = "\u{7}" }, ["procedure.result_name MALFORMED"]),
            ({ $0.agencies = [] }, ["procedure.agencies MALFORMED"]),
            ({ $0.limits = [] }, ["procedure.limits MALFORMED"]),
            ({ $0.limits[0].channel = .unspecified }, ["procedure.limits[0].channel REQUIRED"]),
            ({ $0.limits[0].limit = nil }, ["procedure.limits[0].limit.unit REQUIRED"]),
            ({ $0.limits[0].limit?.value = 0 }, ["procedure.limits[0].limit.value OUT_OF_RANGE"]),
            (
                { $0.limits[0].limit?.value = 3_651 },
                ["procedure.limits[0].limit_value MALFORMED"]
            ),
            ({ $0.components[0].copies = -1 }, ["procedure.components[0].copies MALFORMED"]),
            ({ $0.setCount = 101 }, ["procedure.set_count MALFORMED"]),
            ({ $0.nationalCode = "1.00119" }, ["procedure.national_code MALFORMED"]),
            ({ $0.fieldCode = "TP" }, ["procedure.field_code MALFORMED"]),
            ({ $0.offeredBy = ["phường"] }, ["procedure.offered_by[0] MALFORMED"]),
            (
                { $0.authorityLevel = .unrecognized(9) },
                ["procedure.authority_level UNKNOWN"]
            ),
        ]
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            let sound = try await counter.procedure("1489")
            _ = try await counter.saveDraft(sound)
            for (change, fields) in changes {
                var draft = sound
                change(&draft)
                let status = try await counter.refusal { [draft] in
                    try await counter.saveDraft(draft)
                }
                #expect(status.fields == fields)
            }
            #expect(try await counter.procedure("1489", version: 2).log?.draftRevision == 1)
        }
    }
}

// What an operator does, with fresh request ids.
extension Counter {
    func procedure(_ id: String, version: Int32 = 0) async throws -> RecordsV1.Procedure {
        var request = RecordsV1.GetProcedureRequest()
        (request.procedureID, request.version) = (id, version)
        return try await procedures.getProcedure(request)
    }

    func saveDraft(
        _ draft: RecordsV1.Procedure, revision: Int32 = 0
    ) async throws -> RecordsV1.Procedure {
        var request = RecordsV1.SaveDraftRequest()
        request.requestID = newRequestID()
        request.procedure = draft
        request.draftRevision = revision
        return try await procedures.saveDraft(request)
    }

    func publication(
        _ id: String, _ version: Int32, from day: String = ""
    ) -> RecordsV1.PublishVersionRequest {
        var request = RecordsV1.PublishVersionRequest()
        request.requestID = newRequestID()
        (request.procedureID, request.version, request.effectiveDay) = (id, version, day)
        (request.change, request.reason) = ("Đổi tên", "Nghị định mới")
        return request
    }

    func publish(
        _ id: String, _ version: Int32, from day: String = ""
    ) async throws -> RecordsV1.Procedure {
        try await procedures.publishVersion(publication(id, version, from: day))
    }

    func retire(_ id: String, reason: String = "Bãi bỏ") async throws -> RecordsV1.Procedure {
        var request = RecordsV1.RetireProcedureRequest()
        request.requestID = newRequestID()
        (request.procedureID, request.reason) = (id, reason)
        return try await procedures.retireProcedure(request)
    }

    func versions(_ id: String) async throws -> [RecordsV1.VersionSummary] {
        var request = RecordsV1.ListVersionsRequest()
        request.procedureID = id
        return try await procedures.listVersions(request).versions
    }

    func exported(pageSize: Int32 = 0) async throws -> [UInt8] {
        var request = RecordsV1.ExportProceduresRequest()
        request.pageSize = pageSize
        var bytes: [UInt8] = []
        repeat {
            let page = try await procedures.exportProcedures(request)
            bytes += page.jsonLines
            request.pageToken = page.nextPageToken
        } while !request.pageToken.isEmpty
        return bytes
    }
}
