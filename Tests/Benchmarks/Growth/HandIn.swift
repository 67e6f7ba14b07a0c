import Foundation
import Messages
import RPC
import Synchronization

/// Hands dossiers in, each of another citizen for a procedure that is free of charge.
final class HandIn: Sendable {
    private let system: Counterpart
    private let offers: [Offer]
    private let wards: [String]
    private let dice: Mutex<(random: SplitMix64, count: Int)>
    /// Request ids of no other run.
    private let run = UUID().uuidString.prefix(8).lowercased()

    init(_ system: Counterpart, seed: UInt64) async throws {
        self.system = system
        // A fee would wait for a bank.
        offers = Offer.all(of: try await system.catalogue()).filter(\.feeLineIDs.isEmpty)
        guard !offers.isEmpty else { throw GrowthError("no procedure is free of charge") }
        wards = try system.reading { try Wards.all(in: $0) }
        dice = Mutex((SplitMix64(seed: seed), 0))
    }

    @discardableResult
    func handIn() async throws -> RecordsV1.Dossier {
        let (offer, unit, applicant, number) = dice.withLock { dice in
            dice.count += 1
            return (
                offers.randomElement(using: &dice.random)!,
                wards.randomElement(using: &dice.random)!, dice.random.next(), dice.count
            )
        }
        var request = RecordsV1.SubmitDossierRequest()
        request.requestID = "\(run)-\(number)"
        request.procedureID = offer.procedureID
        request.receivingUnit = unit
        request.channel = offer.channel
        request.limitID = offer.limitID
        request.componentIDs = offer.componentIDs
        request.applicant = Names.applicant(applicant)
        let reply = try await system.dossiers.submitDossier(request, options: system.official)
        guard let dossier = reply.dossier else {
            throw Status(.unknown, "a reply without a dossier")
        }
        return dossier
    }
}
