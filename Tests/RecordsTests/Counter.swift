import Foundation
import Identity
import Logging
import Messages
import RPC
import RPCTesting
import Storage
import Synchronization
import Testing
import WorkingTime

@testable import Records

/// A records service in process: a real database in a directory of its own, real frames over a
/// pipe, and a clock that the test sets.
final class Counter: Sendable {
    let host: RecordsHost
    let procedures: RecordsV1.ProceduresClient
    let dossiers: RecordsV1.DossiersClient
    let organisation: RecordsV1.OrganisationClient
    let journal: RecordsV1.JournalClient
    private let directory: String
    private let clock: SettableClock
    private let requests: Mutex<Int>

    private final class SettableClock: Sendable {
        let instant: Mutex<Instant>

        init(_ start: Instant) { instant = Mutex(start) }
    }

    struct FixedCaller: ServerInterceptor {
        let role: CommonV1.Role
        var principal = "nguyen.van.an"
        var agency = ""

        func admit(_ context: inout CallContext) throws(Status) {
            var caller = CommonV1.Caller()
            caller.principal = principal
            caller.agency = agency
            // One who may do all that officials may, whoever holds the steps.
            caller.roles = role == .official ? [.official, .head] : [role]
            context[CallerKey.self] = caller
        }
    }

    /// - Parameter start: Where the clock stands, in local time.
    static func run(
        at start: String, importing isCatalogueWanted: Bool = true,
        _ body: (Counter) async throws -> Void
    ) async throws {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("records-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let counter = try Counter(directory: directory, start: at(start))
        do {
            if isCatalogueWanted {
                let response = try await counter.importing(Samples.catalogue())
                try #require(response.imported == 83 && response.rejected.isEmpty)
                let agencies = try await counter.importing(organisation: Samples.organisation())
                try #require(agencies.imported > 300 && agencies.rejected.isEmpty)
            }
            try await body(counter)
        } catch {
            await counter.host.close()
            throw error
        }
        await counter.host.close()
    }

    private convenience init(directory: String, start: Instant) throws {
        try self.init(directory: directory, clock: SettableClock(start), requests: 0)
    }

    /// The same counter after its process was started again.
    ///
    /// - Parameter work: The bounds of what it does beside the calls.
    func reopened(work: DeadlineWork.Limits = .init()) async throws -> Counter {
        await host.close()
        return try Counter(
            directory: directory, clock: clock, requests: requests.withLock(\.self), work: work)
    }

    private init(
        directory: String, clock: SettableClock, requests: Int, work: DeadlineWork.Limits = .init()
    ) throws {
        self.directory = directory
        self.clock = clock
        self.requests = Mutex(requests)
        var configuration = RecordsConfiguration()
        configuration.deadlineWork = work
        host = try RecordsHost.open(
            directory: directory, configuration: configuration,
            clock: { clock.instant.withLock(\.self) },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let server = InProcessServer(
            services: host.services, interceptors: [FixedCaller(role: .official)])
        let channel = server.makeChannel()
        procedures = .init(channel)
        dossiers = .init(channel)
        organisation = .init(channel)
        journal = .init(channel)
    }

    /// What a portal reaches, beside the officials' counter.
    func portal() -> RecordsV1.DossiersClient {
        let server = InProcessServer(
            services: host.services, interceptors: [FixedCaller(role: .portal)])
        return .init(server.makeChannel())
    }

    /// What everybody reaches of the catalogue.
    func publicProcedures() -> RecordsV1.ProceduresClient {
        let server = InProcessServer(
            services: host.services, interceptors: [FixedCaller(role: .public)])
        return .init(server.makeChannel())
    }

    /// What an official of one agency reaches.
    func official(
        of agency: String, role: CommonV1.Role = .official
    ) -> RecordsV1.DossiersClient {
        let server = InProcessServer(
            services: host.services, interceptors: [FixedCaller(role: role, agency: agency)])
        return .init(server.makeChannel())
    }

    func setTime(_ local: String) { clock.instant.withLock { $0 = at(local) } }

    func newRequestID() -> String {
        requests.withLock { count in
            count += 1
            return "r-\(count)"
        }
    }

    func importing(_ bytes: [UInt8]) async throws -> RecordsV1.ImportProceduresResponse {
        var request = RecordsV1.ImportProceduresRequest()
        request.requestID = newRequestID()
        request.jsonLines = bytes
        return try await procedures.importProcedures(request)
    }

    func importing(
        organisation bytes: [UInt8], dryRun: Bool = false
    ) async throws -> RecordsV1.ImportOrganisationResponse {
        var request = RecordsV1.ImportOrganisationRequest()
        request.requestID = newRequestID()
        request.jsonLines = bytes
        request.dryRun = dryRun
        return try await organisation.importOrganisation(request)
    }

    func events() async throws -> [RecordsV1.RecordsEvent] {
        var request = CommonV1.FollowRequest()
        request.untilHead = true
        let entries = try await journal.follow(request) { stream in
            var entries: [CommonV1.JournalEntry] = []
            for try await entry in stream { entries.append(entry) }
            return entries
        }
        #expect(entries.indices.allSatisfy { entries[$0].sequence == Int64($0 + 1) })
        return try entries.map { try RecordsV1.RecordsEvent(serialized: $0.payload) }
    }
}

// What an official and the gateway do, with fresh request ids.
extension Counter {
    /// A good request for a procedure that takes three working days and has three papers and no
    /// fee.
    func submission(
        _ procedureID: String = "1489", unit: String = "H26.001.00",
        channel: CommonV1.Channel = .direct
    ) -> RecordsV1.SubmitDossierRequest {
        var request = RecordsV1.SubmitDossierRequest()
        request.requestID = newRequestID()
        request.procedureID = procedureID
        request.receivingUnit = unit
        request.channel = channel
        var applicant = RecordsV1.Applicant()
        applicant.fullName = "Trần Thị Bình"
        applicant.identityNumber = "001199012345"
        applicant.phone = "0912345678"
        applicant.email = "binh@example.vn"
        applicant.address = "Số 1, phường Hoàn Kiếm"
        request.applicant = applicant
        return request
    }

    func submitted(
        _ procedureID: String = "1489", unit: String = "H26.001.00"
    ) async throws -> RecordsV1.Dossier {
        let response = try await dossiers.submitDossier(submission(procedureID, unit: unit))
        return try #require(response.dossier)
    }

    func digitize(
        _ dossier: RecordsV1.Dossier, _ componentID: String, document: String
    ) async throws {
        var request = RecordsV1.RecordDigitizationRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.componentID = componentID
        request.documentID = document
        _ = try await dossiers.recordDigitization(request)
    }

    func digitizeAll(_ dossier: RecordsV1.Dossier) async throws {
        for component in dossier.components {
            try await digitize(
                dossier, component.componentID,
                document: "doc-\(dossier.dossierID.suffix(6))-\(component.componentID)")
        }
    }

    func fee(
        _ dossier: RecordsV1.Dossier, _ status: RecordsV1.FeeStatus, sequence: Int64,
        epoch: String = "e1"
    ) async throws {
        var request = RecordsV1.RecordFeeRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.feeStatus = status
        request.sequence = sequence
        request.epoch = epoch
        _ = try await dossiers.recordFee(request)
    }

    func accept(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.AcceptDossierRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        return try await dossiers.acceptDossier(request)
    }

    /// Submitted, digitized, free of charge and accepted.
    func accepted(
        _ procedureID: String = "1489", unit: String = "H26.001.00"
    ) async throws -> RecordsV1.Dossier {
        let dossier = try await submitted(procedureID, unit: unit)
        try await digitizeAll(dossier)
        try await fee(dossier, .noneDue, sequence: 1)
        return try await accept(dossier)
    }

    func start(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.StartProcessingRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        return try await dossiers.startProcessing(request)
    }

    func complete(_ dossier: RecordsV1.Dossier, step: Int32) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.CompleteStepRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.stepNumber = step
        return try await dossiers.completeStep(request)
    }

    func askSupplement(
        _ dossier: RecordsV1.Dossier, _ componentIDs: [String]
    ) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.RequestSupplementRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.reason = "Bản sao mờ"
        request.componentIDs = componentIDs
        return try await dossiers.requestSupplement(request)
    }

    func receiveSupplement(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.ReceiveSupplementRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        return try await dossiers.receiveSupplement(request)
    }

    func issue(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.IssueResultRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.number = "12/GCN"
        request.summary = "Thẻ phóng viên"
        return try await dossiers.issueResult(request)
    }

    func returnResult(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.ReturnResultRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        return try await dossiers.returnResult(request)
    }

    func withdraw(_ dossier: RecordsV1.Dossier) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.WithdrawDossierRequest()
        request.requestID = newRequestID()
        request.dossierID = dossier.dossierID
        request.reason = "Không còn nhu cầu"
        return try await dossiers.withdrawDossier(request)
    }

    func get(_ id: String) async throws -> RecordsV1.Dossier {
        var request = RecordsV1.GetDossierRequest()
        request.dossierID = id
        return try await dossiers.getDossier(request)
    }

    /// What a call was refused with.
    func refusal<Reply>(_ call: () async throws -> Reply) async throws -> Status {
        do {
            _ = try await call()
        } catch let status as Status {
            return status
        }
        throw NotRefused()
    }

    struct NotRefused: Error {}
}

extension Status {
    var reason: String { errorInfo?.reason ?? "" }
    var fields: [String] {
        (badRequest?.fieldViolations ?? []).map { "\($0.field) \($0.reason)" }
    }
}

extension GoogleProtobuf.Timestamp {
    /// As the acceptance slip prints it.
    var local: String? { instant?.formatted(in: .vietnam) }
}
