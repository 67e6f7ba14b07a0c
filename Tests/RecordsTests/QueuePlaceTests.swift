import Foundation
import GRDB
import Messages
import Testing
import WorkingTime

@testable import Records

/// In which queues a dossier stands, state by state, worked out by hand.
@Suite struct QueuePlaceTests {
    private static let unit = "H26.001.00"
    private static let path = ["H26", "H26.001", "H26.001.00"]

    private static func dossier(_ state: DossierState, isAccepted: Bool = true) throws -> Dossier {
        let content = try Samples.procedure("1489")
        return Dossier(
            id: "01ARZ3NDEKTSV4RRFFQ69G5FAV", code: isAccepted ? "H26.001.00-260302-0001" : nil,
            state: state, procedureID: "1489", procedureVersion: 1, procedureName: content.name,
            receivingUnit: unit, channel: .direct,
            applicant: Applicant(
                fullName: "Trần Thị Bình", identityNumber: "", phone: "", email: "", address: ""),
            limit: content.limits[0], feeLines: [], feeStatus: .noneDue, feePlace: .none,
            components: [], supersededDocumentIDs: [],
            steps: [
                DossierStep(
                    number: 1, name: "Thụ lý", startTime: at("2026-03-02T10:00"),
                    endTime: at("2026-03-02T11:00"), official: "a"),
                DossierStep(
                    number: 2, name: "Trình ký", startTime: at("2026-03-02T11:00"), endTime: nil,
                    official: ""),
            ], supplements: [],
            result: DossierResult(number: "", summary: "", documentID: nil),
            regime: Regime.all[1], submitTime: at("2026-03-02T08:00"),
            acceptTime: isAccepted ? at("2026-03-02T09:00") : nil,
            due: isAccepted ? .dated(at("2026-03-05T09:00")) : .notAccepted,
            finishTime: [.finished, .returned].contains(state) ? at("2026-03-04T10:00") : nil,
            returnTime: nil)
    }

    private static func place(_ dossier: Dossier) -> QueuePlace? {
        QueuePlace(of: dossier, path: { $0 == unit ? path : [$0] })
    }

    @Test(arguments: [DossierState.registered, .awaitingSupplement, .awaitingPayment])
    func beforeAcceptanceADossierStandsInItsCountersReception(state: DossierState) throws {
        let place = try #require(Self.place(try Self.dossier(state, isAccepted: false)))
        #expect(place.scopes == [.reception(Self.unit)])
        #expect(place.key == QueueKey(at("2026-03-02T08:00")))
    }

    @Test(arguments: [DossierState.accepted, .processing, .awaitingPayment])
    func anAcceptedDossierStandsInEachAgencyOfItsPathByDueTime(state: DossierState) throws {
        let place = try #require(Self.place(try Self.dossier(state)))
        var expected: Set<QueueScope> = [
            .agency("H26"), .agency("H26.001"), .agency("H26.001.00"), .counter(Self.unit),
        ]
        if state != .accepted { expected.insert(.step(2, of: "1489", in: Self.unit)) }
        #expect(place.scopes == expected)
        #expect(place.key == QueueKey(at("2026-03-05T09:00")))
    }

    @Test func aFinishedDossierWaitsForTheCitizenByWhenItsResultWasIssued() throws {
        let place = try #require(Self.place(try Self.dossier(.finished)))
        #expect(place.scopes == [.handOver(Self.unit)])
        #expect(place.key == QueueKey(at("2026-03-04T10:00")))
    }

    @Test(arguments: [DossierState.refused, .withdrawn, .stopped, .returned])
    func anEndedDossierStandsInNoQueue(state: DossierState) throws {
        #expect(Self.place(try Self.dossier(state, isAccepted: state != .refused)) == nil)
    }

    @Test(arguments: [
        ("2026-03-05T08:59", QueueKey.clockStopped),
        // The due minute itself is still in time.
        ("2026-03-05T09:00", .clockStopped),
        ("2026-03-05T09:01", QueueKey(at("2026-03-05T09:00"))),
    ])
    func nothingIsDueWhileTheCitizenSupplementsButWhatWasLateStaysLate(
        asked: String, key: QueueKey
    ) throws {
        var dossier = try Self.dossier(.awaitingSupplement)
        dossier.supplements = [
            Supplement(
                number: 1, reason: "Mờ", componentIDs: ["C1"], requestTime: at(asked),
                receiveTime: nil, dueTimeBefore: dossier.due.time, dueTimeAfter: nil)
        ]
        #expect(Self.place(dossier)?.key == key)
    }

    @Test func whatHasNoLimitComesAfterWhatStandsStillAndBothAfterEveryInstant() throws {
        var dossier = try Self.dossier(.processing)
        dossier.due = .noLimit
        let last = try #require(Self.place(dossier)?.key)
        #expect(last == .noLimit && last.instant == nil && QueueKey.clockStopped.instant == nil)
        #expect(QueueKey(at("9999-12-31T23:59")) < .clockStopped && .clockStopped < last)
    }

    @Test(arguments: [
        ("H26.001.00", ["H26", "H26.001", "H26.001.00"]),
        ("000.00.01.H26", ["H26", "01.H26", "00.01.H26", "000.00.01.H26"]),
        ("H26", ["H26"]),
    ])
    func anUnknownAgencysPathIsReadFromItsIdentifier(agency: String, path: [String]) {
        #expect(pathByIdentifier(agency) == path)
    }
}
