import Foundation
import Messages
import RPC

/// A step that did not come out as it must.
struct DemonstrationFailure: Error {
    let message: String
}

/// Three dossiers from hand-in to rating, through the gateway, as an official, a bank and a citizen would.
///
/// Every request's id follows from the run's name, and whatever fails for the moment is sent again, so a run goes
/// on over the restart of any process and takes effect once.
struct Demonstration {
    static let unit = "H26.001.00"
    /// Who acts at the unit, as the sample organisation has them, with what their tokens say.
    static let staff: [String: [CommonV1.Role]] = [
        receptionist: [.official, .cashier], handler: [.official], "pham.van.dung": [.official],
        "hoang.thi.em": [.official], "tran.thi.b": [.official, .head],
    ]
    static let receptionist = "nguyen.van.an"
    static let handler = "le.thi.cam"
    /// How long one step may take, restarts of a process included.
    static let patience = Duration.seconds(60)

    let channel: any Channel
    let run: String
    /// Where the payment symbols are left as pictures.
    let output: String
    /// By official.
    private let tokens: [String: String]

    init(channel: any Channel, tokens: [String: String], run: String, output: String) {
        self.channel = channel
        self.tokens = tokens
        self.run = run
        self.output = output
    }

    func perform() async throws {
        for (number, story) in Story.all.enumerated() {
            printNow()
            printNow("[\(number + 1)/\(Story.all.count)] \(story.title)")
            try await Journey(demonstration: self, story: story).take()
        }
        let balance = try await persistently {
            try await PaymentsV1.LedgerClient(channel).getTrialBalance(.init(), options: official)
        }
        try hold(
            balance.debitsDong == balance.creditsDong, "the ledger's debits and credits differ")
        printNow()
        printNow(
            "Ledger: debits \(dong(balance.debitsDong)) = credits \(dong(balance.creditsDong)).")
        printNow("All \(Story.all.count) dossiers went through; every step held.")
    }

    /// The receptionist's.
    var official: CallOptions { signedIn(Self.receptionist) }
    /// This user: a bank's feed, as the principals file says.
    var bank: CallOptions { options([:]) }
    var citizen: CallOptions { options([:]) }

    /// An official's proof travels with each of his calls.
    func signedIn(_ name: String) -> CallOptions {
        options(["authorization": "Bearer \(tokens[name] ?? "")"])
    }

    /// A call fails at once where nobody listens, and ``persistently(_:)`` sends it again.
    private func options(_ metadata: Metadata) -> CallOptions {
        CallOptions(timeout: Self.patience, metadata: metadata, waitForReady: false)
    }

    func requestID(_ story: Story, _ step: String) -> String {
        "\(run)-\(story.procedureID)-\(step)"
    }

    /// Sends again while the failure may pass.
    func persistently<Value>(_ call: () async throws -> Value) async throws -> Value {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await call()
            } catch let status as Status
                where status.code.isTransient && ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Asks until the answer is there: facts travel from service to service on their own.
    func eventually<Value>(
        _ what: String, _ ask: () async throws -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            if let value = try await persistently(ask) { return value }
            try await Task.sleep(for: .milliseconds(25))
        }
        throw DemonstrationFailure(message: "\(what) did not come within \(Self.patience)")
    }

    func hold(_ condition: Bool, _ otherwise: @autoclosure () -> String) throws {
        if !condition { throw DemonstrationFailure(message: otherwise()) }
    }
}

/// `1.234.567 đồng`.
func dong(_ amount: Int64) -> String {
    var digits = Array(String(amount.magnitude).reversed())
    for index in stride(from: 3, to: digits.count, by: 3).reversed() {
        digits.insert(".", at: index)
    }
    return (amount < 0 ? "-" : "") + String(digits.reversed()) + " đồng"
}
