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

@testable import Payments

/// Time as a test wants it.
final class BenchClock: Sendable {
    private let instant: Mutex<Instant>

    init(_ text: String) throws {
        instant = Mutex(try Instant(parsing: text))
    }

    var now: Instant { instant.withLock { $0 } }

    func advance(milliseconds: Int64) {
        instant.withLock { $0.millisecondsSinceEpoch += milliseconds }
    }
}

private struct FixedCaller: ServerInterceptor {
    func admit(_ context: inout CallContext) throws(Status) {
        var caller = CommonV1.Caller()
        caller.principal = "teller"
        context[CallerKey.self] = caller
    }
}

/// Payments over a real database, called through its generated clients.
final class Bench: Sendable {
    static let account = "0011001234567"
    static let procedure = "1488"

    let host: PaymentsHost
    let clock: BenchClock
    private let server: InProcessServer
    private let channel: ChannelCore
    private let requestCount = Atomic<Int>(0)

    var tariffs: PaymentsV1.TariffsClient { .init(channel) }
    var bills: PaymentsV1.BillsClient { .init(channel) }
    var entries: PaymentsV1.BankEntriesClient { .init(channel) }
    var ledger: PaymentsV1.LedgerClient { .init(channel) }

    init(
        directory: String, at time: String = "2026-11-20T09:00+07:00", seed: UInt64 = 1,
        _ change: (inout PaymentsConfiguration) -> Void = { _ in }
    ) async throws {
        let clock = try BenchClock(time)
        let random = Mutex(SeededRandom(seed: seed))
        var configuration = PaymentsConfiguration(bankBIN: "970436", accountNumber: Self.account)
        configuration.random = RandomSource { random.withLock { $0.next() } }
        change(&configuration)
        self.clock = clock
        host = try await PaymentsHost.open(
            directory: directory, configuration: configuration, clock: { clock.now },
            logger: Logger(label: "payments", factory: { _ in SwiftLogNoOpLogHandler() }))
        server = InProcessServer(services: host.services, interceptors: [FixedCaller()])
        channel = server.makeChannel()
    }

    func close() async { await host.close() }

    func requestID() -> String {
        "r\(requestCount.add(1, ordering: .relaxed).newValue)-\(UInt64.random(in: 0...UInt64.max))"
    }

    func register(_ lines: [CommonV1.FeeLine], version: Int32 = 1) async throws {
        _ = try await tariffs.registerTariff(
            .with {
                $0.requestID = requestID()
                $0.procedureID = Self.procedure
                $0.version = version
                $0.feeLines = lines
            })
    }

    func assessment(
        _ dossier: String, _ lines: [String], version: Int32 = 1
    ) -> PaymentsV1.AssessDossierRequest {
        .with {
            $0.requestID = requestID()
            $0.dossierID = dossier
            $0.procedureID = Self.procedure
            $0.procedureVersion = version
            $0.channel = .online
            $0.feeLineIDs = lines
        }
    }

    @discardableResult
    func assess(
        _ dossier: String, _ lines: [String]
    ) async throws -> PaymentsV1.AssessDossierResponse {
        try await bills.assessDossier(assessment(dossier, lines))
    }

    /// The bill of a new dossier under a tariff of these lines, all of them chosen.
    func bill(dossier: String, _ lines: [CommonV1.FeeLine]) async throws -> PaymentsV1.Bill {
        try await register(lines)
        let response = try await assess(dossier, lines.map(\.feeLineID))
        return try await bill(.billID(response.billID))
    }

    func bill(_ dossier: String) async throws -> PaymentsV1.Bill {
        try await bill(.dossierID(dossier))
    }

    func bill(_ key: PaymentsV1.GetBillRequest.Key) async throws -> PaymentsV1.Bill {
        try await bills.getBill(.with { $0.key = key })
    }

    func set(
        _ billID: String, _ line: String, _ dong: Int64, reason: String = "Nghị định 362/2025"
    ) async throws -> PaymentsV1.Bill {
        try await bills.setBillAmount(
            .with {
                $0.requestID = requestID()
                $0.billID = billID
                $0.feeLineID = line
                $0.amountDong = dong
                $0.reason = reason
            })
    }

    func symbol(
        _ billID: String, _ format: PaymentsV1.SymbolFormat
    ) async throws -> PaymentsV1.Symbol {
        try await bills.getSymbol(
            .with {
                $0.billID = billID
                $0.format = format
            })
    }

    func entry(
        _ direction: PaymentsV1.EntryDirection, _ dong: Int64, content: String,
        bankReference: String
    ) -> PaymentsV1.RecordBankEntryRequest {
        .with {
            $0.requestID = requestID()
            $0.account = Self.account
            $0.bankReference = bankReference
            $0.direction = direction
            $0.amountDong = dong
            $0.content = content
            $0.bookTime = .init(clock.now)
        }
    }

    func report(
        _ direction: PaymentsV1.EntryDirection, _ dong: Int64, content: String,
        bankReference: String
    ) async throws -> PaymentsV1.BankEntry {
        try await entries.recordBankEntry(
            entry(direction, dong, content: content, bankReference: bankReference))
    }

    /// A credit with a bank reference of its own.
    func credit(_ dong: Int64, content: String) async throws -> PaymentsV1.BankEntry {
        try await report(.credit, dong, content: content, bankReference: "FT\(requestID())")
    }

    func list(
        match: PaymentsV1.MatchState = .unspecified, size: Int32 = 100, token: String = ""
    ) async throws -> PaymentsV1.ListBankEntriesResponse {
        try await entries.listBankEntries(
            .with {
                $0.match = match
                $0.pageSize = size
                $0.pageToken = token
            })
    }

    func receipt(_ id: String) async throws -> PaymentsV1.Receipt {
        try await PaymentsV1.ReceiptsClient(channel).getReceipt(.with { $0.receiptID = id })
    }

    func receipts(of dossier: String) async throws -> [PaymentsV1.Receipt] {
        var receipts: [PaymentsV1.Receipt] = []
        for id in try await bill(dossier).receiptIDs { receipts.append(try await receipt(id)) }
        return receipts
    }

    /// What stands on the account: as debits for the bank and what is paid out unexplained, else as
    /// credits. An account in the wrong is negative.
    func balance(_ account: String) async throws -> Int64 {
        let balance = try await ledger.getTrialBalance(.init())
        let line = try #require(balance.accounts.first { $0.account == account })
        return account.hasPrefix("bank:")
            ? line.debitsDong - line.creditsDong : line.creditsDong - line.debitsDong
    }

    func events() async throws -> [PaymentsV1.PaymentsEvent.Event] {
        let entries = try await PaymentsV1.JournalClient(channel)
            .follow(.with { $0.untilHead = true }) { stream in
                var entries: [CommonV1.JournalEntry] = []
                for try await entry in stream { entries.append(entry) }
                return entries
            }
        return try entries.map { entry in
            #expect(entry.type == PaymentsV1.PaymentsEvent.fullName)
            return try #require(try PaymentsV1.PaymentsEvent(serialized: entry.payload).event)
        }
    }
}

func withTemporaryDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("payments-\(UUID().uuidString)").path
    defer {
        // Left behind at worst, where the system clears it.
        try? FileManager.default.removeItem(atPath: directory)
    }
    return try await body(directory)
}

func withBench(
    at time: String = "2026-11-20T09:00+07:00", seed: UInt64 = 1,
    _ body: (Bench) async throws -> Void
) async throws {
    try await withTemporaryDirectory { directory in
        let bench = try await Bench(directory: directory, at: time, seed: seed)
        do {
            try await body(bench)
        } catch {
            await bench.close()
            throw error
        }
        await bench.close()
    }
}

/// Expects a refusal of this code and, where given, this `ErrorInfo.reason`.
@discardableResult
func expectRefusal(
    _ code: StatusCode, _ reason: String?, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
) async -> Status? {
    let status = await #expect(throws: Status.self, sourceLocation: sourceLocation) {
        try await body()
    }
    #expect(status?.code == code, sourceLocation: sourceLocation)
    if let reason { #expect(status?.errorInfo?.reason == reason, sourceLocation: sourceLocation) }
    return status
}

extension Status {
    /// The paths of the fields at fault.
    var fields: [String]? { badRequest?.fieldViolations.map(\.field) }
}

extension CommonV1.FeeLine {
    /// A phí of a known amount.
    static func fixed(_ id: String, _ dong: Int64) -> CommonV1.FeeLine {
        .with {
            $0.feeLineID = id
            $0.kind = .serviceFee
            $0.amountDong = dong
        }
    }

    /// A lệ phí of a known amount.
    static func charge(_ id: String, _ dong: Int64) -> CommonV1.FeeLine {
        var line = fixed(id, dong)
        line.kind = .charge
        return line
    }

    /// A phí whose amount the source leaves open.
    static func open(_ id: String) -> CommonV1.FeeLine {
        var line = fixed(id, 0)
        line.amountOpen = true
        return line
    }
}

extension PaymentsV1.PaymentsEvent.Event {
    var name: String {
        switch self {
        case .nothingDue: "nothingDue"
        case .billAwaitsAmount: "billAwaitsAmount"
        case .billIssued: "billIssued"
        case .billPaid: "billPaid"
        case .bankEntryBooked: "bankEntryBooked"
        }
    }
}
