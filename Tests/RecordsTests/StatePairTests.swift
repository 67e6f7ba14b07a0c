import Messages
import RPC
import Testing

@testable import Records

/// Every pair of states through the calls that cause them, each on a dossier of its own that lacks
/// nothing. What is legal is the sheet's, written by hand in ``StateTests``.
@Suite struct StatePairTests {
    private struct Place: CustomStringConvertible {
        var state: Int
        var isAccepted: Bool
        var description: String { "\(state)\(isAccepted ? " accepted" : "")" }
    }

    private static let places =
        [1, 5, 6, 3, 7].map { Place(state: $0, isAccepted: false) }
        + [2, 4, 5, 6, 7, 8, 9, 10].map { Place(state: $0, isAccepted: true) }

    @Test(arguments: Array(1...10))
    func everyPairSucceedsOrIsRefusedNamingTheLegalOnes(target: Int) async throws {
        try await Counter.run(at: "2026-03-02T09:00") { counter in
            for place in Self.places {
                let dossier = try await counter.dossier(
                    in: place.state, isAccepted: place.isAccepted)
                try #require(Int(dossier.state.rawValue) == place.state, "\(place)")
                let sheet = StateTests.pairs(
                    place.isAccepted ? StateTests.afterAcceptance : StateTests.beforeAcceptance)
                let isLegal = sheet.contains([place.state, target])
                let before = try await counter.get(dossier.dossierID)
                do {
                    try await counter.attempt(target, on: dossier)
                    let now = try await counter.get(dossier.dossierID)
                    // Facts are taken in any state: an illegal one moves nothing.
                    let isFact = target == 6 || (target == 4 && place.state == 6)
                    #expect(isLegal || isFact, "\(place) → \(target)")
                    #expect(
                        Int(now.state.rawValue) == (isLegal ? target : place.state),
                        "\(place) → \(target)")
                } catch let status as Status {
                    #expect(!isLegal, "\(place) → \(target): \(status.message)")
                    #expect(status.reason == "ILLEGAL_MOVE", "\(place) → \(target)")
                    let legal = (1...10).filter { sheet.contains([place.state, $0]) }
                    let names = legal.map { DossierState(rawValue: $0)!.message.protoName! }
                    #expect(
                        status.errorInfo?.metadata["allowed"] == names.joined(separator: ","),
                        "\(place) → \(target)")
                    #expect(status.message.contains("is final") == legal.isEmpty)
                    #expect(try await counter.get(dossier.dossierID) == before)
                }
            }
        }
    }
}

extension Counter {
    /// A dossier in a state, with everything there that any legal move needs.
    fileprivate func dossier(in state: Int, isAccepted: Bool) async throws -> RecordsV1.Dossier {
        let fresh = try await complete()
        guard isAccepted else {
            switch state {
            case 3: return try await refuse(fresh)
            case 5:
                let asked = try await askSupplement(fresh, ["C1"])
                try await digitize(asked, "C1", document: "again-\(fresh.dossierID)")
                return asked
            case 6:
                try await fee(fresh, .due, sequence: 2)
                return try await get(fresh.dossierID)
            case 7: return try await withdraw(fresh)
            default: return fresh
            }
        }
        let accepted = try await accept(fresh)
        if state == 2 { return accepted }
        var dossier = try await start(accepted)
        for step in 1...3 { dossier = try await complete(dossier, step: Int32(step)) }
        switch state {
        case 5:
            dossier = try await askSupplement(dossier, ["C1"])
            try await digitize(dossier, "C1", document: "again-\(dossier.dossierID)")
        case 6:
            try await fee(dossier, .due, sequence: 2)
            dossier = try await get(dossier.dossierID)
        case 7: dossier = try await withdraw(dossier)
        case 8: dossier = try await stop(dossier, .refusedAfterAppraisal)
        case 9, 10:
            dossier = try await issue(dossier)
            try await digitize(dossier, "", document: "result-\(dossier.dossierID)")
            if state == 10 { dossier = try await returnResult(dossier) }
        default: break
        }
        return dossier
    }

    /// The call that leads to a state, or the one that comes nearest.
    fileprivate func attempt(_ target: Int, on dossier: RecordsV1.Dossier) async throws {
        let isAccepted = dossier.acceptTime != nil
        switch (target, dossier.state) {
        case (1, .awaitingSupplement) where isAccepted: _ = try await start(dossier)
        case (1, _): _ = try await receiveSupplement(dossier)
        case (2, .awaitingPayment) where !isAccepted:
            try await fee(dossier, .settled, sequence: 3)
            _ = try await accept(dossier)
        case (2, _): _ = try await accept(dossier)
        case (3, _): _ = try await refuse(dossier)
        case (4, .awaitingSupplement) where isAccepted: _ = try await receiveSupplement(dossier)
        case (4, .awaitingPayment): try await fee(dossier, .settled, sequence: 3)
        case (4, _): _ = try await start(dossier)
        case (5, _): _ = try await askSupplement(dossier, ["C1"])
        case (6, _): try await fee(dossier, .due, sequence: 3)
        case (7, _): _ = try await withdraw(dossier)
        case (8, _): _ = try await stop(dossier, .atCitizensRequest)
        case (9, _): _ = try await issue(dossier)
        default: _ = try await returnResult(dossier)
        }
    }
}
